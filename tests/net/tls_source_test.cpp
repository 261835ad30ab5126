// Certificates for handshakes, from where they come to what the client says.
#include "tls_pair.hpp"

#include <gyre/net/tls/certificate_table.hpp>
#include <gyre/net/tls/development_certificate.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using tls_test::Issued;
using tls_test::Pair;

TEST_CASE("a handshake has the certificate of the name that it asks for", "[tls][certificates]") {
  SimLoop loop;
  const Issued shop = tls_test::root().issue({.names = {"shop.example.org"}});
  CertificateTable table;
  table.add(shop.parsed());
  table.add(tls_test::leaf().parsed());
  const CertificateSource source{std::move(table)};
  const auto answer = [&](TlsSession& session) {
    try {
      session.use(loop.run(source.find(ServerName{session.server_name()})));
    } catch (...) {
      session.refuse(alert_for(std::current_exception()));
    }
  };
  const auto visit = [&](std::string_view host) {
    Pair pair{tls_test::make_client(), tls_test::make_server({}), host};
    pair.server.on_certificate = answer;
    if (pair.run()) return pair.client.session->info().peer->names.front();
    CHECK(pair.client.told() == TlsAlert::unrecognized_name);
    return std::string{name(pair.server.fault())};
  };
  CHECK(visit("shop.example.org") == "shop.example.org");
  CHECK(visit("Example.org") == "example.org");
  CHECK(visit("www.example.org") == "example.org");
  CHECK(visit("example.net") == "unknown_name");
  CHECK(visit("192.0.2.7") == "unknown_name");  // addresses are no server names
}

TEST_CASE("a client that is told to trust the development certificate does", "[tls][development]") {
  std::string directory = (std::filesystem::temp_directory_path() / "gyre-tls-XXXXXX").string();
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  SimLoop loop;
  loop.jump_wall_clock(tls_test::now - loop.wall_time());
  const DevelopmentCertificate made = loop.run(development_certificate(directory));
  std::ifstream file{made.path, std::ios::binary};
  const std::string trust{std::istreambuf_iterator<char>{file}, {}};
  TlsServerOptions server_options;
  server_options.certificate = made.certificate;
  const TlsServer server = tls_test::make_server(server_options);
  const auto visit = [&](std::string_view host, std::string trusted) {
    TlsClientOptions client_options;
    client_options.trust = std::move(trusted);
    Pair pair{tls_test::make_client(client_options), server, host};
    pair.run();
    return pair.client.fault();
  };
  for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
    CHECK(visit(host, trust) == TlsFault::none);
    CHECK(visit(host, tls_test::root().pem()) == TlsFault::self_signed);
  }
  CHECK(visit("example.org", trust) == TlsFault::wrong_host);
  std::filesystem::remove_all(directory);
}
