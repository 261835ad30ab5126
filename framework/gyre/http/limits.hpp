#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/h1/head_limits.hpp>

#include <cstddef>

namespace gyre {

/// How much of everything a client may use. Every member is enforced; a `Duration` of `Duration::max()` switches a time
/// limit off.
struct Limits {
  /// Request line, header block, number of fields: 414, 431.
  wire::HeadLimits head;
  /// Bytes of a request body: 413.
  std::size_t body = std::size_t{1} << 20;
  /// Bytes of further requests that are read while one is being answered; beyond it the connection is not read from.
  std::size_t read_ahead = 64 * 1024;
  /// Bytes of answers that wait to be sent; beyond it no further request of the connection is looked at.
  std::size_t output = 256 * 1024;
  /// From the first byte of a request to the end of its head: 408.
  Duration head_read = std::chrono::seconds{10};
  /// From one piece of a request body to the next: 408.
  Duration body_stall = std::chrono::seconds{30};
  /// Between requests: the connection is closed.
  Duration idle = std::chrono::seconds{60};
  /// For one batch of answers to be taken by the client: the connection is cut.
  Duration write_stall = std::chrono::seconds{30};
  /// After the last answer, for the client to close its side, so that it can read the answer to the end.
  Duration linger = std::chrono::seconds{2};
};

}  // namespace gyre
