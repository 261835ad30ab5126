#include "tls_pair.hpp"

#include <catch2/catch.hpp>

using namespace gyre;
using namespace tls_test;

namespace {

/// A certificate that somebody else should refuse.
struct Wrong {
  std::string what;
  Issued shown;
  std::string trust;
  TlsFault fault;
  TlsAlert alert;
};

constexpr Duration day = std::chrono::hours(24);

/// What is wrong whoever shows it; `other` is for the other side of a connection.
std::vector<Wrong> wrong_ones(Purpose other) {
  const std::vector<std::string> names = {"example.org"};
  const Authority stranger{{.subject = "stranger"}};
  const Authority expired{root(), {.subject = "expired", .ends = now - day}};
  const Authority weak{root(), {.subject = "weak", .key = KeyKind::rsa_1024}};
  const Authority revoking{{.subject = "revoking"}};
  const Issued revoked = revoking.issue({.names = names});
  Issued weakly = weak.issue({.names = names});
  weakly.issuers.clear();
  Issued incomplete = Authority{root(), {.subject = "left out"}}.issue({.names = names});
  incomplete.issuers.clear();
  return {
      {"expired", root().issue({.names = names, .ends = now - std::chrono::seconds(1)}), root().pem(),
       TlsFault::expired, TlsAlert::certificate_expired},
      {"not yet valid", root().issue({.names = names, .starts = now + day}), root().pem(), TlsFault::not_yet_valid,
       TlsAlert::bad_certificate},
      {"an unknown issuer", stranger.issue({.names = names}), root().pem(), TlsFault::unknown_issuer,
       TlsAlert::unknown_ca},
      {"self-signed", self_signed({.names = names}), root().pem(), TlsFault::self_signed, TlsAlert::unknown_ca},
      {"for the other side", root().issue({.names = names, .purpose = other}), root().pem(), TlsFault::wrong_key_usage,
       TlsAlert::unsupported_certificate},
      {"a bad signature", root().issue({.names = names, .flaw = Flaw::bad_signature}), root().pem(),
       TlsFault::bad_signature, TlsAlert::decrypt_error},
      {"revoked", revoked, revoking.pem() + revoking.revocations({revoked}), TlsFault::revoked,
       TlsAlert::certificate_revoked},
      {"an expired issuer", expired.issue({.names = names}), root().pem(), TlsFault::expired,
       TlsAlert::certificate_expired},
      {"a chain with a gap", incomplete, root().pem(), TlsFault::unknown_issuer, TlsAlert::unknown_ca},
      {"a weak issuer", weakly, weak.pem(), TlsFault::weak_key, TlsAlert::bad_certificate},
  };
}

void check_refusal(Side& refusing, Side& shown_by, const Wrong& wrong) {
  CHECK(name(refusing.fault()) == name(wrong.fault));
  REQUIRE(refusing.session->failure().alert_sent());
  CHECK(name(*refusing.session->failure().alert_sent()) == name(wrong.alert));
  CHECK(name(shown_by.fault()) == name(TlsFault::peer_alert));
  CHECK(name(shown_by.told()) == name(wrong.alert));
}

}  // namespace

TEST_CASE("a client refuses a server's certificate that is wrong in any way", "[tls]") {
  for (const Wrong& wrong : wrong_ones(Purpose::client)) {
    for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
      CAPTURE(wrong.what, name(version));
      TlsServerOptions server;
      server.certificate = wrong.shown.parsed();
      TlsClientOptions client;
      client.trust = wrong.trust;
      client.version_max = version;
      Pair pair{make_client(client), make_server(server), "example.org", Splitting::random(11)};
      CHECK_FALSE(pair.run());
      check_refusal(pair.client, pair.server, wrong);
      // The same, and nothing is verified.
      client.trust.clear();
      client.verification = TlsVerification::nothing_any_server;
      Pair careless{make_client(client), make_server(server)};
      CHECK(careless.run());
    }
  }
}

TEST_CASE("a server refuses a client's certificate that is wrong in any way", "[tls]") {
  for (const Wrong& wrong : wrong_ones(Purpose::server)) {
    for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
      for (const auto asked : {TlsClientCertificates::requested, TlsClientCertificates::mandatory}) {
        CAPTURE(wrong.what, name(version));
        TlsServerOptions server = server_options();
        server.client_certificates = asked;
        server.client_trust = wrong.trust;
        TlsClientOptions client = client_options();
        client.certificate = wrong.shown.parsed();
        client.version_max = version;
        Pair pair{make_client(client), make_server(server), "example.org", Splitting::random(12)};
        CHECK_FALSE(pair.run());
        check_refusal(pair.server, pair.client, wrong);
      }
    }
  }
}

TEST_CASE("a server's certificate is for the host that was connected to", "[tls]") {
  struct Case {
    std::vector<std::string> names;
    std::string host;
    bool good;
  };
  for (const Case& one :
       {Case{{"example.org"}, "example.org", true}, Case{{"EXAMPLE.org"}, "example.ORG", true},
        Case{{"example.org"}, "example.org.", true}, Case{{"*.example.org"}, "www.example.org", true},
        Case{{"*.example.org"}, "example.org", false}, Case{{"*.example.org"}, "a.b.example.org", false},
        Case{{"w*.example.org"}, "www.example.org", false}, Case{{"*.org"}, "example.org", false},
        Case{{"example.net"}, "example.org", false}, Case{{}, "example.org", false},
        Case{{"192.0.2.1"}, "192.0.2.1", true}, Case{{"192.0.2.1"}, "192.0.2.2", false},
        Case{{"2001:db8::1"}, "[2001:db8::1]", true}, Case{{"2001:db8::1"}, "2001:db8::2", false},
        Case{{"example.org", "example.net"}, "example.net", true}}) {
    CAPTURE(one.host);
    TlsServerOptions server;
    // The common name does not count.
    server.certificate = root().issue({.subject = "example.org", .names = one.names}).parsed();
    CHECK(server.certificate.covers(one.host) == one.good);
    Pair pair{make_client(), make_server(server), one.host};
    CHECK(pair.run() == one.good);
    if (one.good) continue;
    CHECK(pair.client.fault() == TlsFault::wrong_host);
    CHECK(pair.server.told() == TlsAlert::bad_certificate);
  }
}

TEST_CASE("keys are pinned", "[tls]") {
  const Issued own = root().issue({.names = {"example.org"}});
  const Issued stranger = self_signed({.names = {"example.net"}, .ends = now - day});
  struct Case {
    Issued shown;
    TlsVerification verification;
    std::string pin;
    TlsFault fault;
  };
  const std::string another_pin = leaf().parsed().pin();
  for (const Case& one : {Case{own, TlsVerification::full, own.parsed().pin(), TlsFault::none},
                          Case{own, TlsVerification::full, stranger.parsed().pin(), TlsFault::wrong_pin},
                          Case{stranger, TlsVerification::full, stranger.parsed().pin(), TlsFault::self_signed},
                          Case{stranger, TlsVerification::pinned_key_only, stranger.parsed().pin(), TlsFault::none},
                          Case{stranger, TlsVerification::pinned_key_only, own.parsed().pin(), TlsFault::wrong_pin}}) {
    TlsServerOptions server;
    server.certificate = one.shown.parsed();
    TlsClientOptions client = client_options();
    client.verification = one.verification;
    client.pins = {another_pin, one.pin};
    Pair pair{make_client(client), make_server(server)};
    CHECK(pair.run() == (one.fault == TlsFault::none));
    CHECK(name(pair.client.fault()) == name(one.fault));
  }
}

TEST_CASE("clients show certificates", "[tls]") {
  const Authority clients{{.subject = "clients"}};
  TlsClientOptions with = client_options();
  with.certificate = clients.issue({.subject = "client 7", .purpose = Purpose::client}).parsed();
  for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    for (const auto asked :
         {TlsClientCertificates::none, TlsClientCertificates::requested, TlsClientCertificates::mandatory}) {
      TlsServerOptions server = server_options();
      server.client_certificates = asked;
      if (asked != TlsClientCertificates::none) server.client_trust = clients.pem();
      with.version_max = version;
      Pair pair{make_client(with), make_server(server), "example.org", Splitting::bytes()};
      CHECK(pair.run());
      const TlsInfo info = pair.server.session->info();
      CHECK((info.peer != nullptr) == (asked != TlsClientCertificates::none));
      if (info.peer) CHECK(info.peer->subject == "CN=client 7");

      TlsClientOptions without = client_options();
      without.version_max = version;
      Pair anonymous{make_client(without), make_server(server)};
      CHECK(anonymous.run() == (asked != TlsClientCertificates::mandatory));
      if (asked != TlsClientCertificates::mandatory) continue;
      CHECK(anonymous.server.fault() == TlsFault::no_certificate);
      CHECK(anonymous.client.told() ==
            (version == TlsVersion::tls_1_3 ? TlsAlert::certificate_required : TlsAlert::handshake_failure));
    }
  }
}

TEST_CASE("a client's RSA key signs slowly, too", "[tls]") {
  TlsServerOptions server = server_options();
  server.client_certificates = TlsClientCertificates::mandatory;
  server.client_trust = root().pem();
  TlsClientOptions client = client_options();
  client.certificate = root().issue({.subject = "slow", .key = KeyKind::rsa_2048}).parsed();
  Pair pair{make_client(client), make_server(server)};
  CHECK(pair.run());
  CHECK(pair.client.slow_steps == 1);
  CHECK(pair.server.slow_steps == 0);
}

TEST_CASE("without another time the system's counts", "[tls]") {
  const Wanted always{.subject = "always", .starts = Duration{}, .ends = std::chrono::hours(24) * 365 * 130};
  const Authority authority{always};
  for (const bool is_over : {false, true}) {
    TlsServerOptions server;
    const Duration ends = is_over ? Duration{std::chrono::seconds(2)} : always.ends;
    server.certificate = authority.issue({.names = {"example.org"}, .starts = Duration{}, .ends = ends}).parsed();
    TlsClientOptions options;
    options.trust = authority.pem();
    const TlsClient client = make_client(options);
    Pair pair{client, make_server(server)};
    pair.client.session = TlsSession::connect(client, "example.org");
    CHECK(pair.run() == !is_over);
    CHECK(pair.client.fault() == (is_over ? TlsFault::expired : TlsFault::none));
  }
}

TEST_CASE("a list revokes issuers, too", "[tls]") {
  const Authority top{{.subject = "top"}};
  const Authority between{top, {.subject = "between"}};
  const Issued leaf = between.issue({.names = {"example.org"}});
  const auto fault_with = [&](const std::string& trust) {
    TlsClientOptions client;
    client.trust = trust;
    TlsServerOptions server;
    server.certificate = leaf.parsed();
    Pair pair{make_client(client), make_server(server)};
    pair.run();
    return pair.client.fault();
  };
  const std::string none_below = between.revocations({});
  const std::string none_at_top = top.revocations({});
  const std::string between_is_gone = top.revocations({Issued{between.pem(), "", ""}});
  CHECK(fault_with(top.pem() + none_below + none_at_top) == TlsFault::none);
  CHECK(fault_with(top.pem() + none_below + between_is_gone) == TlsFault::revoked);
  CHECK(fault_with(top.pem() + none_below) == TlsFault::bad_certificate);  // nobody knows
  // Who is trusted by name needs no word of whoever issued him.
  CHECK(fault_with(between.pem() + none_below) == TlsFault::none);
  CHECK(fault_with(between.pem() + between.revocations({leaf})) == TlsFault::revoked);
}
