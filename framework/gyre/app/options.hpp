#pragma once

#include <gyre/app/tls_options.hpp>
#include <gyre/base/time.hpp>
#include <gyre/http/server_options.hpp>
#include <gyre/loop/loop_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gyre {

/// Who ends the application.
enum class StopOn : std::uint8_t {
  /// SIGTERM and SIGINT: the first one drains, a second one kills. For the time of `run` they are blocked in its thread
  /// and in those it starts, and read through a descriptor: no handler is installed.
  signals,
  /// Only `App::stop`: signals stay the program's own business.
  request,
};

/// How `App::run` listens and works. All members have defaults: `app.run({.port = 8080})`.
struct RunOptions {
  /// Where to listen: an address of this machine ("0.0.0.0" and "::" for all), empty for no TCP listener.
  std::string host = "127.0.0.1";
  /// 0 lets the kernel choose one; the start line and `App::endpoints` tell which.
  std::uint16_t port = 8080;
  /// HTTPS, on listeners of its own beside the others. Empty: none.
  std::optional<TlsOptions> tls = {};
  /// The path of a Unix socket to listen on too; '@' first for the abstract namespace.
  std::string unix_path = {};
  /// Listening sockets that were inherited (socket activation) or handed over. Owned from now on.
  std::vector<int> descriptors = {};

  /// Loops, each on a thread of its own; 0 for one per processor, limited by the cgroup's quota.
  unsigned threads = 0;
  Backend backend = Backend::automatic;
  StopOn stop_on = StopOn::signals;
  /// How long requests in progress may go on after a stop before their scopes are cancelled.
  Duration drain = std::chrono::seconds{10};

  /// A loop that is kept from going on for so long, by a handler that blocks or computes, is reported in the log, with
  /// the route, while it lasts and when it is over (see `Watchdog`). `Duration::max()` switches it off.
  Duration watchdog = std::chrono::seconds{1};
  /// Keeps a `TaskTree` for each loop, for `App::task_tree` to show. A loop that has one already (`App::serve`: the
  /// program's, a simulation's, another app's) keeps that: it is shown as long as its owner lives, and nothing after.
  bool task_tree = false;
  /// A signal, such as SIGUSR1, at which the tasks of all loops are logged; switches `task_tree` on. 0 for none. The
  /// first loop watches for it until it has drained. For the time of `run` the signal is blocked in its thread and in
  /// those it starts; other threads of the program block it themselves.
  int task_tree_on = 0;

  /// Limits, the Server field.
  ServerOptions server = {};
  /// Buffers and rings of each loop. Its `backend` is ignored in favour of the one above.
  LoopOptions loop = {};
};

}  // namespace gyre
