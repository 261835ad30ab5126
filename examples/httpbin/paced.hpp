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
  std::size_t piece = 64 << 10;  ///< What is sent at once has at least so many bytes, if they are not more than 64 KiB.
};

/// Makes the bytes from `begin` up to, but not, `end`.
using MakeBytes = gyre::Callback<std::string(std::size_t begin, std::size_t end)>;

/// An answer of that length. Its bytes are made when their time has come, so that a slow client costs no memory.
gyre::Response paced(std::size_t size, MakeBytes make, Pace pace);

}  // namespace httpbin
