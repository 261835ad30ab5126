#include <gyre/app/app.hpp>

#include <gyre/app/internal/run.hpp>

namespace gyre {

App::App() : state_(std::make_unique<app::AppState>()) {}
App::~App() = default;

void App::add_start_hook(LoopHook hook) { state_->start_hooks.push_back(std::move(hook)); }
void App::add_stop_hook(LoopHook hook) { state_->stop_hooks.push_back(std::move(hook)); }
void App::background(Callback<Task<>()> task) { state_->background.push_back(std::move(task)); }

void App::on_log(Callback<void(const LogRecord&)> sink) { state_->sink = std::move(sink); }

int App::run(RunOptions options) { return app::Run{*state_, *this, std::move(options)}.execute(); }

void App::stop() noexcept {
  const std::lock_guard lock{state_->run_mutex};
  app::stop_workers(*state_);
}

std::vector<Endpoint> App::endpoints() const {
  const std::lock_guard lock{state_->run_mutex};
  return state_->endpoints;
}

}  // namespace gyre
