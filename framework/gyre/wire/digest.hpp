#pragma once

#include <gyre/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gyre::wire {

/// What the `qop` of Digest protects.
enum class DigestQop : std::uint8_t {
  auth,      ///< The method and the target.
  auth_int,  ///< The content, too.
};

/// What a client says with Digest (RFC 7616 3.4), decoded. Nothing has been checked against anything: whether the nonce
/// is one's own and fresh, `nonce_count` higher than before, `uri` the target of the request, is the caller's to ask.
struct DigestCredentials {
  std::string_view user;  ///< Of `username` or `username*`; a hash of it where `user_is_hashed`.
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;   ///< Lower-case hexadecimal digits.
  std::string_view algorithm;  ///< "SHA-256", "MD5-sess": empty if not said, which means MD5.
  std::string_view client_nonce;
  std::string_view opaque;       ///< Empty if not said.
  std::string_view nonce_count;  ///< As sent, eight hexadecimal digits: it is part of what is hashed.
  std::uint32_t count = 0;       ///< `nonce_count` as a number.
  DigestQop qop = DigestQop::auth;
  bool user_is_hashed = false;

  /// Whether the algorithm is one of a session: its name ends in "-sess".
  bool is_session() const noexcept;
};

/// Reads the value of an Authorization field with the scheme Digest.
///
/// The result views `field`, and `buffer` for what is escaped: as many characters as the field has are enough. Unknown
/// parameters are skipped. Strict where leniency would cost: no parameter twice, nothing required missing (RFC 7616 has
/// no form without `qop`, `nc` and `cnonce`; what RFC 2069 did is refused).
/// Errors: `unsupported` for another scheme; `bad_message` for anything invalid; `limit_exceeded` if the buffer is too
/// small.
Result<DigestCredentials> parse_digest(std::string_view field, std::span<char> buffer) noexcept;

/// The most digits that a hash of Digest has: SHA-512, which is not the RFC's but some clients', has 128. SHA-512/256
/// and SHA-256 have 64, MD5 has 32.
inline constexpr std::size_t digest_digits_max = 128;

/// Hashes a message: writes lower-case hexadecimal digits into `digits`, and returns how many. The hash functions are
/// not wire's own; whoever has them passes one, that of the algorithm.
using DigestHash = std::size_t (*)(std::string_view message, std::span<char, digest_digits_max> digits);

/// What the server knows, to work out the response that it expects.
struct DigestExpectation {
  /// The hash of `user ":" realm ":" password` (`digest_secret`), which may be stored in place of the password.
  std::string_view secret;
  std::string_view method;             ///< "GET".
  std::string_view content_hash = {};  ///< The hash of the content: for `DigestQop::auth_int` only.
};

/// The hash of `user ":" realm ":" password`: H(A1) of RFC 7616 3.4.2, before a session.
std::string digest_secret(std::string_view user, std::string_view realm, std::string_view password, DigestHash hash);

/// The `response` that the right password gives (RFC 7616 3.4.1). Compare it with `equal_secrets`.
std::string digest_response(const DigestCredentials& credentials, const DigestExpectation& expected, DigestHash hash);

}  // namespace gyre::wire
