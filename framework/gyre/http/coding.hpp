#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre {

/// A content coding (RFC 9110 8.4.1): how a body is packed between client and server.
enum class Coding : std::uint8_t {
  identity,  ///< Not at all.
  deflate,   ///< The zlib format (RFC 1950). Old clients took it for raw deflate: better not to offer it.
  gzip,      ///< RFC 1952.
  brotli,    ///< RFC 7932.
  zstd,      ///< RFC 8878, with windows of at most 8 MiB (RFC 9659).
};

/// As HTTP names it: "identity", "deflate", "gzip", "br", "zstd".
std::string_view name(Coding coding) noexcept;

/// The coding of that name, in any case; "x-gzip" is gzip. Nothing for one that gyre does not know.
std::optional<Coding> parse_coding(std::string_view name) noexcept;

/// What one step of an `Encoder` or a `Decoder` has done.
struct CodingStep {
  std::size_t used = 0;  ///< Bytes of the input that were taken.
  std::size_t made = 0;  ///< Bytes that were written.
  bool done = false;     ///< See the two.
};

}  // namespace gyre
