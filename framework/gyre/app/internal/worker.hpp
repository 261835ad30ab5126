#pragma once

#include <gyre/app/internal/app_state.hpp>
#include <gyre/app/internal/served_tls.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/http/server.hpp>

#include <optional>

namespace gyre::app {

/// Tells every running worker to stop; once per run. With `run_mutex` held.
void stop_workers(AppState& state) noexcept;

/// What is spoken on a connection.
enum class Scheme : std::uint8_t { http, https };

/// An address to listen on, and what is spoken there.
struct Address {
  Endpoint endpoint;
  Scheme scheme = Scheme::http;
};

/// The addresses that the options name. Throws what explains why there are none.
std::vector<Address> addresses_of(const RunOptions& options);

/// Runs a background task of the application. If it fails that is logged, and the application goes on.
Task<> run_background(AppState& state, Callback<Task<>()>& task);

/// One loop of a run, from its making to its end; stays on one thread.
class Worker {
 public:
  /// Makes a loop of its own when it is opened.
  Worker(AppState& app, Service& service, const RunOptions& options, const ServedTls* tls, unsigned number) noexcept
      : app_(&app), service_(&service), options_(&options), tls_(tls), number_(number) {}
  /// Works on a loop that somebody else runs.
  Worker(AppState& app, Service& service, const RunOptions& options, Loop& loop) noexcept
      : app_(&app), service_(&service), options_(&options), number_(0), loop_(&loop) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// What to accept TLS with. Before `live`, and longer than that.
  void encrypt_with(const ServedTls& tls) noexcept { tls_ = &tls; }

  /// Makes the loop, if it has none, and opens the listeners. On the worker's thread. Throws what explains why it
  /// cannot; the worker is then given up (`leave`, `abandon`).
  void open(const std::vector<Address>& addresses, const ListenOptions& listen);
  /// After that: listens on these sockets too, and takes out of `descriptors` those that a listener owns now. Throws
  /// like `open`.
  void adopt(std::vector<int>& descriptors, Scheme scheme);
  /// Both, with what the options name.
  void open(RunOptions& options, const ListenOptions& listen);

  Loop& loop() noexcept { return *loop_; }
  /// Its place among those of the run, from 0.
  unsigned number() const noexcept { return number_; }
  /// Where its listeners really listen.
  std::vector<Endpoint> endpoints() const;
  /// The same for people: "http://127.0.0.1:8080".
  std::vector<std::string> urls() const;
  /// The same of those that each loop has for itself, and what is spoken there.
  std::vector<Address> own_addresses() const;
  /// Listening sockets that exist once for the process: Unix sockets and adopted ones.
  std::vector<int> shared_descriptors(Scheme scheme) const;

  /// Runs the hooks, serves until `stop` or the context is cancelled, drains. Calls `started` when the start hooks are
  /// through. Throws what a start hook threw. `extra` runs beside (signals, background tasks): no cancellation
  /// reaches it until everything has drained, then it is cancelled (`shutdown`) and joined.
  Task<> live(Callback<void()>& started, Callback<void(Scope&)>& extra);
  /// The same, and runs its own loop meanwhile.
  void run(Callback<void()> started, Callback<void(Scope&)> extra);

  /// Whether there may be something open, or posted, that `live` has not seen to: it was not called, or not to be had.
  bool must_leave() const noexcept { return static_cast<bool>(leaving_); }
  /// Closes what is open and leaves the workers of the app; once, if `must_leave`. Needs no memory.
  Task<> leave() noexcept { return std::move(leaving_); }
  /// The same if it must be, and runs its own loop meanwhile.
  void abandon();

  /// From any thread, while the worker lives. Once.
  void stop() noexcept {
    stop_posted_ = true;
    loop_->post(stop_work_);
  }

  class StopSettled {
   public:
    explicit StopSettled(Worker& worker) noexcept : worker_(&worker) {}
    bool await_ready() const noexcept { return !worker_->stop_posted_ || worker_->stopped_.is_set(); }
    void await_suspend(std::coroutine_handle<> handle) const noexcept { worker_->at_stop_ = handle; }
    void await_resume() const noexcept {}

   private:
    Worker* worker_;
  };
  /// Waits until no `stop` is on its way, once nobody can call it any more. Not cancellable.
  StopSettled stop_settled() noexcept { return StopSettled{*this}; }

 private:
  struct StopWork : Work {
    explicit StopWork(Worker& owner) noexcept : Work(&Worker::stop_arrived), worker(&owner) {}
    Worker* worker;
  };
  static void stop_arrived(Work& work) noexcept;
  Callback<void(std::string_view)> limit_log();
  Task<> run_stop_hook(Callback<Task<>(Loop&)>& hook);

  Task<> close_and_leave();
  Task<> serve(Callback<void()>& started, Callback<void(Scope&)>& extra);
  /// `closing` is made before the listener is opened: at the end there may be no memory for it.
  struct Listening {
    std::unique_ptr<Listener> listener;
    Scheme scheme;
    bool shared;
    Task<> closing;
  };
  Listener& add_listener(Scheme scheme, bool shared);

  AppState* app_;
  Service* service_;
  const RunOptions* options_;
  const ServedTls* tls_ = nullptr;  ///< Null: none.
  unsigned number_;
  std::unique_ptr<Loop> own_loop_;
  Loop* loop_ = nullptr;
  std::optional<TaskTree> task_tree_;
  std::vector<Listening> listeners_;
  Task<> leaving_;
  Event stopped_;
  bool stop_posted_ = false;  ///< Guarded by the app's `run_mutex`.
  std::coroutine_handle<> at_stop_;
  StopWork stop_work_{*this};
};

}  // namespace gyre::app
