#pragma once

#include <gyre/net/tls/certificate.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>

#include <string>
#include <string_view>

namespace net_test {

using namespace std::chrono_literals;

/// A self-signed certificate as text, for names with commas between them. By default valid in the year 2026, in which
/// simulation takes place.
inline gyre::detail::SelfSigned self_signed(std::string_view names, gyre::Duration not_before = 490'896h,
                                            gyre::Duration not_after = 499'656h) {
  std::string list;
  for (std::string_view rest = names; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    list.append(list.empty() ? "DNS:" : ",DNS:").append(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return gyre::detail::make_self_signed(
      {.common_name = "test", .names = list, .not_before = not_before, .not_after = not_after});
}

inline gyre::Certificate certificate_for(std::string_view names, gyre::Duration not_before = 490'896h,
                                         gyre::Duration not_after = 499'656h) {
  const gyre::detail::SelfSigned made = self_signed(names, not_before, not_after);
  return gyre::Certificate::parse(made.chain, made.key).value();
}

}  // namespace net_test
