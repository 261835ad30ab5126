#pragma once

#include <gyre/app/internal/app_state.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/http/server.hpp>

#include <optional>

namespace gyre::app {

/// One loop of a run, from its making to its end; stays on one thread.
class Worker {
 public:
  Worker(AppState& app, Service& service, const RunOptions& options, unsigned number) noexcept
      : app_(&app), service_(&service), options_(&options), number_(number) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Makes the loop and opens the listeners. On the worker's thread. Throws what explains why it cannot.
  void open(const std::vector<Endpoint>& endpoints, const std::vector<int>& descriptors, const ListenOptions& listen);

  Loop& loop() noexcept { return *loop_; }
  /// Its place among those of the run, from 0.
  unsigned number() const noexcept { return number_; }
  /// Where its listeners really listen.
  std::vector<Endpoint> endpoints() const;
  /// Listening sockets that exist once for the process: Unix sockets and adopted ones.
  std::vector<int> shared_descriptors() const;

  /// Runs the hooks, serves until `stop`, drains. Calls `started` when the start hooks are through. Throws what a start
  /// hook threw. `extra` runs beside (signals, background tasks) and is cancelled at the stop.
  void run(Callback<void()> started, Callback<void(Scope&)> extra);

  /// Gives up what `open` opened, for a run that does not come to pass.
  void abandon();

  /// From any thread, while the worker lives. Once.
  void stop() noexcept { loop_->post(stop_work_); }

 private:
  struct StopWork : Work {
    explicit StopWork(Worker& owner) noexcept
        : Work([](Work& self) noexcept { static_cast<StopWork&>(self).worker->stopped_.set(); }), worker(&owner) {}
    Worker* worker;
  };

  Task<> live(Callback<void()>& started, Callback<void(Scope&)>& extra);
  Task<> leave();
  Task<> serve(Callback<void()>& started, Callback<void(Scope&)>& extra);
  Task<> close_listeners();
  struct Listening {
    std::unique_ptr<Listener> listener;
    bool shared;
  };

  AppState* app_;
  Service* service_;
  const RunOptions* options_;
  unsigned number_;
  std::unique_ptr<Loop> loop_;
  std::optional<TaskTree> task_tree_;
  std::vector<Listening> listeners_;
  Event stopped_;
  StopWork stop_work_{*this};
};

}  // namespace gyre::app
