#pragma once

#include <gyre/base/time.hpp>
#include <gyre/net/tls/internal/openssl.hpp>

#include <array>
#include <cstddef>
#include <mutex>

namespace gyre::detail {

/// The keys that encrypt the tickets of one server, the newest first. A ticket holds the whole session, so whoever has
/// the keys reads what was recorded under TLS 1.2; hence they are few, young, and wiped. From any thread.
class TicketKeys {
 public:
  /// One key. Throws `std::bad_alloc` if OpenSSL has no randomness or memory.
  explicit TicketKeys(Duration period);
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys();

  /// See `TlsServer::rotate`.
  bool rotate(Duration now) noexcept;

  /// What `SSL_CTX_set_tlsext_ticket_key_evp_cb` wants: sets up both contexts with the newest key and tells its name
  /// (1), or -1.
  int seal(unsigned char* name, unsigned char* start, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) noexcept;
  /// Sets them up with the key of that name: 1 if it is the newest, 2 if an older one, 0 if there is none.
  int open(const unsigned char* name, const unsigned char* start, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) noexcept;

 private:
  static constexpr std::size_t keys_max = 3;

  struct Key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{};
    std::array<unsigned char, 32> mac{};
    Duration made{};
  };

  static bool fill(Key& key) noexcept;
  int begin(const Key& key, const unsigned char* start, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
            bool sealing) noexcept;

  CipherPointer algorithm_;
  Duration period_;
  std::mutex mutex_;
  std::array<Key, keys_max> keys_{};
  std::size_t count_ = 1;
  bool is_dated_ = false;
};

}  // namespace gyre::detail
