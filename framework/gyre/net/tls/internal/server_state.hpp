#pragma once

#include <gyre/net/tls/internal/openssl.hpp>
#include <gyre/net/tls/internal/ticket_keys.hpp>
#include <gyre/net/tls/server.hpp>

#include <string>

namespace gyre::detail {

/// What the copies of a `TlsServer` share. Only the keys change.
class TlsServerState {
 public:
  explicit TlsServerState(const TlsServerOptions& options)
      : keys(options.ticket_period), certificate(options.certificate), verdict(options.client_verdict) {}

  SslContextPointer context;
  TicketKeys keys;
  std::string alpn;  // as it is sent
  Certificate certificate;
  TlsVerdict verdict;
};

}  // namespace gyre::detail
