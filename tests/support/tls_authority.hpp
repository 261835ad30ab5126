#pragma once

#include <gyre/base/time.hpp>
#include <gyre/net/tls/certificate.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tls_test {

/// The time at which certificates are judged in tests.
inline constexpr gyre::Duration now = std::chrono::seconds(1'900'000'000);  // in the year 2030

enum class KeyKind : unsigned char { p256, p384, rsa_2048, rsa_1024, ed25519, brainpool };
enum class Purpose : unsigned char { server, client, any };
enum class Flaw : unsigned char { none, sha1, bad_signature };

/// What a certificate is to be like.
struct Wanted {
  std::string subject = "leaf";
  std::vector<std::string> names = {};  ///< DNS names, and IP addresses.
  KeyKind key = KeyKind::p256;
  Purpose purpose = Purpose::any;
  Flaw flaw = Flaw::none;
  gyre::Duration starts = now - std::chrono::hours(24);
  gyre::Duration ends = now + std::chrono::hours(24 * 90);
};

/// A certificate in PEM, with its key.
struct Issued {
  std::string certificate;
  std::string key;
  std::string issuers;  ///< Those between it and the root.

  std::string chain() const { return certificate + issuers; }
  /// Parsed; it has to be right.
  gyre::Certificate parsed() const;
};

/// Issues certificates of any kind, wrong ones too.
class Authority {
 public:
  /// A root.
  explicit Authority(const Wanted& wanted = {.subject = "root"});
  /// One below another.
  Authority(const Authority& above, const Wanted& wanted);

  Issued issue(const Wanted& wanted) const;
  /// Its own certificate.
  const std::string& pem() const;
  /// A list of those that it has revoked.
  std::string revocations(const std::vector<Issued>& revoked) const;

  struct State;

 private:
  std::shared_ptr<const State> state_;
};

/// A certificate that has signed itself, and is no CA.
Issued self_signed(const Wanted& wanted);

/// The key once more, encrypted with a password.
std::string encrypted(const std::string& key, const std::string& password);

}  // namespace tls_test
