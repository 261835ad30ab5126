#pragma once

#include <gyre/app/internal/worker.hpp>

#include <gyre/loop/duplicates.hpp>
#include <gyre/loop/signals.hpp>
#include <gyre/loop/watchdog.hpp>

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
  /// The listening sockets that a further worker shares with the first one.
  struct Shared {
    Duplicates http;
    Duplicates https;
  };

  void prepare_tls();
  void open_first();
  void start_others();
  void run_first();
  void worker_thread(unsigned number, const std::vector<Address>& addresses, Shared& shared);
  void serve(Worker& worker, Callback<void(Scope&)> extra);
  void report_start();
  void fail(const std::exception_ptr& failure) noexcept;
  void start_watchdog();
  Task<> watch_signals();
  Task<> watch_for_tasks();
  Task<> log_tasks();

  AppState* state_;
  Service* service_;
  RunOptions options_;
  const ServedTls* tls() const noexcept { return tls_ ? &*tls_ : nullptr; }

  unsigned thread_count_ = 1;
  std::optional<BlockedSignals> blocked_for_tasks_;  // around the other, which is restored first
  std::optional<BlockedSignals> blocked_;
  std::optional<BlockedSignals> blocked_for_reload_;
  std::optional<Watchdog> watchdog_;
  std::optional<ServedTls> tls_;
  std::unique_ptr<Worker> first_;
  std::vector<std::thread> threads_;
  std::atomic<unsigned> started_{0};
  std::atomic<bool> failed_{false};
};

}  // namespace gyre::app
