#include <gyre/app/internal/worker.hpp>

#include <optional>
#include <stdexcept>

namespace gyre::app {

void Worker::open(const std::vector<Endpoint>& endpoints, const std::vector<int>& descriptors,
                  const ListenOptions& listen) {
  LoopOptions options = options_->loop;
  options.backend = options_->backend;
  Result<std::unique_ptr<Loop>> loop = make_loop(options);
  if (!loop) {
    throw std::runtime_error{"no " + std::string{name(options.backend)} + " loop: " + loop.error().message()};
  }
  loop_ = std::move(*loop);
  for (const Endpoint& endpoint : endpoints) {
    listeners_.push_back({std::make_unique<Listener>(*loop_), endpoint.is_unix()});
    if (const Result<void> opened = listeners_.back().listener->open(endpoint, listen); !opened) {
      throw std::runtime_error{"cannot listen on " + endpoint.text() + ": " + opened.error().message()};
    }
  }
  for (const int descriptor : descriptors) {
    listeners_.push_back({std::make_unique<Listener>(*loop_), true});
    if (const Result<void> adopted = listeners_.back().listener->adopt(descriptor); !adopted) {
      throw std::runtime_error{"cannot use descriptor " + std::to_string(descriptor) + ": " +
                               adopted.error().message()};
    }
  }
}

std::vector<Endpoint> Worker::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const Listening& listening : listeners_) endpoints.push_back(listening.listener->endpoint());
  return endpoints;
}

std::vector<int> Worker::shared_descriptors() const {
  std::vector<int> descriptors;
  for (const Listening& listening : listeners_) {
    if (listening.shared) descriptors.push_back(listening.listener->descriptor());
  }
  return descriptors;
}

void Worker::run(Callback<void()> started, Callback<void(Scope&)> extra) { loop_->run(live(started, extra)); }

void Worker::abandon() {
  if (loop_) loop_->run(close_listeners());
}

Task<> Worker::close_listeners() {
  for (const Listening& listening : listeners_) co_await listening.listener->close();
}

Task<> Worker::live(Callback<void()>& started, Callback<void(Scope&)>& extra) {
  Context& context = co_await this_context();
  std::exception_ptr failure;
  std::optional<Server> serving;
  try {
    for (const auto& hook : app_->start_hooks) co_await hook(*loop_);
    serving.emplace(*loop_, *service_, options_->server);  // makes what the application has for each loop
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await close_listeners();
    std::rethrow_exception(failure);
  }
  started();

  Server& server = *serving;
  Scope accepting{context};
  Scope beside{context};
  for (const Listening& listening : listeners_) accepting.spawn(server.serve(*listening.listener));
  extra(beside);
  co_await stopped_.wait();

  for (const Listening& listening : listeners_) listening.listener->stop();
  co_await accepting.join();
  co_await close_listeners();
  co_await server.stop(options_->drain);
  beside.cancel(CancelReason::shutdown);
  co_await beside.join();
  for (const auto& hook : app_->stop_hooks) {
    try {
      co_await hook(*loop_);
    } catch (...) {
      app_->log(LogLevel::error, "a stop hook failed: " + describe(std::current_exception()));
    }
  }
}

}  // namespace gyre::app
