#pragma once

#include <gyre/coro/context.hpp>
#include <gyre/wire/status.hpp>

#include <optional>

namespace gyre {

/// What a client is answered with when its request was cancelled for `reason` and the handler let `Cancelled` out.
/// Nothing for `client_gone`: nobody is there. 503 for `deadline`, `shutdown` and `shed`, and for `requested`: somebody
/// gave the request up on purpose, and it may be tried again. 500 for `none` and `sibling`: the request itself was not
/// cancelled, so a cancellation of the handler's own making escaped it, which is a fault of the handler.
std::optional<Status> answer_to(CancelReason reason) noexcept;

/// What a log writes for such a request: the answer, or 499 where there is none.
Status logged_as(CancelReason reason) noexcept;

}  // namespace gyre
