#include <gyre/wire/h1/internal/head_lines.hpp>

#include <gyre/wire/h1/internal/field_line.hpp>
#include <gyre/wire/h1/internal/line_end.hpp>
#include <gyre/wire/internal/characters.hpp>

#include <algorithm>

namespace gyre::wire::internal {
namespace {

using Stage = HeadProgress::Stage;

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

struct StatusParts {
  HeadError error;
  int code = 0;
  std::size_t reason = 0;  // where it begins
};

/// HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 4). The reason needs no look, as a field's value.
StatusParts split_status_line(std::string_view line) noexcept {
  const std::size_t first = line.find(' ');
  if (const HeadError error = check_version(line.substr(0, first)); error != HeadError::none) return {error};
  if (first == std::string_view::npos) return {HeadError::bad_status_line};
  const std::size_t second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return {HeadError::bad_status_line};
  const std::string_view digits = line.substr(first + 1, second - first - 1);
  if (digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), is_digit)) return {HeadError::bad_status};
  const int code = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (code < 100 || code > 599) return {HeadError::bad_status};
  return {HeadError::none, code, second + 1};
}

/// What differs between the heads of requests and of responses.
struct RequestLine {
  static constexpr HeadError too_long = HeadError::request_line_too_long;
  static constexpr bool may_follow_empty_line = true;
  static HeadError check(std::string_view line) noexcept { return check_request_line(line); }
};
struct StatusLine {
  static constexpr HeadError too_long = HeadError::status_line_too_long;
  static constexpr bool may_follow_empty_line = false;
  static HeadError check(std::string_view line) noexcept { return split_status_line(line).error; }
};

HeadError head_error(LineEnd::Kind kind) noexcept {
  using enum LineEnd::Kind;
  switch (kind) {
    case bare_cr: return HeadError::bare_cr;
    case bare_lf: return HeadError::bare_lf;
    case control_character: return HeadError::control_character;
    default: return HeadError::none;
  }
}

/// Whether the bytes before `end` pass a limit. Asked before anything else about them, so that a fault behind a limit
/// is the limit's, however the bytes were cut.
template <class FirstLine>
HeadError check_limits(const HeadLimits& limits, const HeadProgress& progress, std::size_t end) noexcept {
  if (progress.stage == Stage::fields) {
    return end - progress.block_begin > limits.header_block ? HeadError::header_block_too_large : HeadError::none;
  }
  return end - progress.line_begin > limits.request_line ? FirstLine::too_long : HeadError::none;
}

/// Takes note of a complete line. Sets `done` at the head's end.
template <class FirstLine>
HeadError take_line(std::string_view line, const HeadLimits& limits, HeadProgress& progress, bool& done) noexcept {
  if (progress.stage == Stage::fields) {
    done = line.empty();
    if (done) return HeadError::none;
    if (++progress.fields > limits.fields) return HeadError::too_many_fields;
    return check_field_line(line);
  }
  const auto next = static_cast<std::uint32_t>(progress.line_begin + line.size() + 2);
  if (line.empty()) {
    if (progress.stage == Stage::first_line || !FirstLine::may_follow_empty_line) return HeadError::extra_empty_line;
    progress.stage = Stage::first_line;
    progress.head_begin = next;
    return HeadError::none;
  }
  progress.stage = Stage::fields;
  progress.block_begin = next;
  return FirstLine::check(line);
}

template <class FirstLine>
HeadOutcome check_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept {
  for (;;) {
    const LineEnd found = find_line_end(data, progress.scanned);
    if (const HeadError limit = check_limits<FirstLine>(limits, progress, found.decided); limit != HeadError::none) {
      return outcome_of(limit);
    }
    progress.scanned = static_cast<std::uint32_t>(found.place);
    if (found.kind == LineEnd::Kind::unfinished) return {};
    if (const HeadError error = head_error(found.kind); error != HeadError::none) return outcome_of(error);

    bool done = false;
    const std::string_view line = data.substr(progress.line_begin, found.place - progress.line_begin);
    if (const HeadError error = take_line<FirstLine>(line, limits, progress, done); error != HeadError::none) {
      return outcome_of(error);
    }
    progress.line_begin = progress.scanned = static_cast<std::uint32_t>(found.decided);
    if (done) return {HeadState::complete, HeadError::none};
  }
}

}  // namespace

HeadError read_status_line(std::string_view line, ResponseData& head) noexcept {
  const StatusParts parts = split_status_line(line);
  if (parts.error != HeadError::none) return parts.error;
  head.version_minor = line[7] == '1' ? 1 : 0;
  head.status = static_cast<Status>(parts.code);
  head.reason_begin = static_cast<std::uint32_t>(parts.reason);
  head.reason_size = static_cast<std::uint32_t>(line.size() - parts.reason);
  return HeadError::none;
}

HeadOutcome check_head_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept {
  return check_lines<RequestLine>(data, limits, progress);
}

HeadOutcome check_response_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept {
  return check_lines<StatusLine>(data, limits, progress);
}

}  // namespace gyre::wire::internal
