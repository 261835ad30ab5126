#pragma once

#include <gyre/http/server_options.hpp>
#include <gyre/testing/protocol.hpp>
#include <gyre/testing/tls.hpp>
#include <gyre/testing/transport.hpp>

namespace gyre::testing {

/// How `testing::run` runs an application.
struct Options {
  Transport transport = Transport::sim;
  /// What `client` speaks.
  Protocol protocol = Protocol::http_1_1;
  /// The simulated world. GYRE_SEED in the environment replaces its seed.
  SimOptions sim = {};
  /// With `on` the app listens for HTTPS alone, and the client speaks it; all else is as without, on every transport.
  Tls tls = Tls::off;
  /// Limits and the Server field, as in `RunOptions`.
  ServerOptions server = {};
  /// As in `RunOptions`: how long requests that are still in progress when the body has ended may go on.
  Duration drain = Duration::zero();
  /// For each wait of the client, on the transports of the operating system: `TimedOut`. On `sim` nothing hangs: a run
  /// in which nothing can happen any more is a `Deadlock`.
  Duration time_limit = std::chrono::seconds{10};
  /// For the whole body, on the transports of the operating system.
  Duration run_limit = std::chrono::minutes{1};
};

}  // namespace gyre::testing
