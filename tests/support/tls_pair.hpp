#pragma once

#include "tls_authority.hpp"

#include <gyre/net/tls/session.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tls_test {

/// How the bytes of one side arrive at the other: whole, one by one, or in pieces of random sizes.
class Splitting {
 public:
  static Splitting whole() { return Splitting{0, 0}; }
  static Splitting bytes() { return Splitting{1, 0}; }
  static Splitting random(unsigned seed) { return Splitting{2000, seed}; }

  std::size_t next(std::size_t available) {
    if (size_max_ == 0) return available;
    return std::min<std::size_t>(available, 1 + random_() % size_max_);
  }

 private:
  Splitting(std::size_t size_max, unsigned seed) : size_max_(size_max), random_(seed) {}

  std::size_t size_max_;
  std::minstd_rand random_;
};

/// One side of a connection and what it has come to.
struct Side {
  gyre::Box<gyre::TlsSession> session;
  gyre::TlsSession::Progress progress = gyre::TlsSession::Progress::wants_bytes;
  std::string received = {};  ///< Plaintext.
  std::string out = {};       ///< Ciphertext on its way.
  bool read_failed = false;
  unsigned slow_steps = 0;
  std::function<void(gyre::TlsSession&)> on_certificate = {};
  std::function<void(gyre::TlsSession&)> on_verdict = {};

  bool is_done() const { return progress == gyre::TlsSession::Progress::done; }
  gyre::TlsFault fault() const { return session->failure().fault(); }
  gyre::TlsAlert told() const { return session->failure().alert_received().value_or(gyre::TlsAlert::close_notify); }

  /// As far as it comes without more bytes.
  void step() {
    using Progress = gyre::TlsSession::Progress;
    while (progress != Progress::done && progress != Progress::failed) {
      if (session->handshake_is_slow()) ++slow_steps;
      progress = session->handshake();
      if (progress == Progress::wants_bytes) break;
      if (progress == Progress::wants_certificate && on_certificate == nullptr) break;
      if (progress == Progress::wants_verdict && on_verdict == nullptr) break;
      if (progress == Progress::wants_certificate) on_certificate(*session);
      if (progress == Progress::wants_verdict) on_verdict(*session);
    }
    if (is_done()) read();
    collect();
  }

  void read() {
    std::byte buffer[5000];
    for (;;) {
      const gyre::Result<std::size_t> size = session->read(buffer);
      read_failed = !size.has_value();
      if (read_failed || *size == 0) return;
      received.append(gyre::as_text({buffer, *size}));
    }
  }

  void write(std::string_view plain) {
    collect();
    std::vector<std::byte> room(gyre::TlsSession::bound(plain.size()));
    const std::size_t size = session->write(gyre::as_bytes(plain), room).value();
    out.append(gyre::as_text({room.data(), size}));
  }

  void close() {
    session->close();
    collect();
  }

  void collect() {
    out.append(gyre::as_text(session->owed()));
    session->owed_taken();
  }

  /// Bytes of the peer, each piece gone when the next one comes.
  void receive(std::string_view bytes, Splitting& splitting) {
    while (!bytes.empty()) {
      const std::size_t size = splitting.next(bytes.size());
      auto piece = std::make_unique<std::byte[]>(size);
      std::ranges::copy(gyre::as_bytes(bytes.substr(0, size)), piece.get());
      bytes.remove_prefix(size);
      session->receive({piece.get(), size});
      step();
      session->keep();
    }
  }
};

/// Two sides back to back.
struct Pair {
  Side client;
  Side server;
  Splitting splitting = Splitting::whole();

  Pair(const gyre::TlsClient& from, const gyre::TlsServer& to, std::string_view host = "example.org",
       Splitting how = Splitting::whole())
      : client{gyre::TlsSession::connect(from, host)}, server{gyre::TlsSession::accept(to)}, splitting(how) {
    client.session->set_wall_time(now);
    server.session->set_wall_time(now);
  }

  /// Until nothing is on its way any more. Says whether both have shaken hands.
  bool run() {
    client.step();
    server.step();
    while (!client.out.empty() || !server.out.empty()) {
      const std::string to_server = std::exchange(client.out, {});
      server.receive(to_server, splitting);
      const std::string to_client = std::exchange(server.out, {});
      client.receive(to_client, splitting);
    }
    return client.is_done() && server.is_done();
  }
};

inline const Authority& root() {
  static const Authority made;
  return made;
}

/// Shown by most servers: for example.org, two steps below the root.
inline const Issued& leaf() {
  static const Issued made = Authority{root(), {.subject = "intermediate"}}.issue(
      {.names = {"example.org", "*.example.org", "192.0.2.7", "2001:db8::7"}, .purpose = Purpose::server});
  return made;
}

inline gyre::TlsServerOptions server_options() {
  gyre::TlsServerOptions options;
  options.certificate = leaf().parsed();
  return options;
}

inline gyre::TlsClientOptions client_options() {
  gyre::TlsClientOptions options;
  options.trust = root().pem();
  return options;
}

inline gyre::TlsServer make_server(const gyre::TlsServerOptions& options = server_options()) {
  return gyre::TlsServer::make(options).value();
}

inline gyre::TlsClient make_client(const gyre::TlsClientOptions& options = client_options()) {
  return gyre::TlsClient::make(options).value();
}

}  // namespace tls_test
