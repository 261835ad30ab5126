#include <gyre/compat/httplib/ssl_server.hpp>

#include <gyre/compat/httplib/text.hpp>
#include <gyre/net/tls/certificate.hpp>

#include <re2/re2.h>
#include <filesystem>
#include <system_error>

#include <exception>

namespace gyre::compat::httplib {
namespace {

std::string contents(const std::string& path) {
  std::string text;
  try {
    if (!path.empty() && detail::is_file(path)) detail::read_file(path, text);
  } catch (const std::exception&) {
    text.clear();
  }
  return text;
}

/// The certificates that OpenSSL would find in a directory: those whose names are the hash of a subject.
std::string hashed_certificates(const std::string& directory) {
  static const RE2 hashed{"[0-9a-f]{8}\\.[0-9]+"};
  std::string text;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator{directory, failure}) {
    if (RE2::FullMatch(entry.path().filename().string(), hashed)) text += contents(entry.path().string());
  }
  return text;
}

std::string text_of(const char* text) { return text == nullptr ? std::string{} : std::string{text}; }

TlsOptions options_of(const char* chain, const char* key, const char* trust, const char* trust_directory,
                      const char* password) {
  TlsOptions options{.chain = text_of(chain), .key = text_of(key), .password = text_of(password)};
  if (trust == nullptr && trust_directory == nullptr) return options;
  options.client_certificates = TlsClientCertificates::mandatory;
  options.client_trust = contents(text_of(trust));
  if (trust_directory != nullptr) options.client_trust += hashed_certificates(trust_directory);
  return options;
}

}  // namespace

SSLServer::SSLServer(const char* cert_path, const char* private_key_path, const char* client_ca_cert_file_path,
                     const char* client_ca_cert_dir_path, const char* private_key_password, const Settings& settings)
    : Server(options_of(cert_path, private_key_path, client_ca_cert_file_path, client_ca_cert_dir_path,
                        private_key_password),
             settings),
      valid_(Certificate::parse(contents(text_of(cert_path)), contents(text_of(private_key_path)),
                                text_of(private_key_password))
                 .has_value()) {}

}  // namespace gyre::compat::httplib
