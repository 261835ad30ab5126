#include <gyre/net/tls/test_certificate.hpp>

#include <gyre/net/tls/internal/self_signed.hpp>

namespace gyre {

Certificate test_certificate() {
  constexpr std::chrono::days year{365};
  detail::SelfSigned made = detail::make_self_signed({.common_name = "localhost (gyre, for tests)",
                                                      .names = "DNS:localhost,IP:127.0.0.1,IP:::1",
                                                      .not_before = 50 * year,
                                                      .not_after = 130 * year,
                                                      .key = detail::SelfSignedKey::ed25519});
  Certificate certificate = Certificate::parse(made.chain, made.key).value();
  detail::wipe(made.key);
  return certificate;
}

}  // namespace gyre
