// The body decoder under any chunked bytes: what it decodes and how it ends does not depend on how they are cut, all
// views lie inside, no limit is passed, trailers are fields; and what the chunk writer writes it reads. The first byte
// of the input chooses limits and cuts.

#include <gyre/base/assert.hpp>
#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/chunk_writer.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace gyre::wire;

struct Run {
  std::string data;
  std::string trailers;
  BodyError error = BodyError::none;
  bool done = false;
  std::size_t used = 0;

  bool operator==(const Run& other) const {
    // Where a fault is told may differ with the cuts: what was used before it is of no use to anybody.
    return data == other.data && trailers == other.trailers && error == other.error && done == other.done &&
           (!done || used == other.used);
  }
};

void check_trailers(std::string_view trailers, const BodyLimits& limits) {
  GYRE_ASSERT(trailers.size() <= limits.chunks.trailers);
  std::size_t count = 0;
  for (FieldLines lines{trailers}; lines.next(); ++count) {
    GYRE_ASSERT(gyre::is_token(lines.name()) && gyre::is_field_value(lines.value()));
    GYRE_ASSERT(!is_forbidden_trailer(gyre::field_id(lines.name())));
    GYRE_ASSERT(find_field_line(trailers, lines.name()).has_value());
  }
  GYRE_ASSERT(count <= limits.chunks.trailer_fields);
  GYRE_ASSERT(count == static_cast<std::size_t>(std::count(trailers.begin(), trailers.end(), '\n')));
}

/// One turn of a connection: all of `input` that the decoder takes.
std::size_t decode(BodyDecoder& decoder, std::string_view input, const BodyLimits& limits, Run& run) {
  std::size_t used = 0;
  for (;;) {
    const std::string_view rest = input.substr(used);
    const BodyDecoder::Step step = decoder.next(rest);
    GYRE_ASSERT(step.used <= rest.size() && step.data.size() <= step.used);
    if (!step.data.empty()) {
      GYRE_ASSERT(step.data.data() >= rest.data());
      GYRE_ASSERT(step.data.data() + step.data.size() == rest.data() + step.used);
    }
    GYRE_ASSERT(step.used == 0 || decoder.error() == BodyError::none);
    if (step.used == 0) return used;
    used += step.used;
    run.data += step.data;
    GYRE_ASSERT(decoder.decoded() == run.data.size() && run.data.size() <= limits.body);
    if (!decoder.trailers().empty()) {
      GYRE_ASSERT(decoder.done() && decoder.trailers().data() == rest.data());
      GYRE_ASSERT(decoder.trailers().size() + 2 == step.used);
    }
  }
}

/// Delivers the bytes in pieces, each time at another address and in a block of exactly their size.
Run run(std::string_view bytes, std::size_t piece, const BodyLimits& limits) {
  Run result;
  BodyDecoder decoder = BodyDecoder::chunked(limits);
  for (std::size_t arrived = std::min(piece, bytes.size());; arrived = std::min(arrived + piece, bytes.size())) {
    const std::size_t size = arrived - result.used;
    const std::unique_ptr<char[]> block(new char[size]);
    if (size != 0) std::memcpy(block.get(), bytes.data() + result.used, size);
    result.used += decode(decoder, {block.get(), size}, limits, result);
    if (decoder.done()) {
      result.trailers = decoder.trailers();
      check_trailers(result.trailers, limits);
    }
    if (decoder.done() || decoder.error() != BodyError::none) break;
    GYRE_ASSERT(arrived - result.used <= std::size_t{limits.chunks.trailers} + 2);
    if (arrived == bytes.size()) break;
  }
  result.done = decoder.done();
  decoder.end();
  result.error = decoder.error();
  GYRE_ASSERT(result.done == (result.error == BodyError::none));
  GYRE_ASSERT(decoder.next("0\r\n\r\n").used == 0);
  return result;
}

/// Writes the bytes as chunks whose sizes follow from them, and reads them back.
void round_trip(std::string_view content, std::size_t piece) {
  std::string bytes;
  for (std::string_view rest = content; !rest.empty();) {
    const std::size_t size = std::min<std::size_t>(1 + static_cast<unsigned char>(rest.front()), rest.size());
    char head[chunk_head_bound];
    bytes.append(head, write_chunk_head(size, head));
    (bytes += rest.substr(0, size)) += chunk_end;
    rest.remove_prefix(size);
  }
  (bytes += last_chunk) += "\r\n";
  const BodyLimits limits{.body = content.size()};
  const Run read = run(bytes, piece, limits);
  GYRE_ASSERT(read.done && read.data == content && read.used == bytes.size() && read.trailers.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  BodyLimits limits;
  if ((choice & 0x80U) != 0) {
    limits = {.body = 16,
              .chunks = {.extension = 6, .extensions = 10, .trailers = 12 + (choice & 7U), .trailer_fields = 2}};
  }
  const std::size_t piece = 1 + (choice & 0x7fU);
  const Run at_once = run(bytes, bytes.size() + 1, limits);
  GYRE_ASSERT(run(bytes, piece, limits) == at_once);
  GYRE_ASSERT(run(bytes, 1, limits) == at_once);
  round_trip(bytes, piece);
  return 0;
}
