#pragma once

#include <gyre/net/tls/certificate_error.hpp>
#include <gyre/net/tls/internal/certificate_state.hpp>

#include <string_view>

namespace gyre::detail {

/// An error whose text begins with its name.
CertificateError certificate_error(CertificateFault fault, std::string_view text);

/// All certificates of a PEM text, the first one as the own one.
CertificateError read_chain(std::string_view pem, CertificateState& state);
/// The first private key of a PEM text.
CertificateError read_key(std::string_view pem, std::string_view password, CertificateState& state);
/// Whether the key is one for TLS, and the certificate's.
CertificateError check_key(CertificateState& state);
/// Whether each was issued by the next, and all keys and signatures are strong enough.
CertificateError check_chain(const CertificateState& state);

/// Adds all certificates and CRLs of a PEM text to those that are trusted, and the names of the certificates to what a
/// server tells its clients (if there is a list).
CertificateError read_trust(std::string_view pem, X509_STORE* store, STACK_OF(X509_NAME) * names);

}  // namespace gyre::detail
