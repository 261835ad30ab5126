#pragma once

#include <gyre/web/next.hpp>

#include <cstdint>
#include <source_location>

namespace gyre {

/// Middleware: bodies of requests behind it may have so many bytes, collected or streamed; more is 413.
///
///     api.use(gyre::body_limit(64 << 10));
///
/// It only lowers: `Limits::body` and that of the route hold as well. What is announced to be longer is refused before
/// a byte is read; the rest is found out on the way, and ends the connection. Where `decompression` is used, decoded
/// bytes count, too. See `Request::limit_body`.
Middleware body_limit(std::uint64_t bytes, std::source_location where = std::source_location::current());

}  // namespace gyre
