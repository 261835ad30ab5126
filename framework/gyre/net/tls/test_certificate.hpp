#pragma once

#include <gyre/net/tls/certificate.hpp>

namespace gyre {

/// A certificate for tests, with a new key: for localhost, 127.0.0.1 and ::1, self-signed, valid from 2020 to 2099
/// whatever the clock of a simulation says, and in memory alone. A client knows it by its `pin`
/// (`TlsVerification::pinned_key_only`), for nobody has issued it.
///
/// The key is on Ed25519: all handshakes with it have the same sizes, so that a simulated run can be repeated.
///
/// Takes about a millisecond. Throws `std::runtime_error` if OpenSSL fails. From any thread.
Certificate test_certificate();

}  // namespace gyre
