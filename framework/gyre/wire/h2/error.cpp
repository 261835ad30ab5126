#include <gyre/wire/h2/error.hpp>

namespace gyre::wire {

std::string_view name(H2Error error) noexcept {
  switch (error) {
    case H2Error::no_error: return "NO_ERROR";
    case H2Error::protocol_error: return "PROTOCOL_ERROR";
    case H2Error::internal_error: return "INTERNAL_ERROR";
    case H2Error::flow_control_error: return "FLOW_CONTROL_ERROR";
    case H2Error::settings_timeout: return "SETTINGS_TIMEOUT";
    case H2Error::stream_closed: return "STREAM_CLOSED";
    case H2Error::frame_size_error: return "FRAME_SIZE_ERROR";
    case H2Error::refused_stream: return "REFUSED_STREAM";
    case H2Error::cancel: return "CANCEL";
    case H2Error::compression_error: return "COMPRESSION_ERROR";
    case H2Error::connect_error: return "CONNECT_ERROR";
    case H2Error::enhance_your_calm: return "ENHANCE_YOUR_CALM";
    case H2Error::inadequate_security: return "INADEQUATE_SECURITY";
    case H2Error::http_1_1_required: return "HTTP_1_1_REQUIRED";
  }
  return "unknown";
}

}  // namespace gyre::wire
