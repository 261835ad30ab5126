#include <gyre/app/internal/worker.hpp>

#include <gyre/loop/detail/last_posted.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/loop/shield.hpp>

#include <optional>
#include <stdexcept>

namespace gyre::app {

void stop_workers(AppState& state) noexcept {
  if (state.stopping) return;
  state.stopping = true;
  for (Worker* worker : state.workers) worker->stop();
}

namespace {

Endpoint ip_endpoint(const std::string& host, std::uint16_t port) {
  const Result<Endpoint> endpoint = Endpoint::ip(host, port);
  if (!endpoint) throw std::runtime_error{"\"" + host + "\" is no IP address"};
  return *endpoint;
}

Endpoint unix_endpoint(const std::string& path) {
  const Result<Endpoint> endpoint = Endpoint::unix_path(path);
  if (!endpoint) throw std::runtime_error{"\"" + path + "\" is no path for a Unix socket"};
  return *endpoint;
}

}  // namespace

std::vector<Address> addresses_of(const RunOptions& options) {
  std::vector<Address> addresses;
  const TlsOptions none{.host = ""};
  const TlsOptions& tls = options.tls ? *options.tls : none;
  const std::string& tls_host = tls.host ? *tls.host : options.host;
  if (!options.host.empty()) addresses.push_back({ip_endpoint(options.host, options.port), Scheme::http});
  if (!tls_host.empty()) addresses.push_back({ip_endpoint(tls_host, tls.port), Scheme::https});
  const bool has_tls = !tls_host.empty() || !tls.unix_path.empty() || !tls.descriptors.empty();
  if (options.tls && !has_tls) {
    throw std::runtime_error{"TLS wants somewhere to listen: a host, a Unix socket or a descriptor"};
  }
  if (!options.unix_path.empty()) addresses.push_back({unix_endpoint(options.unix_path), Scheme::http});
  if (!tls.unix_path.empty()) addresses.push_back({unix_endpoint(tls.unix_path), Scheme::https});
  if (addresses.empty() && options.descriptors.empty() && !has_tls) throw std::runtime_error{"nothing to listen on"};
  return addresses;
}

Task<> run_background(AppState& state, Callback<Task<>()>& task) {
  bool cancelled = false;
  try {
    co_await task();
  } catch (const Cancelled&) {
    cancelled = true;
  } catch (...) {
    state.log(LogLevel::error, "a background task failed: " + describe(std::current_exception()));
  }
  if (cancelled) throw Cancelled{};
}

void Worker::open(const std::vector<Address>& addresses, const ListenOptions& listen) {
  if (loop_ == nullptr) {
    LoopOptions options = options_->loop;
    options.backend = options_->backend;
    Result<std::unique_ptr<Loop>> loop = make_loop(options);
    if (!loop) {
      throw std::runtime_error{"no " + std::string{name(options.backend)} + " loop: " + loop.error().message()};
    }
    own_loop_ = std::move(*loop);
    loop_ = own_loop_.get();
  }
  leaving_ = close_and_leave();  // made now: at the end there may be no memory for it
  const bool wants_tree = options_->task_tree || options_->task_tree_on != 0;
  if (wants_tree && loop_->task_tree() == nullptr) task_tree_.emplace(*loop_);
  for (const auto& [endpoint, scheme] : addresses) {
    if (const Result<void> opened = add_listener(scheme, endpoint.is_unix()).open(endpoint, listen); !opened) {
      throw std::runtime_error{"cannot listen on " + endpoint.text() + ": " + opened.error().message()};
    }
  }
}

void Worker::adopt(std::vector<int>& descriptors, Scheme scheme) {
  for (; !descriptors.empty(); descriptors.erase(descriptors.begin())) {
    const int descriptor = descriptors.front();
    if (const Result<void> adopted = add_listener(scheme, true).adopt(descriptor); !adopted) {
      throw std::runtime_error{"cannot use descriptor " + std::to_string(descriptor) + ": " +
                               adopted.error().message()};
    }
  }
}

void Worker::open(RunOptions& options, const ListenOptions& listen) {
  open(addresses_of(options), listen);
  adopt(options.descriptors, Scheme::http);
  if (options.tls) adopt(options.tls->descriptors, Scheme::https);
}

Listener& Worker::add_listener(Scheme scheme, bool shared) {
  auto listener = std::make_unique<Listener>(*loop_);
  Listener& added = *listener;
  listeners_.push_back({std::move(listener), scheme, shared, added.close()});
  return added;
}

std::vector<Endpoint> Worker::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const Listening& listening : listeners_) endpoints.push_back(listening.listener->endpoint());
  return endpoints;
}

std::vector<std::string> Worker::urls() const {
  std::vector<std::string> urls;
  for (const Listening& listening : listeners_) {
    const Endpoint& endpoint = listening.listener->endpoint();
    const bool is_https = listening.scheme == Scheme::https;
    const char* const of_unix = is_https ? "https+" : "";
    const char* const of_tcp = is_https ? "https://" : "http://";
    urls.push_back((endpoint.is_unix() ? of_unix : of_tcp) + endpoint.text());
  }
  return urls;
}

std::vector<Address> Worker::own_addresses() const {
  std::vector<Address> addresses;
  for (const Listening& listening : listeners_) {
    if (!listening.shared) addresses.push_back({listening.listener->endpoint(), listening.scheme});
  }
  return addresses;
}

std::vector<int> Worker::shared_descriptors(Scheme scheme) const {
  std::vector<int> descriptors;
  for (const Listening& listening : listeners_) {
    const bool is_one = listening.shared && listening.scheme == scheme;
    if (is_one) descriptors.push_back(listening.listener->descriptor());
  }
  return descriptors;
}

void Worker::run(Callback<void()> started, Callback<void(Scope&)> extra) { loop_->run(live(started, extra)); }

void Worker::abandon() {
  if (must_leave()) loop_->run(leave());
}

void Worker::stop_arrived(Work& work) noexcept {
  Worker& worker = *static_cast<StopWork&>(work).worker;
  worker.stopped_.set();
  if (worker.at_stop_) detail::resume(std::exchange(worker.at_stop_, {}));
}

Task<> Worker::live(Callback<void()>& started, Callback<void(Scope&)>& extra) {
  std::exception_ptr failure;
  try {
    auto serving = serve(started, extra);
    co_await std::move(serving);
  } catch (...) {
    failure = std::current_exception();
  }
  auto leaving = leave();
  co_await std::move(leaving);
  if (failure) std::rethrow_exception(failure);
}

// From here on nobody finds this loop to post to it. What was posted before stands in front of the last piece. That the
// listeners are still open means that the worker did not come to serve.
Task<> Worker::close_and_leave() {
  for (Listening& listening : listeners_) {
    if (!listening.closing.done()) co_await std::move(listening.closing);
  }
  {
    const std::lock_guard lock{app_->run_mutex};
    std::erase(app_->workers, this);
  }
  gyre::detail::LastPosted last{*loop_};
  co_await last;
}

Task<> Worker::serve(Callback<void()>& started, Callback<void(Scope&)>& extra) {
  Context& context = co_await this_context();
  std::exception_ptr failure;
  for (const auto& hook : app_->start_hooks) co_await hook(*loop_);
  Server server{*loop_, *service_, options_->server};  // makes what the application has for each loop
  server.on_limit(limit_log());
  Task<> draining = server.stop(options_->drain);  // made now: at the end there may be no memory for it
  started();

  Scope accepting{context};
  Context apart{*loop_};  // a root: a cancellation of `serve` begins the drain, and what runs beside ends after that
  apart.set_label(context.label());
  Scope beside{apart};
  try {
    if (tls_ != nullptr) beside.spawn(tls_->run(*app_));  // before the first handshake asks
    for (const Listening& listening : listeners_) {
      accepting.spawn(listening.scheme == Scheme::https ? server.serve(*listening.listener, tls_->acceptor())
                                                        : server.serve(*listening.listener));
    }
    extra(beside);
    co_await stopped_.wait();
  } catch (const Cancelled&) {
    // the loop is somebody else's, who ends it so: what follows is not cancellable, or bounded
  } catch (...) {
    failure = std::current_exception();
  }

  for (const Listening& listening : listeners_) listening.listener->stop();
  try {
    co_await accepting.join();
  } catch (const Cancelled&) {
    // so it ends as well
  } catch (...) {
    failure = std::current_exception();
  }
  for (Listening& listening : listeners_) co_await std::move(listening.closing);
  co_await std::move(draining);
  beside.cancel(CancelReason::shutdown);
  try {
    co_await beside.join();
  } catch (...) {
    failure = std::current_exception();
  }
  for (auto& hook : app_->stop_hooks) co_await run_stop_hook(hook);
  if (failure) std::rethrow_exception(failure);
}

/// At most a line a second: whoever attacks must not fill the disk.
Callback<void(std::string_view)> Worker::limit_log() {
  static constexpr std::chrono::seconds pause{1};
  return [app = app_, loop = loop_, next = TimePoint::min(), unsaid = 0U](std::string_view limit) mutable {
    if (loop->now() < next) {
      ++unsaid;
      return;
    }
    next = time_after(loop->now(), pause);
    std::string line = "an HTTP/2 connection was ended for its " + std::string{limit};
    if (const unsigned others = std::exchange(unsaid, 0); others != 0)
      line += ", " + std::to_string(others) + " before";
    app->log(LogLevel::warning, line);
  };
}

Task<> Worker::run_stop_hook(Callback<Task<>(Loop&)>& hook) {
  constexpr std::chrono::seconds shielded_max{10};
  Context& context = co_await this_context();
  try {
    if (context.cancelled()) {
      const Result<void> done = co_await shield(shielded_max, hook(*loop_));
      done.value();
    } else {
      co_await hook(*loop_);
    }
  } catch (...) {
    app_->log(LogLevel::error, "a stop hook failed: " + describe(std::current_exception()));
  }
}

}  // namespace gyre::app
