#pragma once

#include "tls_pair.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>

namespace tls_test {

/// A client that does what ours does not: OpenSSL with buffers.
class RawClient {
 public:
  explicit RawClient(int version) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  SSL* ssl() { return ssl_; }

  /// Goes on, reads what there is, and lets both talk until nothing is on its way.
  void talk(Side& server, Splitting splitting = Splitting::whole()) {
    for (;;) {
      if (check(SSL_do_handshake(ssl_))) read();
      const std::string to_server = take();
      if (to_server.empty() && server.out.empty()) return;
      server.receive(to_server, splitting);
      const std::string to_client = std::exchange(server.out, {});
      BIO_write(SSL_get_rbio(ssl_), to_client.data(), static_cast<int>(to_client.size()));
    }
  }

  /// What it has to send.
  std::string take() {
    BIO* const bio = SSL_get_wbio(ssl_);
    std::string bytes(static_cast<std::size_t>(BIO_ctrl_pending(bio)), '\0');
    BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

  std::string received;
  int reason = 0;  ///< Why it failed: an `SSL_R_`.

 private:
  bool check(int outcome) {
    if (outcome <= 0 && SSL_get_error(ssl_, outcome) == SSL_ERROR_SSL && reason == 0) {
      reason = ERR_GET_REASON(ERR_peek_error());
    }
    ERR_clear_error();
    return outcome > 0;
  }
  void read() {
    char buffer[4096];
    for (;;) {
      const int size = SSL_read(ssl_, buffer, sizeof buffer);
      if (size <= 0) {
        check(size);
        return;
      }
      received.append(buffer, static_cast<std::size_t>(size));
    }
  }

  SSL_CTX* context_;
  SSL* ssl_;
};

inline Side make_side(const gyre::TlsServer& server) {
  Side side{gyre::TlsSession::accept(server)};
  side.session->set_wall_time(now);
  return side;
}

}  // namespace tls_test
