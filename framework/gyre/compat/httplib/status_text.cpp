#include <gyre/compat/httplib/text.hpp>

#include <gyre/wire/status.hpp>

namespace gyre::compat::httplib::detail {

// The registry's phrases, but for those that were others when cpp-httplib took them.
const char* status_message(int status) {
  switch (status) {
    case 101: return "Switching Protocol";
    case 300: return "Multiple Choice";
    case 306: return "unused";
    case 413: return "Payload Too Large";
    case 418: return "I'm a teapot";
    case 422: return "Unprocessable Entity";
    default: break;
  }
  if (status < 100 || status > 999 || status == 499) return "Internal Server Error";
  const std::string_view known = reason(Status{static_cast<std::uint16_t>(status)});
  return known.empty() ? "Internal Server Error" : known.data();  // literals, which end in a zero
}

}  // namespace gyre::compat::httplib::detail
