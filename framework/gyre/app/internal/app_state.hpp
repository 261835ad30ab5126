#pragma once

#include <gyre/app/app.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace gyre::app {

class Worker;

/// Everything of an app that is not its routes. Shared by the threads of a run.
struct AppState {
  void log(LogLevel level, const std::string& message);

  std::vector<Callback<Task<>(Loop&)>> start_hooks;
  std::vector<Callback<Task<>(Loop&)>> stop_hooks;
  std::vector<Callback<Task<>()>> background;

  std::atomic<std::uint64_t> blocked_turns{0};

  std::mutex log_mutex;
  Callback<void(const LogRecord&)> sink;

  mutable std::mutex run_mutex;  ///< Guards what follows.
  std::vector<Worker*> workers;  ///< Those whose loop runs, and will run what is posted to it.
  std::vector<Endpoint> endpoints;
  bool stopping = false;
};

/// The text of an exception of any type.
std::string describe(const std::exception_ptr& failure);

}  // namespace gyre::app
