#pragma once

#include <gyre/loop/address.hpp>

/// What the simulated network needs to know of socket addresses.
namespace gyre::detail::sim_address {

/// The same address without the parts that mean nothing (padding, a path's excess), so that equal ones compare equal.
/// 0, -EINVAL or -EAFNOSUPPORT.
int normalise(SocketAddress& address) noexcept;

bool is_unix(const SocketAddress& address) noexcept;
/// 0.0.0.0 or [::].
bool is_any(const SocketAddress& address) noexcept;
/// 0 for Unix addresses.
unsigned port(const SocketAddress& address) noexcept;
void set_port(SocketAddress& address, unsigned port) noexcept;
/// The loopback address in the place of "any".
void make_reachable(SocketAddress& address) noexcept;
/// The address of a socket that has none yet.
SocketAddress unnamed_like(const SocketAddress& address) noexcept;
/// Equal, or "any" of the same family with the same port.
bool overlap(const SocketAddress& left, const SocketAddress& right) noexcept;

}  // namespace gyre::detail::sim_address
