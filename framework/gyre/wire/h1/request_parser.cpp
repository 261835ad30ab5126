#include <gyre/wire/h1/request_parser.hpp>

#include <gyre/wire/h1/internal/beast_head.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>

#include <algorithm>

namespace gyre::wire {
namespace {

HeadOutcome outcome_of(HeadError error) noexcept {
  return {error == HeadError::none ? HeadState::complete : HeadState::rejected, error};
}

/// What everything below works with: no sum of offsets can overflow, and no field is read that cannot be stored.
HeadLimits effective(const HeadLimits& limits, const internal::HeadData& head) noexcept {
  return {.request_line = std::min(limits.request_line, HeadLimits::largest),
          .header_block = std::min(limits.header_block, HeadLimits::largest),
          .fields = std::min(limits.fields, head.field_capacity)};
}

HeadError read_any_head(std::string_view data, std::size_t begin, internal::HeadData& head) noexcept {
  if (const HeadError error = internal::read_head_with_beast(data, begin, head); error != HeadError::none) return error;
  return internal::split_target(head);
}

}  // namespace

HeadOutcome parse_request_head(std::string_view data, const HeadLimits& limits, RequestHead& head,
                               HeadProgress& progress) noexcept {
  internal::HeadData& parsed = internal::HeadAccess::data(head);
  const HeadLimits effective_limits = effective(limits, parsed);
  data = data.substr(0, 4U * HeadLimits::largest);  // more than any head: offsets stay within 32 bits

  const bool is_first_look = progress.scanned == 0;
  if (is_first_look && internal::scan_plain_head(data, 0, effective_limits, parsed)) {
    return outcome_of(internal::check_head(parsed));
  }
  const HeadOutcome lines = internal::check_head_lines(data, effective_limits, progress);
  if (lines.state != HeadState::complete) return lines;

  // The lines are good and all here. If the scanner has not seen them so, it has a try before Beast.
  const bool scanner_refused = is_first_look && progress.head_begin == 0;
  if (!scanner_refused && internal::scan_plain_head(data, progress.head_begin, effective_limits, parsed)) {
    return outcome_of(internal::check_head(parsed));
  }
  HeadError error = read_any_head(data.substr(0, progress.scanned), progress.head_begin, parsed);
  if (error == HeadError::none) error = internal::check_head(parsed);
  return outcome_of(error);
}

}  // namespace gyre::wire
