#pragma once

#include <gyre/app/log.hpp>
#include <gyre/app/options.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/net/endpoint.hpp>
#include <gyre/web/router.hpp>

#include <memory>
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
  /// (`CancelReason::shutdown`) when the application stops, and is joined. If it throws, that is logged.
  void background(Callback<Task<>()> task);

  /// Takes the framework's messages instead of the terminal. Called from any of the app's threads, one at a time.
  void on_log(Callback<void(const LogRecord&)> sink);

  /// Listens and serves until it is stopped (see `StopOn`) and everything has drained. Returns the exit code for
  /// `main`: 0, or 1 if it could not start (a state is missing, too: `Router::check`); the reason is logged. Blocks:
  /// the calling thread runs the first loop.
  int run(RunOptions options = {});

  /// Ends `run` as a signal would: drains, then returns. From any thread, also before it listens; a handler may call
  /// it. Nothing if it does not run.
  void stop() noexcept;

  /// Where it listens. From within hooks, handlers and background tasks, or after `run` has logged its start line.
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

  std::unique_ptr<app::AppState> state_;
};

}  // namespace gyre
