#pragma once

#include <cstdint>
#include <string_view>

namespace gyre {

/// The fields that a server looks at, so that finding one is a compare of a byte. The first six decide about framing
/// and the connection and stay together.
enum class FieldId : std::uint8_t {
  unknown,  ///< Any other field.

  host,
  content_length,
  transfer_encoding,
  connection,
  expect,
  upgrade,

  accept,
  accept_encoding,
  accept_language,
  access_control_request_headers,
  access_control_request_method,
  allow,
  authorization,
  cache_control,
  content_disposition,
  content_encoding,
  content_range,
  content_type,
  cookie,
  date,
  early_data,
  etag,
  forwarded,
  http2_settings,
  idempotency_key,
  if_match,
  if_modified_since,
  if_none_match,
  if_range,
  if_unmodified_since,
  keep_alive,
  last_event_id,
  last_modified,
  location,
  origin,
  priority,
  proxy_authorization,
  proxy_connection,
  range,
  referer,
  retry_after,
  sec_fetch_site,
  sec_websocket_accept,
  sec_websocket_extensions,
  sec_websocket_key,
  sec_websocket_protocol,
  sec_websocket_version,
  server,
  set_cookie,
  te,
  traceparent,
  tracestate,
  trailer,
  user_agent,
  vary,
  www_authenticate,
  x_forwarded_for,
  x_forwarded_host,
  x_forwarded_proto,
  x_request_id,
};

/// How many values `FieldId` has, `unknown` included: they fit the bits of a 64-bit set.
inline constexpr unsigned field_id_count = static_cast<unsigned>(FieldId::x_request_id) + 1;
static_assert(field_id_count <= 64);

/// The id of a field name in any case ("content-LENGTH"); `unknown` if there is none.
FieldId field_id(std::string_view name) noexcept;

/// The name as the RFCs spell it: "Content-Length"; empty for `unknown`.
std::string_view name(FieldId id) noexcept;

/// Whether two texts are equal but for the case of ASCII letters. Locale-free.
bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

/// Whether the text is a token (RFC 9110 5.6.2): at least one character, letters, digits and !#$%&'*+-.^_`|~ only.
/// Field names and methods are tokens.
bool is_token(std::string_view text) noexcept;

/// Whether the text may be sent as a field value: no CR, LF, NUL or other control but HTAB, no DEL. Bytes above 0x7f
/// (obs-text) pass, as does the empty text. Checked on every write path (RFC 9110 5.5).
bool is_field_value(std::string_view text) noexcept;

}  // namespace gyre
