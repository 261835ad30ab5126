#pragma once

#include "parse_support.hpp"

#include <gyre/wire/h1/body_decoder.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What a decoder made of some bytes. Two runs that differ in the cuts alone are equal.
struct Decoded {
  std::string data;
  std::string trailers;
  std::string state;         // "done", "open", or what is wrong
  std::size_t unused = 0;    // bytes behind a body that is done
  std::size_t kept_max = 0;  // the most that was left over for a later call: may differ

  friend bool operator==(const Decoded& left, const Decoded& right) {
    return left.data == right.data && left.trailers == right.trailers && left.state == right.state &&
           left.unused == right.unused;
  }
};

/// Does what a connection does: gives the decoder what has arrived, keeps what it does not use. The bytes come in
/// pieces that end at `ends` (ascending), then all that is left.
inline Decoded decode(gyre::wire::BodyDecoder decoder, std::string_view bytes, const std::vector<std::size_t>& ends) {
  using gyre::wire::BodyError;
  Decoded result;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= ends.size(); ++i) {
    // Each piece is copied to another place, in a block of exactly its size.
    const std::size_t end = i < ends.size() ? ends[i] : bytes.size();
    const ExactBytes arrived(bytes.substr(begin, end - begin));
    std::string_view rest = arrived.view();
    for (gyre::wire::BodyDecoder::Step step; (step = decoder.next(rest)).used != 0;) {
      result.data += step.data;
      rest.remove_prefix(step.used);
    }
    begin = end - rest.size();
    if (decoder.done()) {
      result.trailers = decoder.trailers();
      break;
    }
    if (decoder.error() != BodyError::none) break;
    result.kept_max = std::max(result.kept_max, rest.size());
  }
  result.state = decoder.done() ? "done" : "open";
  if (decoder.done()) result.unused = bytes.size() - begin;
  if (decoder.error() != BodyError::none) result.state = describe(decoder.error());
  return result;
}

inline Decoded decode_at_once(const gyre::wire::BodyDecoder& decoder, std::string_view bytes) {
  return decode(decoder, bytes, {});
}

inline Decoded decode_byte_by_byte(const gyre::wire::BodyDecoder& decoder, std::string_view bytes) {
  std::vector<std::size_t> ends(bytes.size());
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = i;
  return decode(decoder, bytes, ends);
}
