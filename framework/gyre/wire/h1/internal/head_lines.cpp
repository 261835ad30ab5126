#include <gyre/wire/h1/internal/head_lines.hpp>

#include <gyre/wire/internal/byte_scan.hpp>

#include <algorithm>

namespace gyre::wire::internal {
namespace {

using Stage = HeadProgress::Stage;

HeadOutcome rejected(HeadError error) noexcept { return {HeadState::rejected, error}; }

HeadError check_version(std::string_view text) noexcept {
  if (text == "HTTP/1.1" || text == "HTTP/1.0") return HeadError::none;
  const bool well_formed =
      text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
  return well_formed ? HeadError::unsupported_version : HeadError::bad_version;
}

/// method SP request-target SP HTTP-version, with exactly these two spaces (RFC 9112 3).
HeadError check_request_line(std::string_view line) noexcept {
  const std::size_t first = line.find(' ');
  if (!is_token(line.substr(0, first))) return HeadError::bad_method;
  if (first == std::string_view::npos) return HeadError::bad_request_line;
  const std::size_t second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return HeadError::bad_request_line;
  const std::string_view target = line.substr(first + 1, second - first - 1);
  if (target.empty()) return HeadError::bad_request_line;
  if (!std::all_of(target.begin(), target.end(), [](char c) { return is_class(c, char_target); })) {
    return HeadError::bad_target;
  }
  return check_version(line.substr(second + 1));
}

/// The value needs no look: the search for the line's end has already refused every byte it may not hold.
HeadError check_field_line(std::string_view line) noexcept {
  if (is_blank(line.front())) return HeadError::obs_fold;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return HeadError::missing_colon;
  const std::string_view name = line.substr(0, colon);
  if (name.empty()) return HeadError::empty_field_name;
  if (is_blank(name.back())) return HeadError::space_before_colon;
  if (name.size() > UINT16_MAX) return HeadError::header_block_too_large;
  return is_token(name) ? HeadError::none : HeadError::bad_field_name;
}

/// Whether the bytes before `end` pass a limit. Asked before anything else about them, so that a fault behind a limit
/// is the limit's, however the bytes were cut.
HeadError check_limits(const HeadLimits& limits, const HeadProgress& progress, std::size_t end) noexcept {
  if (progress.stage == Stage::fields) {
    return end - progress.block_begin > limits.header_block ? HeadError::header_block_too_large : HeadError::none;
  }
  return end - progress.line_begin > limits.request_line ? HeadError::request_line_too_long : HeadError::none;
}

/// Takes note of a complete line. Sets `done` at the head's end.
HeadError take_line(std::string_view line, const HeadLimits& limits, HeadProgress& progress, bool& done) noexcept {
  if (progress.stage == Stage::fields) {
    done = line.empty();
    if (done) return HeadError::none;
    if (++progress.fields > limits.fields) return HeadError::too_many_fields;
    return check_field_line(line);
  }
  const auto next = static_cast<std::uint32_t>(progress.line_begin + line.size() + 2);
  if (line.empty()) {
    if (progress.stage == Stage::request_line) return HeadError::extra_empty_line;
    progress.stage = Stage::request_line;
    progress.head_begin = next;
    return HeadError::none;
  }
  progress.stage = Stage::fields;
  progress.block_begin = next;
  return check_request_line(line);
}

}  // namespace

HeadOutcome check_head_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept {
  const char* const base = data.data();
  const char* const end = base + data.size();
  for (;;) {
    const char* const stop = Scan::value_end(base + progress.scanned, end, base);
    const auto place = static_cast<std::size_t>(stop - base);
    progress.scanned = static_cast<std::uint32_t>(place);
    const bool is_cr = stop != end && *stop == '\r';
    if (stop == end || (is_cr && stop + 1 == end)) {
      const HeadError limit = check_limits(limits, progress, data.size());
      return limit == HeadError::none ? HeadOutcome{} : rejected(limit);
    }

    const std::size_t decided = place + (is_cr ? 2 : 1);
    if (const HeadError limit = check_limits(limits, progress, decided); limit != HeadError::none) {
      return rejected(limit);
    }
    if (!is_cr) return rejected(*stop == '\n' ? HeadError::bare_lf : HeadError::control_character);
    if (stop[1] != '\n') return rejected(HeadError::bare_cr);

    bool done = false;
    const std::string_view line = data.substr(progress.line_begin, place - progress.line_begin);
    if (const HeadError error = take_line(line, limits, progress, done); error != HeadError::none) {
      return rejected(error);
    }
    progress.line_begin = progress.scanned = static_cast<std::uint32_t>(decided);
    if (done) return {HeadState::complete, HeadError::none};
  }
}

}  // namespace gyre::wire::internal
