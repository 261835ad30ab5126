#include <gyre/net/tls/internal/ticket_keys.hpp>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <new>

namespace gyre::detail {

TicketKeys::TicketKeys(Duration period)
    : algorithm_(EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)), period_(period) {
  if (algorithm_ == nullptr || !fill(keys_[0])) throw std::bad_alloc{};
}

TicketKeys::~TicketKeys() { OPENSSL_cleanse(keys_.data(), sizeof keys_); }

bool TicketKeys::fill(Key& key) noexcept {
  return RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
         RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
         RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
}

bool TicketKeys::rotate(Duration now) noexcept {
  const EmptyErrorQueue errors;
  const std::lock_guard lock{mutex_};
  if (!is_dated_) {
    is_dated_ = true;
    keys_[0].made = now;
    return false;
  }
  if (now < keys_[0].made || now - keys_[0].made < period_) return false;
  Key fresh;
  fresh.made = now;
  if (!fill(fresh)) return false;
  std::move_backward(keys_.begin(), keys_.end() - 1, keys_.end());
  keys_[0] = fresh;
  OPENSSL_cleanse(&fresh, sizeof fresh);
  count_ = std::min(count_ + 1, keys_max);
  // A key is good for two periods after the next one was made, however late this call comes.
  while (count_ > 2 && now - keys_[count_ - 2].made >= 2 * period_) {
    --count_;
    OPENSSL_cleanse(&keys_[count_], sizeof(Key));
  }
  return true;
}

int TicketKeys::begin(const Key& key, const unsigned char* start, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                      bool sealing) noexcept {
  char digest[] = "SHA256";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key.mac.data()), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  if (EVP_MAC_CTX_set_params(mac, parameters) != 1) return -1;
  return EVP_CipherInit_ex2(cipher, algorithm_.get(), key.cipher.data(), start, sealing ? 1 : 0, nullptr) == 1 ? 1 : -1;
}

int TicketKeys::seal(unsigned char* name, unsigned char* start, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) noexcept {
  if (RAND_bytes(start, EVP_CIPHER_get_iv_length(algorithm_.get())) != 1) return -1;
  const std::lock_guard lock{mutex_};
  std::ranges::copy(keys_[0].name, name);
  return begin(keys_[0], start, cipher, mac, true);
}

int TicketKeys::open(const unsigned char* name, const unsigned char* start, EVP_CIPHER_CTX* cipher,
                     EVP_MAC_CTX* mac) noexcept {
  const std::lock_guard lock{mutex_};
  for (std::size_t i = 0; i < count_; ++i) {
    if (!std::equal(keys_[i].name.begin(), keys_[i].name.end(), name)) continue;
    if (begin(keys_[i], start, cipher, mac, false) != 1) return -1;
    return i == 0 ? 1 : 2;
  }
  return 0;
}

}  // namespace gyre::detail
