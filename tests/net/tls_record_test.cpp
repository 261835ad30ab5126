#include "tls_raw.hpp"

#include <openssl/err.h>
#include <catch2/catch.hpp>

using namespace gyre;
using namespace tls_test;
using Progress = TlsSession::Progress;

namespace {

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

/// What a server makes of bytes that are no handshake.
Side after(std::string_view bytes, Splitting splitting = Splitting::whole()) {
  Side side = make_side(make_server());
  side.receive(bytes, splitting);
  return side;
}

Pair connected(Splitting splitting = Splitting::whole(), TlsVersion version = TlsVersion::tls_1_3) {
  TlsClientOptions options = client_options();
  options.version_max = version;
  Pair pair{make_client(options), make_server(), "example.org", splitting};
  REQUIRE(pair.run());
  return pair;
}

}  // namespace

TEST_CASE("much goes both ways", "[tls]") {
  const std::string large = pattern(1'000'000);
  for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    for (const Splitting& splitting : {Splitting::whole(), Splitting::random(21), Splitting::random(22)}) {
      Pair pair = connected(splitting, version);
      pair.client.write(large);
      pair.server.write(large);
      pair.run();
      CHECK((pair.server.received == large && pair.client.received == large));
    }
  }
}

TEST_CASE("texts of any size, byte by byte", "[tls]") {
  Pair pair = connected(Splitting::bytes());
  std::string all;
  for (const std::size_t size : {0U, 1U, 2U, 511U, 512U, 513U, 16383U, 16384U, 16385U}) {
    pair.client.write(pattern(size));
    pair.run();
    all += pattern(size);
    CHECK((pair.server.received == all));
  }
}

TEST_CASE("the bound is one even for the smallest records that a client may ask for", "[tls]") {
  RawClient client{TLS1_2_VERSION};
  SSL_set_tlsext_max_fragment_length(client.ssl(), TLSEXT_max_fragment_length_512);
  Side server = make_side(make_server());
  client.talk(server);
  REQUIRE(server.is_done());
  for (const std::size_t size : {1U, 512U, 513U, 100'000U}) {
    server.write(pattern(size));
    CHECK(server.out.size() > size + size / 512 * 5);
    client.talk(server);
    CHECK((client.received == pattern(size)));
    client.received.clear();
  }
}

TEST_CASE("what is not to be written is not", "[tls]") {
  Pair pair{make_client(), make_server()};
  std::vector<std::byte> room(TlsSession::bound(10));
  const Bytes plain = as_bytes("0123456789");
  CHECK(pair.server.session->write(plain, room).error() == Errc::invalid_argument);  // before the handshake
  CHECK(pair.run());
  TlsSession& session = *pair.server.session;
  CHECK(session.write(plain, MutableBytes{room}.first(room.size() - 1)).error() == Errc::invalid_argument);
  CHECK(session.write({}, room).value() == 0);
  CHECK(session.write(plain, room).has_value());
  session.close();
  CHECK_FALSE(session.owed().empty());
  CHECK(session.write(plain, room).error() == Errc::closed);
}

TEST_CASE("an end that was said is one, for one side at a time", "[tls]") {
  for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    Pair pair = connected(Splitting::bytes(), version);
    pair.client.write("the last words");
    pair.client.close();
    pair.client.session->close();
    CHECK(pair.client.session->owed().empty());  // it is said once
    pair.run();
    CHECK(pair.server.received == "the last words");
    CHECK(pair.server.session->ended());
    pair.server.session->receive_end();
    std::byte buffer[10];
    CHECK(pair.server.session->read(buffer).value() == 0);
    CHECK_FALSE(pair.server.session->failure());
    pair.server.write("an answer");
    pair.server.close();
    pair.run();
    CHECK(pair.client.received == "an answer");
    CHECK(pair.client.session->ended());
  }
}

TEST_CASE("an end that was not said cuts off", "[tls]") {
  Pair pair = connected();
  pair.client.write("all");
  pair.client.write("but the last");
  const std::string cut = pair.client.out.substr(0, pair.client.out.size() - 1);
  pair.server.receive(cut, pair.splitting);
  CHECK(pair.server.received == "all");
  CHECK_FALSE(pair.server.read_failed);
  pair.server.session->receive_end();
  std::byte buffer[10];
  CHECK(pair.server.session->read(buffer).error() == Errc::bad_message);
  CHECK(pair.server.fault() == TlsFault::truncated);
  pair.server.session->close();
  CHECK(pair.server.session->owed().empty());
}

TEST_CASE("an end in the handshake cuts off", "[tls]") {
  Pair pair{make_client(), make_server()};
  pair.client.step();
  pair.server.receive(pair.client.out.substr(0, 50), pair.splitting);
  CHECK(pair.server.progress == Progress::wants_bytes);
  pair.server.session->receive_end();
  pair.server.step();
  CHECK(pair.server.progress == Progress::failed);
  CHECK(pair.server.fault() == TlsFault::truncated);
}

TEST_CASE("a record that was changed is not believed", "[tls]") {
  for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
    Pair pair = connected(Splitting::whole(), version);
    pair.client.write("good");
    pair.client.write("bad");
    pair.client.out.back() ^= 1;
    pair.run();
    CHECK(pair.server.received == "good");
    CHECK(pair.server.fault() == TlsFault::bad_record);
    CHECK(pair.server.session->failure().alert_sent() == TlsAlert::bad_record_mac);
    CHECK(pair.client.fault() == TlsFault::peer_alert);
    CHECK(pair.client.told() == TlsAlert::bad_record_mac);
    std::byte buffer[10];
    CHECK(pair.server.session->read(buffer).error() == Errc::bad_message);
    std::vector<std::byte> room(TlsSession::bound(1));
    CHECK(pair.server.session->write(as_bytes("x"), room).error() == Errc::bad_message);
    CHECK(pair.server.session->handshake() == Progress::failed);
  }
}

TEST_CASE("plain HTTP is no TLS, and is answered with nothing", "[tls]") {
  for (const std::string_view request : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
                                         "PRI * HTTP/2.0\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n", "x"}) {
    const Side side = after(request, Splitting::bytes());
    CHECK(side.fault() == TlsFault::not_tls);
    CHECK(side.out.empty());
    CHECK_FALSE(side.session->failure().alert_sent());
  }
  Side client{TlsSession::connect(make_client(), "example.org")};
  client.step();
  Splitting whole = Splitting::whole();
  client.receive("HTTP/1.1 400 Bad Request\r\n\r\n", whole);
  CHECK(client.fault() == TlsFault::not_tls);
}

TEST_CASE("garbage ends a session and nothing else", "[tls]") {
  std::minstd_rand random{4};
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 600, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (bytes.size() > 5 && i % 2 == 0) {
      bytes.replace(0, 5, {'\x16', '\x03', '\x01', '\0', static_cast<char>(bytes.size() - 5)});
      if (i % 4 == 0 && bytes.size() > 9)
        bytes.replace(5, 4, {'\x01', '\0', '\0', static_cast<char>(bytes.size() - 9)});
    }
    const Side side = after(bytes, Splitting::random(static_cast<unsigned>(i)));
    CHECK(side.progress != Progress::done);
    if (side.progress == Progress::failed) CHECK(side.fault() != TlsFault::none);
  }
}

TEST_CASE("the server name is a host name or none", "[tls]") {
  struct Case {
    std::string asked, name;
    bool good = true;
  };
  for (const Case& one : {Case{"Example.ORG", "example.org"}, Case{"a_b.example", "a_b.example"}, Case{"192.0.2.7", ""},
                          Case{"example.org.", "example.org"}, Case{"exa mple.org", "", false}, Case{"a..b", "", false},
                          Case{"../../etc/passwd", "", false}, Case{"*.example.org", "", false},
                          Case{std::string(64, 'a') + ".org", "", false}, Case{"ex\xc3\xa4mple.org", "", false}}) {
    CAPTURE(one.asked);
    RawClient client{TLS1_3_VERSION};
    SSL_set_tlsext_host_name(client.ssl(), one.asked.c_str());
    Side server = make_side(make_server());
    client.talk(server, Splitting::random(8));
    CHECK(server.is_done() == one.good);
    CHECK(server.session->server_name() == one.name);
    if (one.good) continue;
    CHECK(server.fault() == TlsFault::bad_server_name);
    CHECK(server.session->failure().alert_sent() == TlsAlert::illegal_parameter);
  }
}

TEST_CASE("versions and ciphers of yesterday are refused", "[tls]") {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    RawClient client{version};
    Side server = make_side(make_server());
    client.talk(server);
    CHECK(server.fault() == TlsFault::protocol_version);
    CHECK(server.session->failure().alert_sent() == TlsAlert::protocol_version);
  }
  TlsServerOptions newest = server_options();
  newest.version_min = TlsVersion::tls_1_3;
  RawClient older{TLS1_2_VERSION};
  Side strict = make_side(make_server(newest));
  older.talk(strict);
  CHECK(strict.fault() == TlsFault::protocol_version);
  // Without forward secrecy, without authenticated encryption, with a hash that is broken.
  for (const char* cipher : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA",
                             "DHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"}) {
    RawClient client{TLS1_2_VERSION};
    SSL_set_cipher_list(client.ssl(), cipher);
    Side server = make_side(make_server());
    client.talk(server);
    CHECK(server.fault() == TlsFault::no_common_cipher);
    CHECK(server.session->failure().alert_sent() == TlsAlert::handshake_failure);
  }
}

TEST_CASE("a client gets another group if it has not guessed right", "[tls]") {
  for (const auto& [groups, good] :
       {std::pair{"P-521:P-384", true}, std::pair{"X448:P-256:X25519", true}, std::pair{"P-521:X448", false}}) {
    RawClient client{TLS1_3_VERSION};
    SSL_set1_groups_list(client.ssl(), groups);
    SSL_set_tlsext_host_name(client.ssl(), "example.org");
    TlsServerOptions options;
    Side server = make_side(make_server(options));
    int asked = 0;
    server.on_certificate = [&](TlsSession& session) {
      ++asked;
      session.use(leaf().parsed());
    };
    client.talk(server, Splitting::random(6));
    CHECK(server.is_done() == good);
    CHECK(asked == (good ? 1 : 0));
    if (!good) CHECK(server.fault() == TlsFault::no_common_cipher);
  }
}

TEST_CASE("keys are updated in the middle of a connection", "[tls]") {
  for (const int kind : {SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED}) {
    RawClient client{TLS1_3_VERSION};
    Side server = make_side(make_server());
    client.talk(server);
    REQUIRE(server.is_done());
    for (int i = 0; i < 20; ++i) {
      SSL_key_update(client.ssl(), kind);
      SSL_write(client.ssl(), "ping", 4);
      client.talk(server, Splitting::random(9));
      server.write("pong");
      client.talk(server);
    }
    CHECK(server.received.size() == 80);
    CHECK(client.received.size() == 80);
    CHECK_FALSE(server.session->failure());
  }
}

TEST_CASE("a handshake in the middle of a connection is refused", "[tls]") {
  RawClient client{TLS1_2_VERSION};
  Side server = make_side(make_server());
  client.talk(server);
  REQUIRE(server.is_done());
  SSL_write(client.ssl(), "before", 6);
  client.talk(server);
  CHECK(SSL_renegotiate(client.ssl()) == 1);
  client.talk(server);
  CHECK(client.reason == SSL_R_NO_RENEGOTIATION);
  CHECK(server.received == "before");
}

TEST_CASE("the bytes of others' errors do not matter", "[tls]") {
  ERR_raise(ERR_LIB_SSL, SSL_R_BAD_SIGNATURE);
  Pair pair{make_client(), make_server(), "example.org", Splitting::bytes()};
  CHECK(pair.run());
  CHECK(ERR_peek_error() == 0);
  Side failed = after("\x16\x03\x01zzzzzzzzzzzzzz");
  CHECK(failed.progress == Progress::failed);
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("who asks for answers without end and reads none is cut off", "[tls]") {
  for (const int requests : {3'000, 12'000}) {
    RawClient client{TLS1_3_VERSION};
    Side server = make_side(make_server());
    client.talk(server);
    REQUIRE(server.is_done());
    for (int i = 0; i < requests; ++i) {
      SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
      SSL_do_handshake(client.ssl());
    }
    Splitting whole = Splitting::whole();
    server.receive(client.take(), whole);
    CHECK(server.out.size() <= TlsSession::owed_max);
    CHECK(server.fault() == (requests == 3'000 ? TlsFault::none : TlsFault::flood));
    if (server.read_failed) continue;
    server.write("still there");
    client.talk(server);
    CHECK(client.received == "still there");
  }
}
