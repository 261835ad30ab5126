#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/status.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace gyre {

/// What becomes of a coroutine handler whose client has left before the answer. The task of a streamed answer is always
/// cancelled, since nobody reads it; the session of an upgrade has the socket, and hears it from that.
enum class OnDisconnect : std::uint8_t {
  cancel,  ///< Its scope is cancelled with `CancelReason::client_gone`.
  /// It runs to its end with the token unfired; the answer is dropped and counted. What of its body had not arrived
  /// fails with `Errc::closed`. The socket is closed as soon as no cancelled handler of the same connection is left,
  /// but its place under `Limits::connections` stays taken until the last of both has ended. Deadlines and a server's
  /// stop still cancel it.
  finish,
  detach,  ///< As `finish`, and it keeps no place.
};

/// What one route has otherwise than the server. What is not set is the server's (`Limits`).
struct RouteOptions {
  /// `Limits::body` of this route, and so on.
  std::optional<std::size_t> body = {};
  std::optional<Duration> body_stall = {};
  std::optional<Duration> handler = {};
  /// What the client gets when `handler` is over: 503, unless it is set. `Status::gateway_timeout` suits a route that
  /// asks other servers.
  std::optional<Status> deadline_status = {};
  std::optional<Duration> write_stall = {};
  std::optional<std::uint32_t> rate = {};
  /// `OnDisconnect::cancel`, unless it is set.
  std::optional<OnDisconnect> on_disconnect = {};

  /// These where they are set, the others where not: a route's own before those of its group.
  RouteOptions or_else(const RouteOptions& others) const noexcept {
    return {.body = body ? body : others.body,
            .body_stall = body_stall ? body_stall : others.body_stall,
            .handler = handler ? handler : others.handler,
            .deadline_status = deadline_status ? deadline_status : others.deadline_status,
            .write_stall = write_stall ? write_stall : others.write_stall,
            .rate = rate ? rate : others.rate,
            .on_disconnect = on_disconnect ? on_disconnect : others.on_disconnect};
  }
};

}  // namespace gyre
