#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::testing {

/// What a test runs on.
enum class Transport : std::uint8_t {
  sim,    ///< Virtual time and a network in memory (`SimLoop`).
  uring,  ///< io_uring and the loopback of the operating system.
  epoll,  ///< The same with epoll.
};

/// "sim", "uring", "epoll".
std::string_view name(Transport transport) noexcept;

/// Whether this machine has it. Tries it out: a container may deny io_uring.
bool available(Transport transport);

/// Why this machine does not have it, in a sentence; empty if it does.
std::string why_unavailable(Transport transport);

/// The transports of this machine, `sim` first. One that is missing is left out and named on standard error, because
/// nothing is tested on it; with `GYRE_ALL_LOOPS` in the environment it is not left out, so that tests fail there.
std::vector<Transport> all_transports();

/// Calls `body` with each of `all_transports()`. What it throws passes through, after a line on standard error that
/// names the transport.
void for_each_transport(const Callback<void(Transport transport)>& body);

/// A loop for the transport; `sim` is used for the simulated one only. Throws `Unavailable`.
std::unique_ptr<Loop> make_loop(Transport transport, const SimOptions& sim = {});

}  // namespace gyre::testing
