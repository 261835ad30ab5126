#pragma once

#include <gyre/app/internal/app_state.hpp>
#include <gyre/http/server_options.hpp>
#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/certificate_files.hpp>

#include <optional>

namespace gyre::app {

/// What the workers of a run accept TLS with.
class ServedTls {
 public:
  /// Gets the certificate. On any loop. Throws what explains why it cannot.
  static Task<ServedTls> make(AppState& state, TlsOptions options, Http2 http2);

  const TlsAcceptor& acceptor() const noexcept { return acceptor_; }

  /// What has to be done beside serving, on each loop, until it is cancelled. What fails of it is logged.
  Task<> run(AppState& state) const;
  /// Reads the files of the certificate again at each such signal, which is blocked, until it is cancelled. On one
  /// loop. That it cannot listen is logged.
  Task<> reload_on(AppState& state, int signal) const;

 private:
  ServedTls(TlsAcceptor acceptor, std::optional<CertificateFiles> files, TlsTickets tickets)
      : acceptor_(std::move(acceptor)), files_(std::move(files)), tickets_(tickets) {}

  TlsAcceptor acceptor_;
  std::optional<CertificateFiles> files_;
  TlsTickets tickets_;
};

}  // namespace gyre::app
