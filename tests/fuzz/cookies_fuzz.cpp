// Any bytes as a Cookie field: what is read is what may be written, lies inside, in its order, and within the limit;
// and any bytes as a cookie to be set: what is written is one field value, which is read back.

#include <gyre/base/assert.hpp>
#include <gyre/wire/cookie.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/set_cookie.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace gyre::wire;

void read(std::string_view field, std::size_t limit) {
  const char* behind = field.data();
  std::size_t count = 0;
  Cookies cookies{field, {.cookies = limit}};
  for (; cookies.next(); ++count) {
    GYRE_ASSERT(cookies.name().data() >= behind);
    GYRE_ASSERT(cookies.value().data() > cookies.name().data());
    behind = cookies.value().data() + cookies.value().size();
    GYRE_ASSERT(behind <= field.data() + field.size());
    GYRE_ASSERT(check({.name = cookies.name(), .value = cookies.value(), .path = "/", .secure = true}) ==
                    SetCookieError::none ||
                cookies.name().size() + cookies.value().size() > cookie_pair_max);
    GYRE_ASSERT(cookie_value(field, cookies.name(), {.cookies = limit}).has_value());
  }
  GYRE_ASSERT(count + cookies.skipped() <= limit);
  GYRE_ASSERT(!cookies.limit_reached() || count + cookies.skipped() == limit);
}

/// The bytes, cut at commas, are the name, the value, the path and the domain.
void write(std::string_view bytes, unsigned choice) {
  std::string_view parts[4];
  for (std::string_view& part : parts) {
    part = bytes.substr(0, std::min(bytes.find(','), bytes.size()));
    bytes.remove_prefix(std::min(part.size() + 1, bytes.size()));
  }
  const SetCookie cookie{.name = parts[0],
                         .value = parts[1],
                         .path = parts[2],
                         .domain = parts[3],
                         .same_site = static_cast<SameSite>(choice & 3U),
                         .secure = (choice & 4U) != 0,
                         .http_only = (choice & 8U) != 0,
                         .partitioned = (choice & 16U) != 0};
  std::string out;
  if (append_set_cookie(out, cookie) != SetCookieError::none) {
    GYRE_ASSERT(out.empty());
    return;
  }
  GYRE_ASSERT(gyre::is_field_value(out));
  Cookies read_back{out};
  GYRE_ASSERT(read_back.next() && read_back.name() == cookie.name && read_back.value() == cookie.value);
  const std::size_t attributes = static_cast<std::size_t>(std::count(out.begin(), out.end(), ';'));
  const unsigned expected = (cookie.path.empty() ? 0U : 1U) + (cookie.domain.empty() ? 0U : 1U) +
                            (cookie.same_site == SameSite::unset ? 0U : 1U) + (choice >> 2U & 1U) +
                            (choice >> 3U & 1U) + (choice >> 4U & 1U);
  GYRE_ASSERT(attributes == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  read(bytes, data[0] % 32U);
  write(bytes, data[0]);
  return 0;
}
