#pragma once

#include <gyre/net/tls/certificate_error.hpp>
#include <gyre/net/tls/internal/certificate_state.hpp>
#include <gyre/net/tls/internal/openssl.hpp>
#include <gyre/net/tls/version.hpp>

#include <string>
#include <vector>

namespace gyre::detail {

/// The settings that servers and clients have in common: versions, ciphers, groups, and what is refused. Throws
/// `std::bad_alloc`.
SslContextPointer make_context(const SSL_METHOD* method, TlsVersion version_min);

/// What is shown to every peer. Throws `std::bad_alloc`.
void set_certificate(SSL_CTX* context, const CertificateState& certificate);

/// The list of application protocols as it is sent (RFC 7301 3.1).
CertificateError write_alpn(const std::vector<std::string>& names, std::string& out);

}  // namespace gyre::detail
