#pragma once

#include <gyre/http/coding.hpp>
#include <gyre/web/next.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace gyre {

/// When what a streamed answer has written leaves the encoder.
enum class CompressionFlush : std::uint8_t {
  each_turn,  ///< At the end of each turn of the loop, as without a coding: events and progress arrive at once.
  asked,      ///< With `BodyWriter::flush` and at the end. Packs better what trickles.
};

/// What `compression` packs, and how.
struct CompressionOptions {
  /// What is offered, the best first: of those that the client likes equally well the first is taken.
  std::vector<Coding> codings = {Coding::zstd, Coding::brotli, Coding::gzip};
  /// Bytes of a body below which packing is not worth it. Streams without a length have no size.
  std::size_t min_size = 1024;
  /// Media types that shrink, lower case: "text/html", "text/*", or "+json" for a suffix. Empty: text, JSON, XML,
  /// scripts, SVG, WebAssembly and uncompressed fonts.
  std::vector<std::string> types = {};
  /// See `Encoder`. The first is for gzip and deflate.
  std::optional<int> gzip_level = {};
  std::optional<int> brotli_level = {};
  std::optional<int> zstd_level = {};
  CompressionFlush flush = CompressionFlush::each_turn;
};

/// Middleware: packs answers for clients that accept it (Accept-Encoding, RFC 9110 12.5.3).
///
///     app.use(gyre::compression());
///     app.use(gyre::compression({.codings = {gyre::Coding::gzip}, .gzip_level = 4}));
///
/// Left as they are: answers with a Content-Encoding, Content-Range or digest of their own, `Cache-Control:
/// no-transform`, statuses without a body, 206, upgrades, other media types and small bodies, and what would not get
/// smaller. Answers that may be packed get `Vary: Accept-Encoding`; packed ones get a weak ETag for a strong one, and
/// lose Accept-Ranges. HEAD gets the fields of GET. A client that rules identity out gets whatever it accepts for any
/// type and size; if there is nothing of that kind, the answer as it is: a 406 would throw a finished answer away.
///
/// No turn of the loop encodes more than 32 KiB of one answer, about a millisecond: longer bodies take several turns,
/// before the answer is there (its length is announced) or while it is streamed (in chunks).
///
/// Text that the client controls beside a secret in one packed answer leaks the secret by its length (BREACH): keep
/// such routes out of it. Throws `SetupError` for identity among the codings and for levels that there are not.
Middleware compression(CompressionOptions options = {}, std::source_location where = std::source_location::current());

}  // namespace gyre
