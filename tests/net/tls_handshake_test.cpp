#include "tls_pair.hpp"

#include <catch2/catch.hpp>

using namespace gyre;
using namespace tls_test;
using Progress = TlsSession::Progress;

namespace {

std::vector<Splitting> splittings() {
  return {Splitting::whole(), Splitting::bytes(), Splitting::random(1), Splitting::random(2), Splitting::random(3)};
}

TlsServerOptions provider_options() {
  TlsServerOptions options;
  options.alpn = {"http/1.1"};
  return options;
}

}  // namespace

TEST_CASE("two sides shake hands and talk, however their bytes are split", "[tls]") {
  const TlsServer server = make_server();
  for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    for (const Splitting& splitting : splittings()) {
      TlsClientOptions options = client_options();
      options.version_max = version;
      Pair pair{make_client(options), server, "Example.ORG.", splitting};
      REQUIRE(pair.run());
      CHECK_FALSE(pair.client.session->failure());
      pair.client.write("from the client");
      pair.server.write("from the server");
      pair.run();
      CHECK(pair.server.received == "from the client");
      CHECK(pair.client.received == "from the server");
      CHECK(pair.server.session->server_name() == "example.org");
      const TlsInfo info = pair.server.session->info();
      CHECK(info.version == version);
      CHECK(info.cipher ==
            (version == TlsVersion::tls_1_3 ? "TLS_AES_128_GCM_SHA256" : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
      CHECK(info.server_name == "example.org");
      CHECK(info.alpn.empty());
      CHECK(info.peer == nullptr);
      CHECK_FALSE(info.resumed);
      const TlsInfo seen = pair.client.session->info();
      REQUIRE(seen.peer);
      CHECK(seen.peer->fingerprint == leaf().parsed().fingerprint());
      CHECK(seen.peer->pin == leaf().parsed().pin());
      CHECK(seen.peer->subject == "CN=leaf");
      CHECK(seen.peer->issuer == "CN=intermediate");
      CHECK(seen.peer->names.size() == 4);
    }
  }
}

TEST_CASE("an address is connected to without a server name", "[tls]") {
  const TlsServer server = make_server();
  for (const std::string_view host : {"192.0.2.7", "2001:db8::7", "[2001:DB8:0::7]"}) {
    Pair pair{make_client(), server, host};
    CHECK(pair.run());
    CHECK(pair.server.session->server_name().empty());
  }
}

TEST_CASE("what is no host is not connected to", "[tls]") {
  const TlsServer server = make_server();
  for (const std::string_view host : {std::string_view{""}, std::string_view{"a b"}, std::string_view{"a..b"},
                                      std::string_view{"example.org\0.evil", 17}, std::string_view{"[::1"}}) {
    Pair pair{make_client(), server, host};
    CHECK_FALSE(pair.run());
    CHECK(pair.client.fault() == TlsFault::wrong_host);
    CHECK(pair.client.out.empty());
  }
}

TEST_CASE("the server chooses the application protocol", "[tls]") {
  struct Case {
    std::vector<std::string> client, server;
    std::string chosen;
    bool good = true;
  };
  for (const Case& one :
       {Case{{"http/1.1", "h2"}, {"h2", "http/1.1"}, "h2"}, Case{{"http/1.1"}, {"h2", "http/1.1"}, "http/1.1"},
        Case{{}, {"h2"}, ""}, Case{{"h2"}, {}, ""}, Case{{"h3"}, {"h2", "http/1.1"}, "", false}}) {
    TlsServerOptions server = server_options();
    server.alpn = one.server;
    TlsClientOptions client = client_options();
    client.alpn = one.client;
    Pair pair{make_client(client), make_server(server)};
    CHECK(pair.run() == one.good);
    if (one.good) {
      CHECK(pair.client.session->info().alpn == one.chosen);
      CHECK(pair.server.session->info().alpn == one.chosen);
    } else {
      CHECK(pair.server.fault() == TlsFault::no_common_alpn);
      CHECK(pair.server.session->failure().alert_sent() == TlsAlert::no_application_protocol);
      CHECK(pair.client.fault() == TlsFault::peer_alert);
      CHECK(pair.client.told() == TlsAlert::no_application_protocol);
    }
  }
}

TEST_CASE("wrong options are told", "[tls]") {
  const auto fault = [](auto change) {
    TlsServerOptions options = server_options();
    change(options);
    return TlsServer::make(options).error().fault();
  };
  CHECK(fault([](auto& options) { options.alpn = {""}; }) == CertificateFault::bad_protocol);
  CHECK(fault([](auto& options) { options.alpn = {std::string(256, 'a')}; }) == CertificateFault::bad_protocol);
  CHECK(fault([](auto& options) { options.alpn.assign(9, std::string(255, 'a')); }) == CertificateFault::bad_protocol);
  CHECK(fault([](auto& options) { options.ticket_period = {}; }) == CertificateFault::bad_options);
  CHECK(fault([](auto& options) { options.ticket_period = std::chrono::hours(73); }) == CertificateFault::bad_options);
  CHECK(fault([](auto& options) { options.client_trust = root().pem(); }) == CertificateFault::bad_options);
  CHECK(fault([](auto& options) { options.client_certificates = TlsClientCertificates::mandatory; }) ==
        CertificateFault::no_certificate);
  CHECK(fault([](auto&) {}) == CertificateFault::none);

  const auto client_fault = [](auto change) {
    TlsClientOptions options = client_options();
    change(options);
    return TlsClient::make(options).error().fault();
  };
  CHECK(client_fault([](auto& options) { options.pins = {"sha256/abc"}; }) == CertificateFault::bad_pin);
  CHECK(client_fault([](auto& options) {
          options.trust = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
        }) == CertificateFault::bad_certificate);
  CHECK(client_fault([](auto& options) { options.trust = "none"; }) == CertificateFault::no_certificate);
  CHECK(client_fault([](auto& options) { options.verification = TlsVerification::pinned_key_only; }) ==
        CertificateFault::bad_options);
  CHECK(client_fault([](auto& options) {
          options.version_min = TlsVersion::tls_1_3;
          options.version_max = TlsVersion::tls_1_2;
        }) == CertificateFault::bad_options);
  CHECK(client_fault([](auto&) {}) == CertificateFault::none);
}

TEST_CASE("a server without a certificate asks for one by name", "[tls]") {
  const TlsServer server = make_server(provider_options());
  const Certificate certificate = leaf().parsed();
  for (const Splitting& splitting : splittings()) {
    Pair pair{make_client(), server, "www.example.org", splitting};
    std::string asked;
    pair.server.on_certificate = [&](TlsSession& session) {
      asked += session.server_name();
      CHECK_FALSE(session.handshake_is_slow());
      session.use(certificate);
      CHECK_FALSE(session.handshake_is_slow());
    };
    CHECK(pair.run());
    CHECK(asked == "www.example.org");
    CHECK(pair.client.session->info().peer->fingerprint == certificate.fingerprint());
  }
}

TEST_CASE("a server that waits for a certificate waits", "[tls]") {
  Pair pair{make_client(), make_server(provider_options())};
  CHECK_FALSE(pair.run());
  CHECK(pair.server.progress == Progress::wants_certificate);
  CHECK(pair.server.session->handshake() == Progress::wants_certificate);
  CHECK(pair.server.session->owed().empty());
  pair.server.session->use(leaf().parsed());
  CHECK(pair.run());
}

TEST_CASE("a handshake is refused with the alert of the application's choice", "[tls]") {
  for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    for (const TlsAlert alert : {TlsAlert::unrecognized_name, TlsAlert::internal_error, TlsAlert::access_denied}) {
      TlsClientOptions options = client_options();
      options.version_max = version;
      Pair pair{make_client(options), make_server(provider_options())};
      pair.server.on_certificate = [&](TlsSession& session) { session.refuse(alert); };
      CHECK_FALSE(pair.run());
      CHECK(pair.client.fault() == TlsFault::peer_alert);
      CHECK(pair.client.told() == alert);
      CHECK(pair.server.session->failure().alert_sent() == alert);
      CHECK(pair.server.fault() == (alert == TlsAlert::unrecognized_name ? TlsFault::unknown_name : TlsFault::refused));
    }
  }
}

TEST_CASE("no certificate is none to use", "[tls]") {
  Pair pair{make_client(), make_server(provider_options())};
  pair.server.on_certificate = [&](TlsSession& session) { session.use(Certificate{}); };
  CHECK_FALSE(pair.run());
  CHECK(pair.server.fault() == TlsFault::refused);
  CHECK(pair.client.told() == TlsAlert::internal_error);
}

TEST_CASE("a slow signature is announced, and only that step is", "[tls]") {
  for (const KeyKind key : {KeyKind::p256, KeyKind::ed25519, KeyKind::p384, KeyKind::rsa_2048}) {
    const bool is_slow = key == KeyKind::rsa_2048 || key == KeyKind::p384;
    const Certificate certificate = root().issue({.names = {"example.org"}, .key = key}).parsed();
    CHECK(certificate.signs_slowly() == is_slow);
    for (const bool by_provider : {false, true}) {
      TlsServerOptions options;
      if (!by_provider) options.certificate = certificate;
      Pair pair{make_client(), make_server(options), "example.org", Splitting::bytes()};
      pair.server.on_certificate = [&](TlsSession& session) { session.use(certificate); };
      CHECK(pair.run());
      CHECK(pair.server.slow_steps == (is_slow ? 1 : 0));
      CHECK_FALSE(pair.server.session->handshake_is_slow());
    }
  }
}

TEST_CASE("the application has the last word on a server's certificate", "[tls]") {
  TlsClientOptions options = client_options();
  options.server_verdict = TlsVerdict::by_application;
  for (const bool accepts : {true, false}) {
    Pair pair{make_client(options), make_server(), "example.org", Splitting::random(7)};
    CHECK_FALSE(pair.run());
    CHECK(pair.client.progress == Progress::wants_verdict);
    CHECK(pair.client.session->handshake() == Progress::wants_verdict);
    CHECK(pair.client.session->info().peer->fingerprint == leaf().parsed().fingerprint());
    if (accepts) {
      pair.client.session->accept_peer();
      CHECK(pair.run());
    } else {
      pair.client.session->refuse(TlsAlert::certificate_revoked);
      CHECK_FALSE(pair.run());
      CHECK(pair.client.fault() == TlsFault::peer_refused);
      CHECK(pair.client.session->failure().alert_sent() == TlsAlert::certificate_revoked);
      CHECK(pair.server.fault() == TlsFault::peer_alert);
      CHECK(pair.server.told() == TlsAlert::certificate_revoked);
    }
  }
}

TEST_CASE("the application has the last word on a client's certificate", "[tls]") {
  TlsServerOptions options = server_options();
  options.client_certificates = TlsClientCertificates::requested;
  options.client_trust = root().pem();
  options.client_verdict = TlsVerdict::by_application;
  TlsClientOptions shown = client_options();
  shown.certificate = root().issue({.subject = "a client", .purpose = Purpose::client}).parsed();
  for (const bool accepts : {true, false}) {
    Pair pair{make_client(shown), make_server(options)};
    pair.run();
    CHECK(pair.server.progress == Progress::wants_verdict);
    CHECK(pair.server.session->info().peer->subject == "CN=a client");
    std::byte buffer[10];
    CHECK(pair.server.session->read(buffer).error() == Errc::invalid_argument);
    if (accepts) {
      pair.server.session->accept_peer();
      CHECK(pair.run());
    } else {
      pair.server.session->refuse(TlsAlert::access_denied);
      CHECK_FALSE(pair.run());
      CHECK(pair.server.fault() == TlsFault::peer_refused);
      CHECK(pair.client.session->ended());
    }
  }
  Pair anonymous{make_client(), make_server(options)};
  CHECK(anonymous.run());
}
