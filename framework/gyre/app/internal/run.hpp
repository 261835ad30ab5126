#pragma once

#include <gyre/app/internal/worker.hpp>

#include <gyre/loop/signals.hpp>

#include <memory>
#include <optional>
#include <thread>

namespace gyre::app {

/// One call of `App::run`: workers, threads, signals, and the order of start and end.
class Run {
 public:
  Run(AppState& state, Service& service, RunOptions options)
      : state_(&state), service_(&service), options_(std::move(options)) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  int execute();

 private:
  void open_first();
  void start_others();
  void run_first();
  void worker_thread(std::vector<Endpoint> endpoints, std::vector<int> descriptors);
  void serve(Worker& worker, Callback<void(Scope&)> extra);
  void report_start();
  void fail(const std::exception_ptr& failure);
  std::vector<int> shared_descriptors() const;

  Task<> watch_signals();

  AppState* state_;
  Service* service_;
  RunOptions options_;
  unsigned thread_count_ = 1;
  std::optional<BlockedSignals> blocked_;
  std::unique_ptr<Worker> first_;
  std::vector<std::thread> threads_;
  std::atomic<unsigned> started_{0};
  std::atomic<bool> failed_{false};
};

}  // namespace gyre::app
