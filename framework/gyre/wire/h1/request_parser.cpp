#include <gyre/wire/h1/request_parser.hpp>

#include <gyre/wire/h1/internal/beast_head.hpp>
#include <gyre/wire/h1/internal/head_bounds.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>

namespace gyre::wire {
namespace {

HeadError read_any_head(std::string_view data, std::size_t begin, internal::HeadData& head) noexcept {
  if (const HeadError error = internal::read_head_with_beast(data, begin, head); error != HeadError::none) return error;
  return internal::split_target(head);
}

}  // namespace

HeadOutcome parse_request_head(std::string_view data, const HeadLimits& limits, RequestHead& head,
                               HeadProgress& progress) noexcept {
  internal::HeadData& parsed = internal::HeadAccess::data(head);
  const HeadLimits effective = internal::effective_limits(limits, parsed);
  data = internal::within_offsets(data);

  const bool is_first_look = progress.scanned == 0;
  if (is_first_look && internal::scan_plain_head(data, 0, effective, parsed)) {
    return internal::outcome_of(internal::check_head(parsed));
  }
  const HeadOutcome lines = internal::check_head_lines(data, effective, progress);
  if (lines.state != HeadState::complete) return lines;

  // The lines are good and all here. If the scanner has not seen them so, it has a try before Beast.
  const bool scanner_refused = is_first_look && progress.head_begin == 0;
  if (!scanner_refused && internal::scan_plain_head(data, progress.head_begin, effective, parsed)) {
    return internal::outcome_of(internal::check_head(parsed));
  }
  HeadError error = read_any_head(data.substr(0, progress.scanned), progress.head_begin, parsed);
  if (error == HeadError::none) error = internal::check_head(parsed);
  return internal::outcome_of(error);
}

}  // namespace gyre::wire
