#pragma once

#include <gyre/compat/httplib/server.hpp>

namespace gyre::compat::httplib {

/// A `Server` for HTTPS, with TLS 1.2 and 1.3. The certificate is loaded again when its file changes.
class SSLServer : public Server {
 public:
  /// Paths of PEM files. With `client_ca_cert_file_path`, or a directory of them by their hashes, clients must show a
  /// certificate of these authorities.
  SSLServer(const char* cert_path, const char* private_key_path, const char* client_ca_cert_file_path = nullptr,
            const char* client_ca_cert_dir_path = nullptr, const char* private_key_password = nullptr,
            const Settings& settings = {});

  /// Whether the certificate and its key could be read.
  bool is_valid() const override { return valid_; }

 private:
  bool valid_;
};

}  // namespace gyre::compat::httplib
