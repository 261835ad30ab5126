#pragma once

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// The error codes of RST_STREAM and GOAWAY (RFC 9113 7). A peer may send others: they mean `internal_error`.
enum class H2Error : std::uint32_t {
  no_error = 0x00,
  protocol_error = 0x01,
  internal_error = 0x02,
  flow_control_error = 0x03,
  settings_timeout = 0x04,
  stream_closed = 0x05,
  frame_size_error = 0x06,
  refused_stream = 0x07,  ///< Nothing was done with the request: it may be sent again.
  cancel = 0x08,
  compression_error = 0x09,
  connect_error = 0x0a,
  enhance_your_calm = 0x0b,
  inadequate_security = 0x0c,
  http_1_1_required = 0x0d,
};

/// "ENHANCE_YOUR_CALM"; "unknown" for a code that RFC 9113 does not name.
std::string_view name(H2Error error) noexcept;

}  // namespace gyre::wire
