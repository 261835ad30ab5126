#pragma once

#include <gyre/web/internal/text_map.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gyre::internal {

/// Names of hosts and what they stand for. Compared in lower case, without the port and a dot at the end; an IPv6
/// address as it is written, with its brackets.
class HostTable {
 public:
  static constexpr std::uint32_t none = TextMap::none;
  /// The longest name that DNS knows, and a dot.
  static constexpr std::size_t name_max = 254;

  /// The name as it is compared; empty if it is no host's, and no "*." before one.
  static std::string normal_form(std::string_view name);

  /// `name` is in its normal form, new, and outlives the table.
  void add(std::string_view name, std::uint32_t value);

  /// What "host[:port]" of a request stands for: the name itself, or the longest "*." that it ends with.
  std::uint32_t find(std::string_view authority) const noexcept;

 private:
  TextMap names_;      ///< Group 0.
  TextMap wildcards_;  ///< Group 0; without the star: ".example.com".
};

}  // namespace gyre::internal
