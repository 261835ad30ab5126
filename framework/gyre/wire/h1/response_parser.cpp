#include <gyre/wire/h1/response_parser.hpp>

#include <gyre/wire/h1/internal/field_block.hpp>
#include <gyre/wire/h1/internal/head_bounds.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/line_end.hpp>

namespace gyre::wire {
namespace {

/// Reads a head, all of it or nothing, within the limits. What it accepts `check_response_lines` accepts, too, and the
/// other way round (fuzzed: response).
bool scan_head(std::string_view data, const HeadLimits& limits, internal::ResponseData& head) noexcept {
  const internal::LineEnd line = internal::find_line_end(data, 0);
  if (line.kind != internal::LineEnd::Kind::crlf || line.decided > limits.request_line) return false;
  head.base = data.data();
  if (internal::read_status_line(data.substr(0, line.place), head) != HeadError::none) return false;
  const char* const block = data.data() + line.decided;
  const char* const body = internal::read_field_block<internal::Scan>(block, data.data() + data.size(), head);
  if (body == nullptr) return false;
  head.head_size = static_cast<std::uint32_t>(body - data.data());
  return static_cast<std::size_t>(body - block) <= limits.header_block && head.field_count <= limits.fields;
}

}  // namespace

HeadOutcome parse_response_head(std::string_view data, const HeadLimits& limits, ReceivedResponseHead& head,
                                HeadProgress& progress) noexcept {
  internal::ResponseData& parsed = internal::HeadAccess::data(head);
  const HeadLimits effective = internal::effective_limits(limits, parsed);
  data = internal::within_offsets(data);

  const bool is_first_look = progress.scanned == 0;
  bool is_read = is_first_look && scan_head(data, effective, parsed);
  if (!is_read) {
    const HeadOutcome lines = internal::check_response_lines(data, effective, progress);
    if (lines.state != HeadState::complete) return lines;
    is_read = scan_head(data.substr(0, progress.scanned), effective, parsed);
  }
  return internal::outcome_of(is_read ? internal::check_response(parsed) : HeadError::malformed);
}

BodyDecoder response_body(const ReceivedResponseHead& head, Method request_method, const BodyLimits& limits) noexcept {
  const int status = code(head.status());
  if (request_method == Method::head || status < 200 || status == 204 || status == 304) return {};
  if (request_method == Method::connect && status < 300) return {};
  if (head.chunked()) return BodyDecoder::chunked(limits);
  if (const auto length = head.content_length()) return BodyDecoder::with_length(*length, limits);
  return BodyDecoder::until_close(limits);
}

}  // namespace gyre::wire
