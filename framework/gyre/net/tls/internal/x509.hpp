#pragma once

#include <gyre/base/time.hpp>
#include <gyre/net/tls/internal/openssl.hpp>
#include <gyre/net/tls/peer.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::detail {

using Sha256 = std::array<unsigned char, 32>;

/// The SHA-256 of a certificate, and of its public key (SubjectPublicKeyInfo). All zero if OpenSSL cannot say.
Sha256 certificate_digest(const X509* certificate) noexcept;
Sha256 key_digest(const X509* certificate) noexcept;

std::string hexadecimal(const unsigned char* bytes, std::size_t size);
std::string base64(const Sha256& digest);
/// Whether the text is the base64 of 32 bytes, which go into `digest`.
bool decode_pin(std::string_view text, Sha256& digest) noexcept;

/// The time since 1970 UTC; as near to it as a `Duration` comes.
Duration time_of(const ASN1_TIME* time) noexcept;

/// The subject alternative names: DNS names in lower case and IP addresses. Others, and those with bytes that no name
/// has, are left out.
std::vector<std::string> names_of(const X509* certificate);

/// All that can be told of a peer's certificate.
TlsPeer peer_of(X509* certificate);

/// A host that a certificate can be for: a name without a dot at its end, in lower case, or an IP address without
/// brackets. Empty for anything else.
std::string normal_host(std::string_view host);
bool is_host_name(std::string_view host) noexcept;
bool is_ip_address(const std::string& host) noexcept;

/// How names are compared: RFC 9525.
inline constexpr unsigned host_flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

/// For what reads PEM: without a function of one's own OpenSSL asks the terminal.
int no_password(char* buffer, int size, int writing, void* unused) noexcept;

}  // namespace gyre::detail
