#pragma once

#include <gyre/http/coding.hpp>
#include <gyre/web/next.hpp>

#include <cstdint>
#include <source_location>
#include <vector>

namespace gyre {

/// What `decompression` takes.
struct DecompressionOptions {
  /// Codings that a client may use; a body with another one is answered with 415.
  std::vector<Coding> codings = {Coding::zstd, Coding::brotli, Coding::gzip, Coding::deflate};
  /// A body may grow by this factor; a larger one is a bomb: 413. Up to 64 KiB of decoded bytes it is not looked at.
  /// JSON and text grow by 5 to 20; deflate can by 1032. At least 1.
  std::uint32_t ratio = 100;
};

/// Middleware: unpacks the bodies of requests that have a Content-Encoding (RFC 9110 8.4), for handlers that take them
/// whole and for those that read a `Body`.
///
///     app.use(gyre::decompression());
///
/// The limit of the body counts decoded bytes as well as those that came (`Request::body_limit`): 413. Malformed and
/// truncated ones are 400, unknown codings and several in one body 415 with Accept-Encoding (RFC 9110 15.5.16). The
/// connection ends after a body that failed on its way.
///
/// A whole body is read and decoded when this middleware is reached: put those that refuse requests before it. It takes
/// a turn of the loop for each 64 KiB decoded. A `Body` is decoded as it is read; there `Request::collect` fails with
/// `Errc::unsupported`. Content-Encoding and Content-Length stay in the head as they came. Throws `SetupError` for
/// identity among the codings and a ratio of 0.
Middleware decompression(DecompressionOptions options = {},
                         std::source_location where = std::source_location::current());

}  // namespace gyre
