// The multipart parser under any bytes: what it finds does not depend on how they are cut, all views lie inside, no
// limit is passed, heads are fields; and what is written as a form is read back. The first byte of the input chooses
// limits and cuts. The boundary is "b".

#include <gyre/base/assert.hpp>
#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/multipart.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace gyre::wire;
using Event = MultipartParser::Event;

struct Run {
  std::string found;    // heads, and the content of the parts that are complete
  std::string content;  // of the part that is not
  gyre::wire::MultipartError error = MultipartError::none;

  // How much of the content comes before a fault may differ with the cuts.
  bool operator==(const Run& other) const { return found == other.found && error == other.error; }
};

void check_part(const PartHead& part, const MultipartLimits& limits) {
  GYRE_ASSERT(part.fields.size() + 2 <= limits.head && gyre::is_field_value(part.content_type));
  std::size_t count = 0;
  for (FieldLines lines{part.fields}; lines.next(); ++count) {
    GYRE_ASSERT(gyre::is_token(lines.name()) && gyre::is_field_value(lines.value()));
  }
  GYRE_ASSERT(count >= 1 && count <= limits.fields);
  GYRE_ASSERT(count == static_cast<std::size_t>(std::count(part.fields.begin(), part.fields.end(), '\n')));
}

void take(Run& run, const MultipartParser& parser, const MultipartParser::Step& step, const MultipartLimits& limits) {
  const PartHead& part = parser.part();
  switch (step.event) {
    case Event::part_begin:
      check_part(part, limits);
      (((run.found += "<") += part.name) += '|') += part.file_name.value_or("-");
      (((run.found += '|') += part.content_type) += '|') += part.fields;
      run.content.clear();
      break;
    case Event::data:
      GYRE_ASSERT(!step.data.empty());
      run.content += step.data;
      GYRE_ASSERT(run.content.size() <= (part.file_name ? limits.part : std::min(limits.text, limits.part)));
      break;
    case Event::part_end: ((run.found += '|') += run.content) += ">"; break;
    case Event::end: run.found += "end"; break;
    default: break;
  }
}

/// Delivers the bytes in pieces, each in a block of exactly its size.
Run run(std::string_view bytes, std::size_t piece, const MultipartLimits& limits) {
  Run result;
  MultipartParser parser(MultipartBoundary::from_text("b").value(), limits);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    const std::unique_ptr<char[]> block(new char[size]);
    std::memcpy(block.get(), bytes.data() + at, size);
    std::string_view input(block.get(), size);
    for (;;) {
      const MultipartParser::Step step = parser.next(input);
      GYRE_ASSERT(step.used <= input.size());
      GYRE_ASSERT(step.event != Event::more || step.used == input.size());
      GYRE_ASSERT((step.event == Event::failed) == (parser.error() != MultipartError::none));
      take(result, parser, step, limits);
      input.remove_prefix(step.used);
      if (step.event == Event::more || step.event == Event::failed) break;
    }
  }
  result.error = parser.end();
  GYRE_ASSERT(parser.done() == (result.found.ends_with("end")));
  GYRE_ASSERT(result.error != MultipartError::none || parser.done());
  return result;
}

/// Writes the bytes as a file, unless they hold the delimiter, and reads them back.
void round_trip(std::string_view content, std::size_t piece) {
  const std::string text = "\r\n" + std::string(content);
  if (text.find("\r\n--b") != std::string::npos) return;
  const std::string head = "Content-Disposition: form-data; name=n; filename=f\r\n";
  const std::string body = "--b\r\n" + head + text + "\r\n--b--\r\n";
  const Run read = run(body, piece, {});
  GYRE_ASSERT(read.error == MultipartError::none);
  GYRE_ASSERT(read.found == "<n|f||" + head + "|" + std::string(content) + ">end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  MultipartLimits limits;
  if ((choice & 0x80U) != 0) limits = {.parts = 2, .head = 80, .line = 60, .fields = 2, .text = 8, .part = 12};
  const std::size_t piece = 1 + (choice & 0x7fU);
  const Run at_once = run(bytes, bytes.size() + 1, limits);
  GYRE_ASSERT(run(bytes, piece, limits) == at_once);
  GYRE_ASSERT(run(bytes, 1, limits) == at_once);
  round_trip(bytes, piece);
  return 0;
}
