#include <gyre/net/tls/internal/x509.hpp>

#include <openssl/sha.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace gyre::detail {
namespace {

char lower(char character) noexcept {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

bool is_name_character(char character) noexcept {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '-' || character == '_';
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](char character) { return lower(character); });
  return result;
}

std::string_view text_of(const ASN1_STRING* text) noexcept {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const std::string_view bytes = text_of(address);
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  std::string result;
  if (bytes.size() == 4) {
    for (const char byte : bytes)
      result.append(result.empty() ? "" : ".").append(std::to_string(static_cast<unsigned char>(byte)));
    return result;
  }
  // RFC 5952: the longest run of zero groups, if it has two or more, is "::".
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<unsigned char>(bytes[2 * i]) * 256U + static_cast<unsigned char>(bytes[2 * i + 1]);
  }
  std::size_t gap = 8, gap_size = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_size) gap = i, gap_size = end - i;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      result += "::";
      i += gap_size - 1;
      continue;
    }
    if (!result.empty() && result.back() != ':') result += ':';
    constexpr std::string_view digits = "0123456789abcdef";
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = groups[i] >> static_cast<unsigned>(shift) & 15U;
      started = started || digit != 0 || shift == 0;
      if (started) result += digits[digit];
    }
  }
  return result;
}

std::string distinguished_name(const X509_NAME* name) {
  const BioPointer bio{BIO_new(BIO_s_mem())};
  if (bio == nullptr) return {};
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  return contents(bio.get());
}

std::string serial_of(const X509* certificate) {
  BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
  if (number == nullptr) return {};
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_free(number);
  return bytes.empty() ? "00" : hexadecimal(bytes.data(), bytes.size());
}

}  // namespace

Sha256 certificate_digest(const X509* certificate) noexcept {
  Sha256 digest{};
  X509_digest(certificate, EVP_sha256(), digest.data(), nullptr);
  return digest;
}

Sha256 key_digest(const X509* certificate) noexcept {
  Sha256 digest{};
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  if (size > 0) SHA256(encoded, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(encoded);
  return digest;
}

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < size; ++i) result.append({digits[bytes[i] >> 4U], digits[bytes[i] & 15U]});
  return result;
}

std::string base64(const Sha256& digest) {
  unsigned char text[45];
  const int size = EVP_EncodeBlock(text, digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

bool decode_pin(std::string_view text, Sha256& digest) noexcept {
  if (text.size() != 44 || text.back() != '=') return false;
  unsigned char bytes[33];
  if (EVP_DecodeBlock(bytes, reinterpret_cast<const unsigned char*>(text.data()), 44) != 33) return false;
  std::copy_n(bytes, digest.size(), digest.data());
  unsigned char again[45];
  EVP_EncodeBlock(again, digest.data(), static_cast<int>(digest.size()));
  return text == std::string_view{reinterpret_cast<const char*>(again), 44};
}

Duration time_of(const ASN1_TIME* time) noexcept {
  ASN1_TIME* const start = ASN1_TIME_set(nullptr, 0);
  int days = 0;
  int seconds = 0;
  const bool known = start != nullptr && ASN1_TIME_diff(&days, &seconds, start, time) == 1;
  ASN1_TIME_free(start);
  if (!known) return {};
  constexpr int days_max = std::chrono::duration_cast<std::chrono::hours>(Duration::max()).count() / 24;
  if (days >= days_max) return Duration::max();
  if (days <= -days_max) return Duration::min();
  return std::chrono::hours(24) * days + std::chrono::seconds(seconds);
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> names;
  auto* const all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  const std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>> owner{all};
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    int kind = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &kind);
    if (kind == GEN_DNS) {
      const std::string_view name = text_of(static_cast<const ASN1_STRING*>(value));
      if (is_host_name(name.starts_with("*.") ? name.substr(2) : name)) names.push_back(lower(name));
    } else if (kind == GEN_IPADD) {
      std::string address = address_text(static_cast<const ASN1_OCTET_STRING*>(value));
      if (!address.empty()) names.push_back(std::move(address));
    }
  }
  return names;
}

TlsPeer peer_of(X509* certificate) {
  const Sha256 digest = certificate_digest(certificate);
  return {.subject = distinguished_name(X509_get_subject_name(certificate)),
          .issuer = distinguished_name(X509_get_issuer_name(certificate)),
          .serial = serial_of(certificate),
          .names = names_of(certificate),
          .not_before = time_of(X509_get0_notBefore(certificate)),
          .not_after = time_of(X509_get0_notAfter(certificate)),
          .fingerprint = hexadecimal(digest.data(), digest.size()),
          .pin = base64(key_digest(certificate))};
}

bool is_host_name(std::string_view host) noexcept {
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  for (const char character : host) {
    if (character == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (!is_name_character(character) || ++label > 63) {
      return false;
    }
  }
  return label != 0;
}

bool is_ip_address(const std::string& host) noexcept {
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(host.c_str());
  ASN1_OCTET_STRING_free(address);
  return address != nullptr;
}

std::string normal_host(std::string_view host) {
  if (host.find('\0') != std::string_view::npos) return {};  // OpenSSL would read no further
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    std::string address{host.substr(1, host.size() - 2)};
    return address.find(':') != std::string::npos && is_ip_address(address) ? address : std::string();
  }
  if (host.find(':') != std::string_view::npos) {
    std::string address{host};
    return is_ip_address(address) ? address : std::string();
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return is_host_name(host) ? lower(host) : std::string();
}

int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) noexcept { return -1; }

}  // namespace gyre::detail
