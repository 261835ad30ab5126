#include <gyre/net/tls/version.hpp>

namespace gyre {

std::string_view name(TlsVersion version) noexcept {
  switch (version) {
    case TlsVersion::tls_1_2: return "TLS 1.2";
    case TlsVersion::tls_1_3: return "TLS 1.3";
  }
  return "unknown";
}

}  // namespace gyre
