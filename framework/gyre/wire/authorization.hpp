#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/base/result.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace gyre::wire {

/// The value of Authorization or Proxy-Authorization, taken apart (RFC 9110 11.4): views into it.
struct Credentials {
  std::string_view scheme;  ///< "Basic": a token, to be compared without regard to case.
  std::string_view rest;    ///< A token68, or parameters for `AuthParameters`; not looked at yet. May be empty.
};

/// Reads `auth-scheme [ 1*SP ... ]`. Nothing if it does not begin with a token that a space or the end follows.
std::optional<Credentials> parse_credentials(std::string_view field) noexcept;

/// What a client says with Basic (RFC 7617). Neither has been checked against anything.
struct BasicCredentials {
  std::string_view user;  ///< May be empty; has no colon.
  std::string_view password;
};

/// Reads the value of an Authorization field with the scheme Basic. `buffer` gets the decoded text, which the result
/// views: as many bytes as the field has characters are enough.
/// Errors: `unsupported` for another scheme; `bad_message` for what is no padded base64 (RFC 4648 4, strictly), has no
/// colon, or holds control characters (RFC 7617 2); `limit_exceeded` if the buffer is too small.
Result<BasicCredentials> parse_basic(std::string_view field, std::span<char> buffer) noexcept;

/// The token of an Authorization field with the scheme Bearer (RFC 6750 2.1): a view into it.
/// Errors: `unsupported` for another scheme; `bad_message` if it is no b64token.
Result<std::string_view> parse_bearer(std::string_view field) noexcept;

/// Walks the parameters of credentials or of a challenge (RFC 9110 11.2): `name=value` with commas between, each value
/// a token or a quoted-string, blanks around "=" and ",". Empty elements are skipped.
class AuthParameters {
 public:
  explicit AuthParameters(std::string_view text) noexcept : rest_(text) {}

  /// Goes to the next parameter; false behind the last and at the first thing that is none.
  bool next() noexcept;

  /// The name of the parameter that `next` went to, as sent: to be compared without regard to case.
  std::string_view name() const noexcept { return name_; }
  /// Its value as sent, a quoted-string with its quotes: see `unquote`.
  std::string_view value() const noexcept { return value_; }
  /// Whether the walk ended because of something that is no parameter.
  bool is_bad() const noexcept { return bad_; }

 private:
  bool take() noexcept;

  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
  bool bad_ = false;
};

/// Whether two secrets are the same, in a time that tells their length at most.
bool equal_secrets(std::string_view left, std::string_view right) noexcept;

}  // namespace gyre::wire
