#pragma once

#include <iosfwd>
#include <string>

namespace gyre::compat::httplib {

/// What a client of cpp-httplib fails with. No server gives it; it is there for code that names it, such as exception
/// handlers that forward to another server.
enum class Error {
  Success = 0,
  Unknown,
  Connection,
  BindIPAddress,
  Read,
  Write,
  ExceedRedirectCount,
  Canceled,
  SSLConnection,
  SSLLoadingCerts,
  SSLServerVerification,
  UnsupportedMultipartBoundaryChars,
  Compression,
  ConnectionTimeout,
};

/// The name of the enumerator.
std::string to_string(Error error);
std::ostream& operator<<(std::ostream& out, const Error& error);

}  // namespace gyre::compat::httplib
