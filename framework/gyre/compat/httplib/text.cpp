#include <gyre/compat/httplib/text.hpp>

#include <gyre/wire/base64.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>

namespace gyre::compat::httplib {
namespace detail {
namespace {

constexpr std::string_view upper_digits = "0123456789ABCDEF";

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The number of `count` digits at `begin`, -1 if they are not there.
int hex_number(const std::string& text, std::size_t begin, std::size_t count) noexcept {
  if (begin + count > text.size()) return -1;
  int number = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

/// Nothing for a surrogate.
void append_utf8(std::string& text, int code) {
  const auto byte = [&](int value) { text += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0xD800 || code >= 0xE000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

void append_escape(std::string& text, char c) {
  const auto value = static_cast<unsigned char>(c);
  text += '%';
  text += upper_digits[value >> 4U];
  text += upper_digits[value & 15U];
}

bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

}  // namespace

std::string base64_encode(const std::string& in) {
  std::string text;
  wire::append_base64(text, as_bytes(in), wire::Base64::standard);
  return text;
}

std::string encode_query_param(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (is_alphanumeric(c) || std::string_view{"-_.!~*'()"}.find(c) != std::string_view::npos) {
      text += c;
    } else {
      append_escape(text, c);
    }
  }
  return text;
}

std::string encode_url(const std::string& s) {
  std::string text;
  for (const char c : s) {
    if (c == '\0') break;
    if (static_cast<unsigned char>(c) >= 0x80 || std::string_view{" +\r\n',;"}.find(c) != std::string_view::npos) {
      append_escape(text, c);
    } else {
      text += c;
    }
  }
  return text;
}

std::string decode_url(const std::string& s, bool convert_plus_to_space) {
  std::string text;
  text.reserve(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 1 < s.size()) {
      const bool wide = s[i + 1] == 'u';
      const std::size_t digits = wide ? 4 : 2;
      const std::size_t begin = wide ? i + 2 : i + 1;
      if (const int code = hex_number(s, begin, digits); code >= 0) {
        wide ? append_utf8(text, code) : text.push_back(static_cast<char>(code));
        i = begin + digits - 1;
        continue;
      }
    }
    text += convert_plus_to_space && s[i] == '+' ? ' ' : s[i];
  }
  return text;
}

std::string params_to_query_str(const Params& params) {
  std::string query;
  for (const auto& [key, value] : params) {
    if (!query.empty()) query += '&';
    query.append(key).append("=").append(encode_query_param(value));
  }
  return query;
}

void parse_query_text(const std::string& s, Params& params) {
  std::set<std::string> seen;
  split(s.data(), s.data() + s.size(), '&', [&](const char* begin, const char* end) {
    if (!seen.emplace(begin, end).second) return;
    std::string key;
    std::string value;
    split(begin, end, '=', [&](const char* part, const char* part_end) {
      key.empty() ? key.assign(part, part_end) : value.assign(part, part_end);
    });
    if (!key.empty()) params.emplace(decode_url(key, true), decode_url(value, true));
  });
}

bool parse_multipart_boundary(const std::string& content_type, std::string& boundary) {
  constexpr std::string_view name = "boundary=";
  const std::size_t begin = content_type.find(name);
  if (begin == std::string::npos) return false;
  boundary = content_type.substr(begin + name.size());
  if (boundary.size() >= 2 && boundary.front() == '"' && boundary.back() == '"') {
    boundary = boundary.substr(1, boundary.size() - 2);
  }
  return !boundary.empty();
}

std::string trim_copy(const std::string& s) {
  std::string_view text = s;
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string{text};
}

void split(const char* b, const char* e, char d, std::function<void(const char*, const char*)> fn) {
  if (e == nullptr) e = b + std::char_traits<char>::length(b);
  for (const char* begin = b; begin <= e && b != e;) {
    const char* const end = std::find(begin, e, d);
    const char* first = begin;
    const char* last = end;
    while (first != last && is_blank(*first)) ++first;
    while (first != last && is_blank(last[-1])) --last;
    if (first != last) fn(first, last);
    begin = end + 1;
  }
}

bool can_compress_content_type(const std::string& content_type) {
  constexpr std::array types{"image/svg+xml",   "application/javascript", "application/json",
                             "application/xml", "application/protobuf",   "application/xhtml+xml"};
  if (std::ranges::find(types, content_type) != types.end()) return true;
  return content_type.starts_with("text/") && content_type != "text/event-stream";
}

}  // namespace detail

std::string append_query_params(const std::string& path, const Params& params) {
  const std::size_t mark = path.find('?');
  const bool has_query = mark != std::string::npos && mark > 0;
  return path + (has_query ? '&' : '?') + detail::params_to_query_str(params);
}

std::pair<std::string, std::string> make_range_header(Ranges ranges) {
  std::string field = "bytes=";
  const char* before = "";
  for (const auto& [first, last] : ranges) {
    field += before;
    if (first != -1) field += std::to_string(first);
    field += '-';
    if (last != -1) field += std::to_string(last);
    before = ", ";
  }
  return {"Range", std::move(field)};
}

std::pair<std::string, std::string> make_basic_authentication_header(const std::string& username,
                                                                     const std::string& password, bool is_proxy) {
  return {is_proxy ? "Proxy-Authorization" : "Authorization",
          "Basic " + detail::base64_encode(username + ":" + password)};
}

std::pair<std::string, std::string> make_bearer_token_authentication_header(const std::string& token, bool is_proxy) {
  return {is_proxy ? "Proxy-Authorization" : "Authorization", "Bearer " + token};
}

}  // namespace gyre::compat::httplib
