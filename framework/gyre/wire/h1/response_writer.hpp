#pragma once

#include <gyre/wire/status.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// What a response head says about the end of the body.
enum class BodyFraming : std::uint8_t {
  none,     ///< Nothing: 1xx, 204, 304, or the end of the connection ends the body (then say `close`).
  length,   ///< Content-Length.
  chunked,  ///< Transfer-Encoding: chunked.
};

/// What a response head says about the connection.
enum class ConnectionOption : std::uint8_t {
  none,        ///< Nothing: the version's default.
  close,       ///< Connection: close
  keep_alive,  ///< Connection: keep-alive, for HTTP/1.0 clients that asked for it.
  upgrade,     ///< Connection: upgrade, beside an Upgrade field in `fields`.
};

/// A response head to be written. Views must live until it is.
struct ResponseHead {
  Status status = Status::ok;
  BodyFraming framing = BodyFraming::length;
  ConnectionOption connection = ConnectionOption::none;
  std::uint64_t content_length = 0;     ///< Bytes of the body. With `BodyFraming::length` only.
  std::string_view common_fields = {};  ///< Field lines to begin with, valid ones, each with its CRLF: Date, Server.
  std::string_view content_type = {};   ///< Empty: no Content-Type.
  std::string_view fields = {};         ///< More field lines, made by `write_field`, each with its CRLF.
};

/// The room that `write_response_head` needs at most, in bytes. Cheap: no look at the texts.
std::size_t response_head_bound(const ResponseHead& head) noexcept;

/// Writes the head as HTTP/1.1 (RFC 9112 4 and 5), the empty line included, to `out`, which has room for
/// `response_head_bound(head)` bytes; bytes behind the head, within that room, may be overwritten.
///
/// Returns the end of what was written, or nullptr if `content_type` is no field value (an injected
/// line, say): then nothing of it may be sent. A status outside 100 to 999 is written as 500.
char* write_response_head(const ResponseHead& head, char* out) noexcept;

/// The room that `write_interim_head` needs at most, in bytes.
std::size_t interim_head_bound(std::string_view fields) noexcept;

/// Writes the head of an interim response (RFC 9110 15.2), which has no body and is followed by another one: the status
/// line, `fields` (field lines made by `write_field`, or nothing) and the empty line. `out` has room for
/// `interim_head_bound(fields)` bytes; those behind the head, within that room, may be overwritten.
///
/// Returns the end of what was written, or nullptr for a status outside 100 to 199. Not for HTTP/1.0 clients.
char* write_interim_head(Status status, std::string_view fields, char* out) noexcept;

/// The room that `write_field` needs, in bytes.
constexpr std::size_t field_bound(std::string_view name, std::string_view value) noexcept {
  return name.size() + value.size() + 4;
}

/// Writes one field line, `name: value` CRLF, to `out`, which has room for `field_bound(name, value)` bytes. Returns
/// its end, or nullptr, with nothing written, if the name is no token or the value no field value.
char* write_field(std::string_view name, std::string_view value, char* out) noexcept;

}  // namespace gyre::wire
