#pragma once

#include <gyre/app/log.hpp>
#include <gyre/app/options.hpp>
#include <gyre/base/box.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/net/endpoint.hpp>
#include <gyre/web/router.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gyre {

namespace app {
struct AppState;
}

/// A web application: routes and middleware (see `Router`), hooks, and what runs them.
///
///     gyre::App app;
///     app.get("/", [] { return "Hello, world!\n"; });
///     return app.run({.port = 8080});
///
/// What a handler throws is logged, unless `on_error` (see `Router`) is given a hook of the application's own.
///
/// Set everything up first, then call `run`; while it runs, nothing may be added. There is no global state: two apps
/// can live in one process, on different threads. Handlers and hooks are kept until the app dies.
class App : public Router {
 public:
  App();
  ~App() override;

  /// Runs on each loop before it accepts connections: `void(Loop&)` or `Task<>(Loop&)`. A hook that throws ends the
  /// start, and `run` returns 1.
  template <class Hook>
  void on_start(Hook hook) {
    add_start_hook(as_task(std::move(hook)));
  }
  /// Runs on each loop after its last connection is gone.
  template <class Hook>
  void on_stop(Hook hook) {
    add_stop_hook(as_task(std::move(hook)));
  }
  /// A task of the application's own, `Task<>()`: starts on the first loop once that listens, is cancelled
  /// (`CancelReason::shutdown`) when the application has stopped and drained, and is joined. If it throws, that is
  /// logged.
  void background(Callback<Task<>()> task);

  /// Takes the framework's messages instead of the terminal. Called from any of the app's threads, one at a time.
  void on_log(Callback<void(const LogRecord&)> sink);

  /// Listens and serves until it is stopped (see `StopOn`) and everything has drained. Returns the exit code for
  /// `main`: 0, or 1 if it could not start (a state is missing, too: `Router::check`); the reason is logged. Blocks:
  /// the calling thread runs the first loop.
  int run(RunOptions options = {});

  /// As `run`, on a loop that exists already, a test's or another program's, and that runs the awaiting task: opens the
  /// listeners, runs the start hooks, serves until `stop` is called or the task is cancelled, drains, ends the
  /// background tasks, runs the stop hooks. `serving`, if given, is set once requests are taken; it must outlive the
  /// task.
  ///
  /// `RunOptions::threads`, `backend`, `stop_on`, `loop` and `watchdog` mean nothing here: one loop, which is the
  /// caller's to watch, and signals stay the program's, so that `task_tree_on` does no more than `task_tree`. Nothing
  /// is logged at the start. Throws what explains why it cannot start, or what a start hook threw; `std::logic_error`
  /// if the app runs already. Cancelled, it ends in the same order (background tasks hear of it after the drain, stop
  /// hooks then have ten seconds each) and throws `Cancelled` after that.
  Task<> serve(Loop& loop, RunOptions options = {}, Event* serving = nullptr);

  /// Ends `run` or `serve` as a signal would: drains, then returns. From any thread, also before it listens; a handler
  /// may call it. Nothing if it does not run.
  void stop() noexcept;

  /// What the tasks of every loop wait for, as text; for a debug page that not everybody can reach:
  ///
  ///     app.get("/debug/tasks", [&app] { return app.task_tree(); });
  ///
  /// Needs `RunOptions::task_tree`. From a task on any loop. A loop that does not answer within two seconds is shown as
  /// blocked. Empty while the app does not run. Throws `Cancelled`.
  Task<std::string> task_tree();

  /// How often a loop was blocked for longer than `RunOptions::watchdog`. From any thread.
  std::uint64_t blocked_turns() const noexcept;

  /// Where it listens. From within hooks, handlers and background tasks, or after `run` has logged its start line or
  /// `serve` has begun.
  std::vector<Endpoint> endpoints() const;

 private:
  using LoopHook = Callback<Task<>(Loop&)>;

  template <class Hook>
  static LoopHook as_task(Hook hook) {
    static_assert(std::is_invocable_v<Hook&, Loop&>, "gyre: a hook takes a gyre::Loop&");
    if constexpr (std::is_void_v<std::invoke_result_t<Hook&, Loop&>>) {
      return [hook = std::move(hook)](Loop& loop) mutable -> Task<> {
        hook(loop);
        co_return;
      };
    } else {
      return hook;
    }
  }

  void add_start_hook(LoopHook hook);
  void add_stop_hook(LoopHook hook);

  Box<app::AppState> state_;
};

}  // namespace gyre
