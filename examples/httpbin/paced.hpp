#pragma once

#include <gyre/gyre.hpp>

#include <cstddef>
#include <string>

namespace httpbin {

/// From a number of seconds that a client gave.
gyre::Duration seconds(double number);

/// Bytes that are sent bit by bit.
struct Pace {
  gyre::Duration duration{};     ///< All of it takes so long.
  std::size_t piece = 64 << 10;  ///< What is sent at once has at least so many bytes.
};

/// An answer of that length with these bytes.
gyre::Response paced(std::string bytes, Pace pace);

}  // namespace httpbin
