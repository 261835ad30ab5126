#include <gyre/app/internal/serve.hpp>

#include <stdexcept>

namespace gyre::app {
namespace {

/// Stands among the workers that are told to stop.
class Registration {
 public:
  Registration(AppState& state, Worker& worker) : state_(&state), worker_(&worker) {
    const std::lock_guard lock{state_->run_mutex};
    if (!state_->workers.empty()) throw std::logic_error{"gyre: this app runs already"};
    state_->stopping = false;
    state_->endpoints.clear();
    state_->workers.push_back(worker_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() {
    const std::lock_guard lock{state_->run_mutex};
    std::erase(state_->workers, worker_);
  }

  void publish(std::vector<Endpoint> endpoints) {
    const std::lock_guard lock{state_->run_mutex};
    state_->endpoints = std::move(endpoints);
  }

 private:
  AppState* state_;
  Worker* worker_;
};

Task<> open_and_live(AppState& state, Worker& worker, RunOptions& options, Event* serving) {
  Registration registration{state, worker};
  std::optional<ServedTls> tls;
  std::exception_ptr failure;
  try {
    if (options.tls) {
      auto making = ServedTls::make(state, *options.tls, options.server.http2);
      tls = co_await std::move(making);
      worker.encrypt_with(*tls);
    }
    worker.open(options, {.reuse_port = false});
    registration.publish(worker.endpoints());
    Callback<void()> started = [serving] {
      if (serving != nullptr) serving->set();
    };
    Callback<void(Scope&)> background = [&state](Scope& scope) {
      for (auto& task : state.background) scope.spawn(run_background(state, task));
    };
    co_await worker.live(started, background);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (worker.must_leave()) {
    auto leaving = worker.leave();
    co_await std::move(leaving);
  }
  std::rethrow_exception(failure);
}

}  // namespace

Task<> serve_on(AppState& state, Service& service, Loop& loop, RunOptions options, Event* serving) {
  Context& context = co_await this_context();
  if (&context.executor() != &loop) throw std::logic_error{"gyre: App::serve is awaited on another loop"};
  Worker worker{state, service, options, loop};
  std::exception_ptr failure;
  try {
    co_await open_and_live(state, worker, options, serving);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await worker.stop_settled();
  if (failure) std::rethrow_exception(failure);
  if (context.cancelled()) throw Cancelled{};
}

}  // namespace gyre::app
