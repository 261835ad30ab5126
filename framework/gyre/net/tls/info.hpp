#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/net/tls/peer.hpp>
#include <gyre/net/tls/version.hpp>

#include <string>

namespace gyre {

/// What the handshake of a TLS connection has agreed on.
struct TlsInfo {
  TlsVersion version = TlsVersion::tls_1_3;
  std::string cipher;          ///< As IANA names it: "TLS_AES_128_GCM_SHA256".
  std::string alpn;            ///< The application protocol, "h2"; empty if none was agreed on.
  std::string server_name;     ///< What the client asked for, in lower case; empty if it did not say.
  bool resumed = false;        ///< With a ticket of an earlier connection. The peer is who it was there.
  Shared<const TlsPeer> peer;  ///< Empty if the peer has shown no certificate.
};

}  // namespace gyre
