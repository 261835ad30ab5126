#include "tls_authority.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace gyre;
using namespace tls_test;

namespace {

const Authority& root() {
  static const Authority made;
  return made;
}

CertificateFault fault(const std::string& chain, const std::string& key, std::string_view password = {}) {
  const auto result = Certificate::parse(chain, key, password);
  const CertificateError& error = result.error();
  CHECK(result.has_value() == !error);
  if (error) {
    CHECK(std::string_view{error.what()}.starts_with(name(error.fault())));
    CHECK_THROWS_AS(result.value(), CertificateError);
  }
  return error.fault();
}

}  // namespace

TEST_CASE("a certificate tells what it is", "[tls]") {
  const Issued issued = Authority{root(), {.subject = "between", .starts = now - std::chrono::hours(2)}}.issue(
      {.names = {"Example.org", "*.example.org", "192.0.2.1", "2001:db8:0:0:1:0:0:1", "::", "::ffff:192.0.2.1"}});
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa_2048, KeyKind::ed25519}) {
    CHECK(fault(root().issue({.key = kind}).certificate, root().issue({.key = kind}).key) ==
          CertificateFault::wrong_key);
    const Issued one = root().issue({.key = kind});
    CHECK(fault(one.certificate, one.key) == CertificateFault::none);
    CHECK(fault(one.key + one.certificate, one.certificate + one.key) == CertificateFault::none);
  }
  const Certificate certificate = issued.parsed();
  CHECK(certificate);
  CHECK(certificate.names() == std::vector<std::string>{"example.org", "*.example.org", "192.0.2.1",
                                                        "2001:db8::1:0:0:1", "::", "::ffff:c000:201"});
  CHECK(certificate.not_before() == now - std::chrono::hours(2));
  CHECK(certificate.not_after() == now + std::chrono::hours(24 * 90));
  CHECK(certificate.fingerprint().size() == 64);
  CHECK(certificate.pin().size() == 44);
  CHECK_FALSE(certificate.signs_slowly());
  CHECK(certificate == Certificate{certificate});
  CHECK_FALSE(certificate == issued.parsed());
  CHECK(certificate.fingerprint() == issued.parsed().fingerprint());
}

TEST_CASE("no certificate is a value, too", "[tls]") {
  const Certificate none;
  CHECK_FALSE(none);
  CHECK(none == Certificate{});
  CHECK(none.names().empty());
  CHECK(none.fingerprint().empty());
  CHECK_FALSE(none.covers("example.org"));
  CHECK_FALSE(none.signs_slowly());
  CHECK(none.check_dates(now).fault() == CertificateFault::no_certificate);
}

TEST_CASE("what is wrong with a certificate is told", "[tls]") {
  const Issued good = root().issue({.names = {"example.org"}});
  const std::string bad = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  const std::string bad_key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
  CHECK(fault("", good.key) == CertificateFault::no_certificate);
  CHECK(fault(good.key, good.key) == CertificateFault::no_certificate);
  CHECK(fault(bad, good.key) == CertificateFault::bad_certificate);
  CHECK(fault(good.certificate + bad, good.key) == CertificateFault::bad_certificate);
  CHECK(fault(good.certificate.substr(0, 300), good.key) == CertificateFault::bad_certificate);
  CHECK(fault(good.certificate, "") == CertificateFault::no_key);
  CHECK(fault(good.certificate, good.certificate) == CertificateFault::no_key);
  CHECK(fault(good.certificate, bad_key) == CertificateFault::bad_key);
  CHECK(fault(good.certificate, root().issue({}).key) == CertificateFault::wrong_key);

  const std::string locked = encrypted(good.key, "open sesame");
  CHECK(fault(good.certificate, locked) == CertificateFault::key_encrypted);
  CHECK(fault(good.certificate, locked, "open barley") == CertificateFault::wrong_password);
  CHECK(fault(good.certificate, locked, "open sesame") == CertificateFault::none);

  const Issued brainpool = root().issue({.key = KeyKind::brainpool});
  CHECK(fault(brainpool.certificate, brainpool.key) == CertificateFault::unsupported_key);
  const Issued weak = root().issue({.key = KeyKind::rsa_1024});
  CHECK(fault(weak.certificate, weak.key) == CertificateFault::weak_key);
  const Issued sha1 = root().issue({.flaw = Flaw::sha1});
  CHECK(fault(sha1.certificate, sha1.key) == CertificateFault::weak_signature);
}

TEST_CASE("a chain is one", "[tls]") {
  const Authority upper{root(), {.subject = "upper"}};
  const Authority lower{upper, {.subject = "lower"}};
  const Authority stranger{{.subject = "lower"}};
  const Issued leaf = lower.issue({.names = {"example.org"}});
  CHECK(fault(leaf.certificate, leaf.key) == CertificateFault::none);
  CHECK(fault(leaf.certificate + lower.pem(), leaf.key) == CertificateFault::none);
  CHECK(fault(leaf.certificate + lower.pem() + upper.pem() + root().pem(), leaf.key) == CertificateFault::none);
  CHECK(fault(leaf.certificate + upper.pem(), leaf.key) == CertificateFault::not_a_chain);
  CHECK(fault(leaf.certificate + upper.pem() + lower.pem(), leaf.key) == CertificateFault::not_a_chain);
  CHECK(fault(leaf.certificate + leaf.certificate, leaf.key) == CertificateFault::not_a_chain);
  // Of the same name, and another key.
  CHECK(fault(leaf.certificate + stranger.pem(), leaf.key) == CertificateFault::not_a_chain);
  // The leaf is not the first one: the key is not the first one's.
  CHECK(fault(lower.pem() + leaf.certificate, leaf.key) == CertificateFault::wrong_key);
  const Issued wrongly = lower.issue({.flaw = Flaw::bad_signature});
  CHECK(fault(wrongly.chain(), wrongly.key) == CertificateFault::not_a_chain);
}

TEST_CASE("dates are looked at when they are asked for", "[tls]") {
  const Duration hour = std::chrono::hours(1);
  const Authority above{root(), {.subject = "above", .starts = now - hour, .ends = now + 2 * hour}};
  const Certificate certificate = above.issue({.starts = now - 2 * hour, .ends = now + hour}).parsed();
  const Duration second = std::chrono::seconds(1);
  CHECK(certificate.check_dates(now - hour - second).fault() == CertificateFault::not_yet_valid);
  CHECK(certificate.check_dates(now - hour).fault() == CertificateFault::none);
  CHECK(certificate.check_dates(now + hour).fault() == CertificateFault::none);
  CHECK(certificate.check_dates(now + hour + second).fault() == CertificateFault::expired);
}

TEST_CASE("a date that a duration cannot hold is as late as can be", "[tls]") {
  const Issued endless = self_signed({.ends = Duration::max()});
  CHECK(endless.parsed().not_after() >= Duration::max() - std::chrono::hours(48));
}

TEST_CASE("a certificate covers its names and no others", "[tls]") {
  const Certificate certificate =
      root()
          .issue({.subject = "common.example", .names = {"example.org", "*.Example.org", "192.0.2.1", "2001:db8::1"}})
          .parsed();
  for (const char* host : {"example.org", "EXAMPLE.ORG", "example.org.", "www.example.org", "192.0.2.1", "2001:db8::1",
                           "[2001:DB8:0::1]"}) {
    CAPTURE(host);
    CHECK(certificate.covers(host));
  }
  for (const char* host : {"", ".", "org", ".example.org", "a.b.example.org", "*.example.org", "common.example",
                           "192.0.2.2", "2001:db8::2", "[192.0.2.1]", "[example.org]", "example.org:443",
                           "example.org..", "www.example.com", "exa mple.org"}) {
    CAPTURE(host);
    CHECK_FALSE(certificate.covers(host));
  }
}
