#include "hashes.hpp"

#include <gyre/wire/fields.hpp>

#include <openssl/evp.h>

#include <span>
#include <stdexcept>

namespace httpbin {
namespace {

using Digits = std::span<char, gyre::wire::digest_digits_max>;

template <const EVP_MD* (*algorithm)()>
std::size_t hash(std::string_view message, Digits digits) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(message.data(), message.size(), bytes, &size, algorithm(), nullptr) != 1) {
    throw std::runtime_error{"libcrypto does not have this hash"};
  }
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (unsigned index = 0; index < size; ++index) {
    digits[2 * index] = alphabet[bytes[index] >> 4U];
    digits[2 * index + 1] = alphabet[bytes[index] & 15U];
  }
  return std::size_t{size} * 2;
}

struct Algorithm {
  std::string_view name;
  gyre::wire::DigestHash hash;
};
constexpr Algorithm algorithms[] = {{"MD5", hash<EVP_md5>},
                                    {"SHA-256", hash<EVP_sha256>},
                                    {"SHA-512", hash<EVP_sha512>},
                                    {"SHA-512-256", hash<EVP_sha512_256>}};

}  // namespace

gyre::wire::DigestHash hash_named(std::string_view algorithm) noexcept {
  for (const Algorithm& known : algorithms) {
    if (gyre::equal_ignoring_case(known.name, algorithm)) return known.hash;
  }
  return nullptr;
}

std::string hashed(gyre::wire::DigestHash hash, std::string_view message) {
  char digits[gyre::wire::digest_digits_max];
  const std::size_t size = hash(message, Digits{digits});
  return std::string(digits, size);
}

}  // namespace httpbin
