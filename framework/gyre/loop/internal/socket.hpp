#pragma once

#include <gyre/base/result.hpp>
#include <gyre/loop/address.hpp>
#include <gyre/loop/loop.hpp>

/// Sockets of the operating system, as both real backends set them up.
namespace gyre::detail {

/// A bound and listening stream socket, non-blocking and close-on-exec.
///
/// Internet addresses: SO_REUSEADDR always; `[::]` takes IPv6 alone, whatever the system's default is, so that an
/// address means the same everywhere and no peer shows up as `::ffff:1.2.3.4` behind an IPv4 rule: listen twice for
/// both. TCP_NODELAY is set here because accepted connections inherit it. `no_delay` and `reuse_port` mean nothing for
/// Unix sockets.
///
/// A Unix socket's file that nobody answers behind is replaced; one that is alive, or no socket, is EADDRINUSE.
Result<int> open_listener(const SocketAddress& address, const ListenOptions& options);

/// A stream socket of the address's family to connect, non-blocking and close-on-exec, without Nagle's delay.
Result<int> open_socket(const SocketAddress& address);

Result<SocketAddress> local_address(int descriptor);
Result<SocketAddress> peer_address(int descriptor);
void shutdown(int descriptor, ShutdownSide side) noexcept;
void close_descriptor(int descriptor) noexcept;
/// Makes the next close of an internet connection a reset.
void reset_on_close(int descriptor) noexcept;

}  // namespace gyre::detail
