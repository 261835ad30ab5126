#include <gyre/wire/authorization.hpp>

#include <gyre/wire/base64.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/token_size.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <algorithm>

namespace gyre::wire {
namespace {

/// What follows the scheme, if it is that scheme.
Result<std::string_view> rest_of(std::string_view field, std::string_view scheme) noexcept {
  const std::optional<Credentials> credentials = parse_credentials(field);
  if (!credentials) return Errc::bad_message;
  if (!equal_ignoring_case(credentials->scheme, scheme)) return Errc::unsupported;
  return credentials->rest;
}

/// b64token of RFC 6750 2.1, which is token68 of RFC 9110 11.2.
bool is_token68(std::string_view text) noexcept {
  const auto fits = [](char c) {
    return internal::is_class(c, internal::char_alphanumeric) ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  };
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

void skip_blanks(std::string_view& text) noexcept {
  while (!text.empty() && internal::is_blank(text[0])) text.remove_prefix(1);
}

}  // namespace

std::optional<Credentials> parse_credentials(std::string_view field) noexcept {
  field = internal::trim_blanks(field);
  const std::size_t size = internal::token_size(field);
  if (size == 0 || (size < field.size() && field[size] != ' ')) return std::nullopt;
  std::string_view rest = field.substr(size);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return Credentials{field.substr(0, size), rest};
}

Result<BasicCredentials> parse_basic(std::string_view field, std::span<char> buffer) noexcept {
  const Result<std::string_view> encoded = rest_of(field, "Basic");
  if (!encoded) return encoded.error();
  const Result<Bytes> decoded = decode_base64(*encoded, Base64::standard, std::as_writable_bytes(buffer));
  if (!decoded) return decoded.error();
  const std::string_view text = as_text(*decoded);
  const std::size_t colon = text.find(':');
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (colon == std::string_view::npos || std::any_of(text.begin(), text.end(), is_control)) return Errc::bad_message;
  return BasicCredentials{text.substr(0, colon), text.substr(colon + 1)};
}

Result<std::string_view> parse_bearer(std::string_view field) noexcept {
  const Result<std::string_view> token = rest_of(field, "Bearer");
  if (token && !is_token68(*token)) return Errc::bad_message;
  return token;
}

bool AuthParameters::next() noexcept {
  while (!rest_.empty() && (rest_[0] == ',' || internal::is_blank(rest_[0]))) rest_.remove_prefix(1);
  if (rest_.empty() || bad_) return false;
  bad_ = !take();
  return !bad_;
}

bool AuthParameters::take() noexcept {
  const std::size_t name_size = internal::token_size(rest_);
  if (name_size == 0) return false;
  name_ = rest_.substr(0, name_size);
  rest_.remove_prefix(name_size);
  skip_blanks(rest_);
  if (!rest_.starts_with('=')) return false;
  rest_.remove_prefix(1);
  skip_blanks(rest_);
  const std::size_t value_size = rest_.starts_with('"') ? quoted_string_size(rest_) : internal::token_size(rest_);
  if (value_size == 0) return false;
  value_ = rest_.substr(0, value_size);
  rest_.remove_prefix(value_size);
  skip_blanks(rest_);
  return rest_.empty() || rest_[0] == ',';
}

bool equal_secrets(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  // Volatile, so that the compiler does not leave the loop at the first difference.
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
  }
  return difference == 0;
}

}  // namespace gyre::wire
