#include <gyre/app/app.hpp>

#include <gyre/app/internal/run.hpp>
#include <gyre/app/internal/serve.hpp>
#include <gyre/app/internal/task_report.hpp>

namespace gyre {

App::App() : state_(make_box<app::AppState>()) {
  // A handler's exception must not vanish: until the application has a hook of its own, it is logged.
  on_error([state = state_.get()](const ErrorReport& report) {
    const Request& request = report.request;
    state->log(LogLevel::error, std::string{request.head().method_text()} + " " + std::string{request.path()} +
                                    " failed: " + std::string{report.text});
  });
}
App::~App() = default;

void App::add_start_hook(LoopHook hook) { state_->start_hooks.push_back(std::move(hook)); }
void App::add_stop_hook(LoopHook hook) { state_->stop_hooks.push_back(std::move(hook)); }
void App::background(Callback<Task<>()> task) { state_->background.push_back(std::move(task)); }

void App::on_log(Callback<void(const LogRecord&)> sink) { state_->sink = std::move(sink); }

int App::run(RunOptions options) {
  try {
    check();
  } catch (const SetupError& error) {
    state_->log(LogLevel::error, std::string{"cannot start: "} + error.what());
    return 1;
  }
  return app::Run{*state_, *this, std::move(options)}.execute();
}

Task<> App::serve(Loop& loop, RunOptions options, Event* serving) {
  return app::serve_on(*state_, *this, loop, std::move(options), serving);
}

void App::stop() noexcept {
  const std::lock_guard lock{state_->run_mutex};
  app::stop_workers(*state_);
}

Task<std::string> App::task_tree() { return app::report_tasks(*state_); }

std::uint64_t App::blocked_turns() const noexcept { return state_->blocked_turns.load(std::memory_order_relaxed); }

std::vector<Endpoint> App::endpoints() const {
  const std::lock_guard lock{state_->run_mutex};
  return state_->endpoints;
}

}  // namespace gyre
