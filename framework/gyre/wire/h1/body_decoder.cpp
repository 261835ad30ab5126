#include <gyre/wire/h1/body_decoder.hpp>

#include <gyre/base/assert.hpp>
#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/internal/field_line.hpp>
#include <gyre/wire/h1/internal/line_end.hpp>
#include <gyre/wire/internal/characters.hpp>

#include <algorithm>

namespace gyre::wire {
namespace {

using internal::is_class;
using internal::is_token_char;

constexpr std::uint8_t size_digits_max = 16;  // a size of so many fits 64 bits

constexpr std::uint64_t forbidden_trailers = [] {
  std::uint64_t bits = 0;
  for (const FieldId id :
       {FieldId::transfer_encoding, FieldId::content_length, FieldId::host, FieldId::connection, FieldId::keep_alive,
        FieldId::proxy_connection, FieldId::te, FieldId::trailer, FieldId::upgrade, FieldId::expect,
        FieldId::content_encoding, FieldId::content_type, FieldId::content_range, FieldId::authorization,
        FieldId::proxy_authorization, FieldId::cookie, FieldId::set_cookie, FieldId::cache_control}) {
    bits |= std::uint64_t{1} << static_cast<unsigned>(id);
  }
  return bits;
}();

/// What is wrong with a byte of a chunk's line that cannot stand where it does.
BodyError fault_of(char c, BodyError otherwise) noexcept {
  if (c == '\n') return BodyError::bare_lf;
  return c != '\r' && is_class(c, internal::char_control) ? BodyError::control_character : otherwise;
}

BodyError body_error(internal::LineEnd::Kind kind) noexcept {
  using enum internal::LineEnd::Kind;
  switch (kind) {
    case bare_cr: return BodyError::bare_cr;
    case bare_lf: return BodyError::bare_lf;
    case control_character: return BodyError::control_character;
    default: return BodyError::none;
  }
}

}  // namespace

bool is_forbidden_trailer(FieldId id) noexcept { return (forbidden_trailers >> static_cast<unsigned>(id) & 1U) != 0; }

BodyDecoder BodyDecoder::with_length(std::uint64_t bytes) noexcept {
  BodyDecoder decoder;
  decoder.left_ = bytes;
  if (bytes != 0) decoder.state_ = State::length;
  return decoder;
}

BodyDecoder BodyDecoder::with_length(std::uint64_t bytes, const BodyLimits& limits) noexcept {
  BodyDecoder decoder = with_length(bytes);
  if (bytes > limits.body) decoder.error_ = BodyError::body_too_large;
  return decoder;
}

BodyDecoder BodyDecoder::chunked(const BodyLimits& limits) noexcept {
  BodyDecoder decoder;
  decoder.limits_ = &limits;
  decoder.state_ = State::size;
  return decoder;
}

BodyDecoder BodyDecoder::until_close(const BodyLimits& limits) noexcept {
  BodyDecoder decoder;
  decoder.limits_ = &limits;
  decoder.state_ = State::until_close;
  return decoder;
}

BodyDecoder::Step BodyDecoder::next(std::string_view input) noexcept {
  if (error_ != BodyError::none || input.empty()) return {};
  switch (state_) {
    case State::done: return {};
    case State::length: {
      const Step step = take_bytes(input, left_);
      left_ -= step.used;
      if (left_ == 0) state_ = State::done;
      return step;
    }
    case State::until_close: {
      const Step step = take_bytes(input, limits_->body - decoded_);
      if (step.used == 0) error_ = BodyError::body_too_large;
      return step;
    }
    case State::trailers: return take_trailers(input);
    default: return take_chunk(input);
  }
}

void BodyDecoder::end() noexcept {
  if (state_ == State::until_close) {
    state_ = State::done;
  } else if (state_ != State::done && error_ == BodyError::none) {
    error_ = BodyError::truncated;
  }
}

BodyDecoder::Step BodyDecoder::take_bytes(std::string_view input, std::uint64_t bytes) noexcept {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, input.size()));
  decoded_ += size;
  return {size, input.substr(0, size)};
}

/// Reads framing up to the next data, and that as far as it is there.
BodyDecoder::Step BodyDecoder::take_chunk(std::string_view input) noexcept {
  std::size_t used = 0;
  while (state_ != State::data && state_ != State::trailers) {
    if (used == input.size()) return {used, {}};
    error_ = take_framing(input[used]);
    if (error_ != BodyError::none) return {};
    ++used;
  }
  if (state_ == State::trailers) return {used, {}};
  const Step step = take_bytes(input.substr(used), left_);
  left_ -= step.used;
  if (left_ == 0) state_ = State::data_cr;
  return {used + step.used, step.data};
}

BodyError BodyDecoder::take_framing(char c) noexcept {
  switch (state_) {
    case State::size: return take_size(c);
    case State::line_lf:
      if (c != '\n') return BodyError::bare_cr;
      state_ = left_ == 0 ? State::trailers : State::data;
      return BodyError::none;
    case State::data_cr:
      if (c != '\r') return c == '\n' ? BodyError::bare_lf : BodyError::bad_chunk_end;
      state_ = State::data_lf;
      return BodyError::none;
    case State::data_lf:
      if (c != '\n') return BodyError::bare_cr;
      digits_ = 0;
      state_ = State::size;
      return BodyError::none;
    default: return take_extension(c);
  }
}

BodyError BodyDecoder::take_size(char c) noexcept {
  if (internal::is_hex_digit(c)) {
    if (digits_ == size_digits_max) return BodyError::chunk_size_too_large;
    ++digits_;
    left_ = left_ << 4U | internal::hex_value(c);
    return BodyError::none;
  }
  if (digits_ == 0 || (c != ';' && c != '\r')) return fault_of(c, BodyError::bad_chunk_size);
  if (left_ > limits_->body - decoded_) return BodyError::body_too_large;
  extension_ = 0;
  if (c == ';') {
    if (const BodyError error = count_extension(); error != BodyError::none) return error;
  }
  return end_extension(c);
}

/// chunk-ext without its blanks: *( ";" token [ "=" ( token / quoted-string ) ] ), RFC 9112 7.1.1.
BodyError BodyDecoder::take_extension(char c) noexcept {
  if (c != '\r') {
    if (const BodyError error = count_extension(); error != BodyError::none) return error;
  }
  switch (state_) {
    case State::extension_begin:
      if (!is_token_char(c)) break;
      state_ = State::extension_name;
      return BodyError::none;
    case State::extension_name:
      if (c == '=') state_ = State::extension_value_begin;
      return c == '=' || is_token_char(c) ? BodyError::none : end_extension(c);
    case State::extension_value_begin:
      if (c != '"' && !is_token_char(c)) break;
      state_ = c == '"' ? State::extension_quoted : State::extension_token;
      return BodyError::none;
    case State::extension_token: return is_token_char(c) ? BodyError::none : end_extension(c);
    case State::extension_quoted:
      if (is_class(c, internal::char_control)) break;
      if (c == '"') state_ = State::extension_end;
      if (c == '\\') state_ = State::extension_escaped;
      return BodyError::none;
    case State::extension_escaped:
      if (is_class(c, internal::char_control)) break;
      state_ = State::extension_quoted;
      return BodyError::none;
    default: return end_extension(c);
  }
  return fault_of(c, BodyError::bad_chunk_extension);
}

/// Where a size or an extension may end, the next one or the line's end follows.
BodyError BodyDecoder::end_extension(char c) noexcept {
  if (c != ';' && c != '\r') return fault_of(c, BodyError::bad_chunk_extension);
  state_ = c == ';' ? State::extension_begin : State::line_lf;
  return BodyError::none;
}

/// Asked before what the byte is: a fault behind a limit is the limit's.
BodyError BodyDecoder::count_extension() noexcept {
  if (extension_ == limits_->chunks.extension) return BodyError::chunk_extension_too_long;
  if (extensions_ == limits_->chunks.extensions) return BodyError::chunk_extensions_too_large;
  ++extension_;
  ++extensions_;
  return BodyError::none;
}

BodyDecoder::Step BodyDecoder::take_trailers(std::string_view input) noexcept {
  const std::size_t section_max = std::min(limits_->chunks.trailers, HeadLimits::largest) + 2;
  input = input.substr(0, section_max + 1);  // the next byte is the limit's fault: offsets stay within 32 bits
  GYRE_ASSERT(scanned_ <= input.size());     // the caller keeps what was not used
  for (;;) {
    const internal::LineEnd found = internal::find_line_end(input, scanned_);
    if (found.decided > section_max) {
      error_ = BodyError::trailers_too_large;
      return {};
    }
    scanned_ = static_cast<std::uint32_t>(found.place);
    if (found.kind == internal::LineEnd::Kind::unfinished) return {};
    error_ = body_error(found.kind);
    if (error_ != BodyError::none) return {};
    if (found.place == line_begin_) {
      state_ = State::done;
      if (line_begin_ != 0) trailers_ = input.data();
      return {found.decided, {}};
    }
    error_ = check_trailer(input.substr(line_begin_, found.place - line_begin_));
    if (error_ != BodyError::none) return {};
    line_begin_ = scanned_ = static_cast<std::uint32_t>(found.decided);
  }
}

BodyError BodyDecoder::check_trailer(std::string_view line) noexcept {
  if (fields_ == limits_->chunks.trailer_fields) return BodyError::too_many_trailers;
  ++fields_;
  if (const HeadError error = internal::check_field_line(line); error != HeadError::none) {
    return error == HeadError::header_block_too_large ? BodyError::trailers_too_large : BodyError::bad_trailer;
  }
  return is_forbidden_trailer(field_id(line.substr(0, line.find(':')))) ? BodyError::forbidden_trailer
                                                                        : BodyError::none;
}

}  // namespace gyre::wire
