#pragma once

#include <gyre/net/tls/failure.hpp>

namespace gyre::detail {

/// What OpenSSL's verdict on a chain (an `X509_V_ERR_`) means.
TlsFault fault_of_verification(long verdict) noexcept;
/// What a reason of its TLS part (an `SSL_R_`) means.
TlsFault fault_of_reason(int reason) noexcept;
/// The `X509_V_ERR_` that makes OpenSSL send an alert, as far as there is one.
int verification_of_alert(TlsAlert alert) noexcept;

}  // namespace gyre::detail
