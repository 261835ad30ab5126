#pragma once

#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/head_progress.hpp>
#include <gyre/wire/h1/request_head.hpp>

#include <string_view>

namespace gyre::wire {

/// Parses an HTTP/1.1 or HTTP/1.0 request head (RFC 9112 2 to 6) strictly.
///
/// `data` are all bytes of the request so far, from its first on; what follows the head (a body, pipelined requests) is
/// not looked at. `incomplete` means: call again with the same bytes and more, and with the same `progress`. The
/// outcome does not depend on how the bytes were cut, and the whole work grows with their number only. A broken line is
/// refused when it ends, a forbidden byte or a passed limit at once.
///
/// On `complete`, `head` views into `data`; otherwise it holds nothing of use. On `rejected` no later byte can be
/// trusted: answer `status()`, then close. Never allocates, never throws.
HeadOutcome parse_request_head(std::string_view data, const HeadLimits& limits, RequestHead& head,
                               HeadProgress& progress) noexcept;

}  // namespace gyre::wire
