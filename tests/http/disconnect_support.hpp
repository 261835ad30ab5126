#pragma once

#include "route_site.hpp"

namespace gyre::test {

/// What a handler has seen.
struct Witness {
  Event entered;
  bool finished = false;
  CancelReason reason = CancelReason::none;
};

/// Works for so long.
inline Task<std::string> work(Witness* witness, Duration length) {
  Context& context = co_await this_context();
  witness->entered.set();
  try {
    co_await sleep_for(length);
  } catch (const Cancelled&) {
    witness->reason = context.reason();
    throw;
  }
  witness->finished = true;
  co_return "done";
}

/// Sends `bytes`, and takes it back or leaves after `after`.
inline Task<> leave(RouteSite* site, std::string bytes, Duration after = 10ms) {
  ClientStream stream = co_await site->connect();
  co_await send(stream, bytes);
  co_await sleep_for(after);
  co_await stream.leave();
}

inline constexpr RouteOptions finish{.on_disconnect = OnDisconnect::finish};
inline constexpr RouteOptions detach{.on_disconnect = OnDisconnect::detach};

}  // namespace gyre::test
