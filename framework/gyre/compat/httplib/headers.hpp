#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace gyre::compat::httplib {

namespace detail {

/// The order of field names: in any case.
struct ci {
  bool operator()(const std::string& left, const std::string& right) const noexcept;
};

}  // namespace detail

/// Fields, by their names in any case; of one name in the order in which they came.
using Headers = std::multimap<std::string, std::string, detail::ci>;

/// Pairs of a query or a form, decoded.
using Params = std::multimap<std::string, std::string>;

namespace detail {

bool has_header(const Headers& headers, const std::string& key);
/// The value of the `id`-th field of that name, `fallback` if there is none. Valid as long as the field is there.
const char* get_header_value(const Headers& headers, const std::string& key, std::size_t id = 0,
                             const char* fallback = nullptr);
/// That as a number, 0 if it is none.
unsigned long long header_number(const Headers& headers, const std::string& key, std::size_t id);
std::size_t header_count(const Headers& headers, const std::string& key);
/// Adds a field, unless a line would end in it.
void add_header(Headers& headers, const std::string& key, const std::string& value);

}  // namespace detail

}  // namespace gyre::compat::httplib
