#pragma once

#include <gyre/base/time.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/tls/certificate.hpp>

#include <string>

namespace gyre {

/// A certificate for HTTPS on one's own machine, and where its public part is.
struct DevelopmentCertificate {
  Certificate certificate;
  std::string path;  ///< A PEM file without the key, for clients that are to trust it: `curl --cacert`.
};

/// A certificate for localhost, 127.0.0.1 and ::1 that nobody has issued (ECDSA P-256, self-signed, no CA). Made at the
/// first call, kept in `directory`, and made anew when less than a month of its 397 days is left. For development:
/// browsers warn of it, or are told once to trust it.
///
/// `directory` belongs to the user alone, as does the key in it (modes 0700 and 0600); it is made if it is missing. Any
/// number of processes may call it at once: all have the same certificate. Works on a thread of `offload`, with the
/// operating system's files in simulation too.
///
/// Throws `std::runtime_error`, which names the directory: it cannot be made, read or written, others have access to
/// it or to the key, or OpenSSL fails. What stands there and is no key and certificate of this kind is an error too,
/// and left as it is: `CertificateError`. Throws `Cancelled` before it has begun.
Task<DevelopmentCertificate> development_certificate(std::string directory);

}  // namespace gyre
