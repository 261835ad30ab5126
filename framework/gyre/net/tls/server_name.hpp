#pragma once

#include <string>
#include <string_view>

namespace gyre {

/// The host name that a TLS client asks for (RFC 6066 3), in lower case and without a dot at its end; empty if it has
/// not said. What `TlsSession::server_name` gives has been checked.
class ServerName {
 public:
  /// None.
  ServerName() noexcept = default;
  explicit ServerName(std::string_view text);

  bool empty() const noexcept { return text_.empty(); }
  const std::string& text() const noexcept { return text_; }

  friend bool operator==(const ServerName& left, const ServerName& right) noexcept = default;

 private:
  std::string text_;
};

}  // namespace gyre
