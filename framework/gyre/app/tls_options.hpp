#pragma once

#include <gyre/base/time.hpp>
#include <gyre/net/tls/certificate_source.hpp>
#include <gyre/net/tls/peer_check.hpp>
#include <gyre/net/tls/server.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gyre {

/// How an application serves HTTPS: where, a certificate of one of three kinds, and who may come.
///
///     app.run({.tls = gyre::TlsOptions{.port = 8443, .chain = "site.pem", .key = "site.key"}});
///
/// With an empty `RunOptions::host`, and no Unix socket or descriptors there, nothing is served without TLS:
///
///     app.run({.host = "", .tls = gyre::TlsOptions{.host = "::", .port = 443, .chain = "site.pem"}});
struct TlsOptions {
  /// Where to listen. `nullopt` for where `RunOptions::host` does, empty for no TCP listener.
  std::optional<std::string> host = {};
  /// 0 lets the kernel choose one.
  std::uint16_t port = 8443;
  /// The path of a Unix socket to listen on too, as `RunOptions::unix_path`.
  std::string unix_path = {};
  /// Listening sockets, as `RunOptions::descriptors`.
  std::vector<int> descriptors = {};

  /// The path of the certificate's chain in PEM, its own one first; and of its key, which may be in the same file
  /// (empty). Read and checked at the start, and again whenever they change or the process receives SIGHUP (`App::run`
  /// with `StopOn::signals`): connections keep theirs, and what cannot be used is logged and left (see
  /// `CertificateFiles`).
  std::string chain = {};
  std::string key = {};
  /// Of a key that is encrypted.
  std::string password = {};
  /// How often is looked for changes. `Duration::max()`: never.
  Duration reload_interval = std::chrono::seconds{10};

  /// Or whom to ask for the certificate of each name.
  std::optional<CertificateSource> certificates = {};

  /// Or a directory where a certificate for localhost is kept, and made if there is none (see
  /// `development_certificate`). For development only.
  std::string development = {};

  /// Whether clients show certificates, and who may have issued them: PEM.
  TlsClientCertificates client_certificates = TlsClientCertificates::none;
  std::string client_trust = {};
  /// Has the last word on clients that are trusted so far.
  TlsPeerCheck client_check = {};
  TlsVersion version_min = TlsVersion::tls_1_2;
  TlsTickets tickets = TlsTickets::on;
};

}  // namespace gyre
