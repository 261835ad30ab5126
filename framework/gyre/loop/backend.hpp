#pragma once

#include <cstdint>
#include <string_view>

namespace gyre {

/// What a loop runs on.
enum class Backend : std::uint8_t {
  automatic,  ///< io_uring where the kernel and the container allow it, else epoll.
  uring,
  epoll,
  sim,  ///< Virtual time, memory network (see `SimLoop`).
};

/// "auto", "uring", "epoll", "sim".
std::string_view name(Backend backend) noexcept;

}  // namespace gyre
