#include <gyre/compat/httplib/error.hpp>

#include <ostream>

namespace gyre::compat::httplib {

std::string to_string(Error error) {
  switch (error) {
    case Error::Success: return "Success";
    case Error::Unknown: return "Unknown";
    case Error::Connection: return "Connection";
    case Error::BindIPAddress: return "BindIPAddress";
    case Error::Read: return "Read";
    case Error::Write: return "Write";
    case Error::ExceedRedirectCount: return "ExceedRedirectCount";
    case Error::Canceled: return "Canceled";
    case Error::SSLConnection: return "SSLConnection";
    case Error::SSLLoadingCerts: return "SSLLoadingCerts";
    case Error::SSLServerVerification: return "SSLServerVerification";
    case Error::UnsupportedMultipartBoundaryChars: return "UnsupportedMultipartBoundaryChars";
    case Error::Compression: return "Compression";
    case Error::ConnectionTimeout: return "ConnectionTimeout";
  }
  return "Invalid";
}

std::ostream& operator<<(std::ostream& out, const Error& error) {
  return out << to_string(error) << " (" << static_cast<int>(error) << ')';
}

}  // namespace gyre::compat::httplib
