#include <gyre/compat/httplib/headers.hpp>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace gyre::compat::httplib::detail {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool ends_line(const std::string& text) noexcept { return text.find_first_of("\r\n") != std::string::npos; }

}  // namespace

bool ci::operator()(const std::string& left, const std::string& right) const noexcept {
  return std::ranges::lexicographical_compare(left, right, [](char one, char other) {
    return static_cast<unsigned char>(lower(one)) < static_cast<unsigned char>(lower(other));
  });
}

bool has_header(const Headers& headers, const std::string& key) { return headers.contains(key); }

const char* get_header_value(const Headers& headers, const std::string& key, std::size_t id, const char* fallback) {
  auto [first, last] = headers.equal_range(key);
  for (; first != last && id > 0; --id) ++first;
  return first == last ? fallback : first->second.c_str();
}

unsigned long long header_number(const Headers& headers, const std::string& key, std::size_t id) {
  return std::strtoull(get_header_value(headers, key, id, "0"), nullptr, 10);
}

std::size_t header_count(const Headers& headers, const std::string& key) { return headers.count(key); }

void add_header(Headers& headers, const std::string& key, const std::string& value) {
  if (!ends_line(key) && !ends_line(value)) headers.emplace(key, value);
}

}  // namespace gyre::compat::httplib::detail
