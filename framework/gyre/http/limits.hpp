#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/h1/chunk_limits.hpp>
#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h2/limits.hpp>

#include <cstddef>
#include <cstdint>

namespace gyre {

/// How much of everything a client may use. Every member is enforced; a `Duration` of `Duration::max()` switches a time
/// limit off.
struct Limits {
  /// Request line, header block, number of fields: 414, 431.
  wire::HeadLimits head;
  /// Chunk extensions (400) and trailers (431).
  wire::ChunkLimits chunks;
  /// Bytes of a request body, decoded, collected or streamed: 413.
  std::size_t body = std::size_t{1} << 20;
  /// Bytes of bodies that are collected at once on one HTTP/2 connection: 503.
  std::size_t collected = std::size_t{16} << 20;
  /// What the streams, frames and headers of an HTTP/2 connection may be and cost.
  wire::H2Limits h2 = {};
  /// Bytes of a body that nobody wants which are read all the same, so that the connection can be kept; beyond it the
  /// connection ends after the answer. And bytes that a client sends after it has said that it sends no more (TLS);
  /// beyond it the connection is closed.
  std::size_t drain = 64 * 1024;
  /// Bytes that are read ahead of what can be used; beyond it the connection is not read from.
  std::size_t read_ahead = 64 * 1024;
  /// Bytes of answers that wait to be sent or for their turn; beyond it no further request of the connection is looked
  /// at, and who writes a streamed answer waits.
  std::size_t output = 256 * 1024;
  /// Requests of one connection that are handled at once: consecutive ones with safe methods.
  unsigned concurrent_requests = 16;
  /// Open connections of one server (one loop): one more is answered with 503 and closed.
  unsigned connections = 50'000;
  /// TLS handshakes of one server (one loop) under way at once; further connections wait for their turn.
  unsigned handshakes = 1'000;
  /// Coroutine handlers of one server (one loop) at work at once, those whose client has left included: one more
  /// request is answered at once with 503 and Retry-After.
  unsigned handlers = 100'000;
  /// From the first byte of a request to the end of its head: 408.
  Duration head_read = std::chrono::seconds{10};
  /// From the accepted connection to the end of its TLS handshake, the wait for its turn and for a certificate
  /// included: the connection is closed.
  Duration handshake = std::chrono::seconds{10};
  /// For the client's next message in a TLS handshake, while all places (`handshakes`) are taken and others wait for
  /// one: then the handshake that has waited longest gives way, and its connection is closed.
  Duration handshake_stall = std::chrono::milliseconds{500};
  /// From one piece of a request body to the next: 408.
  Duration body_stall = std::chrono::seconds{30};
  /// From the start of a coroutine handler to its answer: 503 (or `RouteOptions::deadline_status`), and its scope is
  /// cancelled.
  Duration handler = std::chrono::seconds{30};
  /// Between requests: the connection is closed.
  Duration idle = std::chrono::seconds{60};
  /// For an answer on its way: within each such time the client takes it all, or `rate`, or the connection is cut.
  Duration write_stall = std::chrono::seconds{30};
  /// After the last answer, for the client to close its side, so that it can read the answer to the end.
  Duration linger = std::chrono::seconds{2};
  /// Bytes per second that a body arrives with (else 408) and that an answer is taken with. 0: no minimum.
  std::uint32_t rate = 240;
  /// How long a body may arrive more slowly than `rate` before that counts.
  Duration rate_grace = std::chrono::seconds{10};
};

}  // namespace gyre
