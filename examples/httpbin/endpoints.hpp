#pragma once

#include <span>
#include <string_view>

namespace httpbin {

/// A line of the start page.
struct EndpointLine {
  std::string_view method;
  std::string_view pattern;
  std::string_view example;  ///< The target that is opened or tried.
  std::string_view text;
};

struct EndpointGroup {
  std::string_view title;
  std::span<const EndpointLine> lines;
};

/// All routes, as the start page lists them.
std::span<const EndpointGroup> endpoint_groups() noexcept;

}  // namespace httpbin
