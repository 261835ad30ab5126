#pragma once

#include <cstdint>

namespace gyre::testing {

/// What the client of a test speaks with the application.
enum class Protocol : std::uint8_t {
  http_1_1,
  http_2,  ///< At once, without an upgrade (RFC 9113 3.3).
};

}  // namespace gyre::testing
