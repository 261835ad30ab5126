#include <gyre/wire/digest.hpp>

#include <gyre/wire/authorization.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/quoted_string.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>

namespace gyre::wire {
namespace {

enum class Parameter : std::uint8_t {
  username,
  username_extended,
  realm,
  nonce,
  uri,
  response,
  algorithm,
  cnonce,
  opaque,
  qop,
  nc,
  userhash
};
constexpr std::string_view names[] = {"username",  "username*", "realm",  "nonce", "uri", "response",
                                      "algorithm", "cnonce",    "opaque", "qop",   "nc",  "userhash"};
constexpr std::size_t parameter_count = std::size(names);

/// The decoded values of the parameters that the RFC knows, as far as they are there.
struct Values {
  std::optional<std::string_view> at[parameter_count];

  const std::optional<std::string_view>& of(Parameter parameter) const noexcept {
    return at[static_cast<std::size_t>(parameter)];
  }
  std::string_view text(Parameter parameter) const noexcept { return of(parameter).value_or(std::string_view{}); }
};

/// Decodes with `decode`, and takes what was used of the buffer away from it.
template <class Decode>
Result<std::string_view> decode_into(std::span<char>& buffer, std::string_view raw, Decode decode) noexcept {
  const Result<std::string_view> decoded = decode(raw, buffer);
  if (!decoded) return decoded;
  if (!buffer.empty() && decoded->data() == buffer.data()) buffer = buffer.subspan(decoded->size());
  return decoded;
}

/// ext-value of RFC 8187 3.2.1, as RFC 7616 3.4.4 allows it for the user's name: `UTF-8''J%C3%A4s%C3%B8n`.
Result<std::string_view> decode_extended(std::string_view raw, std::span<char>& buffer) noexcept {
  constexpr std::string_view charset = "UTF-8'";
  if (!equal_ignoring_case(raw.substr(0, charset.size()), charset)) return Errc::bad_message;
  const std::size_t language_end = raw.find('\'', charset.size());
  if (language_end == std::string_view::npos) return Errc::bad_message;
  return decode_into(buffer, raw.substr(language_end + 1), decode_path_segment);
}

Result<Values> read_values(std::string_view text, std::span<char> buffer) noexcept {
  Values values;
  AuthParameters parameters{text};
  while (parameters.next()) {
    const auto is_named = [&](std::string_view name) { return equal_ignoring_case(parameters.name(), name); };
    const auto* found = std::find_if(std::begin(names), std::end(names), is_named);
    if (found == std::end(names)) continue;
    std::optional<std::string_view>& value = values.at[found - std::begin(names)];
    if (value) return Errc::bad_message;
    const Result<std::string_view> decoded = *found == "username*" ? decode_extended(parameters.value(), buffer)
                                                                   : decode_into(buffer, parameters.value(), unquote);
    if (!decoded) return decoded.error();
    value = *decoded;
  }
  if (parameters.is_bad()) return Errc::bad_message;
  return values;
}

bool is_lower_hex(std::string_view text) noexcept {
  const auto fits = [](char c) { return internal::is_digit(c) || (c >= 'a' && c <= 'f'); };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

/// Whether what must be there is, and what has a form of its own has it.
bool is_complete(const Values& values) noexcept {
  using enum Parameter;
  for (const Parameter needed : {realm, nonce, uri, response, cnonce, qop, nc}) {
    if (!values.of(needed)) return false;
  }
  if (values.of(username).has_value() == values.of(username_extended).has_value()) return false;
  const std::string_view count = values.text(nc);
  return count.size() == 8 && std::all_of(count.begin(), count.end(), internal::is_hex_digit) &&
         is_lower_hex(values.text(response)) && (values.text(qop) == "auth" || values.text(qop) == "auth-int");
}

std::string hashed(DigestHash hash, std::initializer_list<std::string_view> parts) {
  std::string message(*parts.begin());
  for (const std::string_view* part = parts.begin() + 1; part != parts.end(); ++part) (message += ':') += *part;
  char digits[digest_digits_max];
  const std::size_t size = hash(message, std::span<char, digest_digits_max>(digits));
  return std::string(digits, std::min(size, sizeof digits));
}

}  // namespace

bool DigestCredentials::is_session() const noexcept {
  constexpr std::string_view suffix = "-sess";
  return algorithm.size() > suffix.size() &&
         equal_ignoring_case(algorithm.substr(algorithm.size() - suffix.size()), suffix);
}

Result<DigestCredentials> parse_digest(std::string_view field, std::span<char> buffer) noexcept {
  const std::optional<Credentials> parts = parse_credentials(field);
  if (!parts) return Errc::bad_message;
  if (!equal_ignoring_case(parts->scheme, "Digest")) return Errc::unsupported;
  const Result<Values> values = read_values(parts->rest, buffer);
  if (!values) return values.error();
  if (!is_complete(*values)) return Errc::bad_message;
  using enum Parameter;
  DigestCredentials credentials;
  credentials.user = values->text(values->of(username) ? username : username_extended);
  credentials.realm = values->text(realm);
  credentials.nonce = values->text(nonce);
  credentials.uri = values->text(uri);
  credentials.response = values->text(response);
  credentials.algorithm = values->text(algorithm);
  credentials.client_nonce = values->text(cnonce);
  credentials.opaque = values->text(opaque);
  credentials.nonce_count = values->text(nc);
  for (const char c : credentials.nonce_count) credentials.count = credentials.count << 4U | internal::hex_value(c);
  credentials.qop = values->text(qop) == "auth-int" ? DigestQop::auth_int : DigestQop::auth;
  credentials.user_is_hashed = equal_ignoring_case(values->text(userhash), "true");
  if (credentials.user_is_hashed && !values->of(username)) return Errc::bad_message;  // RFC 7616 3.4.4
  return credentials;
}

std::string digest_secret(std::string_view user, std::string_view realm, std::string_view password, DigestHash hash) {
  return hashed(hash, {user, realm, password});
}

std::string digest_response(const DigestCredentials& credentials, const DigestExpectation& expected, DigestHash hash) {
  std::string secret(expected.secret);
  if (credentials.is_session()) secret = hashed(hash, {secret, credentials.nonce, credentials.client_nonce});
  const bool has_content = credentials.qop == DigestQop::auth_int;
  const std::string request = has_content ? hashed(hash, {expected.method, credentials.uri, expected.content_hash})
                                          : hashed(hash, {expected.method, credentials.uri});
  return hashed(hash, {secret, credentials.nonce, credentials.nonce_count, credentials.client_nonce,
                       has_content ? "auth-int" : "auth", request});
}

}  // namespace gyre::wire
