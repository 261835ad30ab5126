#pragma once

#include <gyre/base/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gyre::wire {

/// A parameter of a challenge.
struct ChallengeParameter {
  /// How its value is written. `realm`, `nonce`, `error` and most others are quoted, always; `stale` and `algorithm` of
  /// Digest are tokens (RFC 7616 3.3).
  enum class Form : std::uint8_t { quoted, token };

  std::string_view name;
  std::string_view value;
  Form form = Form::quoted;
};

/// Appends a challenge, `scheme name="value", ...`, to the value of a WWW-Authenticate or Proxy-Authenticate field (RFC
/// 9110 11.6.1). If `out` is not empty it holds challenges already, and a comma goes between.
///
///     const ChallengeParameter parameters[] = {{"realm", "files"}, {"charset", "UTF-8"}};
///     append_challenge(value, "Basic", parameters).value();  // Basic realm="files", charset="UTF-8"
///
/// Errors: `invalid_argument`, and `out` is as it was, if the scheme or a name is no token, if a value is no field
/// value (an injected line, say), or no token where it is to be one.
Result<void> append_challenge(std::string& out, std::string_view scheme,
                              std::span<const ChallengeParameter> parameters);

}  // namespace gyre::wire
