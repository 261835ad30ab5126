#include <gyre/app/app.hpp>

#include <gyre/app/internal/run.hpp>

namespace gyre {

App::App() : state_(std::make_unique<app::AppState>()) {
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

void App::stop() noexcept {
  const std::lock_guard lock{state_->run_mutex};
  app::stop_workers(*state_);
}

std::vector<Endpoint> App::endpoints() const {
  const std::lock_guard lock{state_->run_mutex};
  return state_->endpoints;
}

}  // namespace gyre
