#include <gyre/app/internal/run.hpp>

#include <gyre/app/internal/task_report.hpp>
#include <gyre/loop/host.hpp>
#include <gyre/loop/make_loop.hpp>

#include <csignal>
#include <cstdio>
#include <stdexcept>

namespace gyre::app {

void AppState::log(LogLevel level, const std::string& message) {
  const std::lock_guard lock{log_mutex};
  const LogRecord record{level, message};
  if (sink) {
    sink(record);
  } else {
    log_to_terminal(record);
  }
}

std::string describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (const Cancelled&) {
    return "cancelled";
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

int Run::execute() {
  {
    const std::lock_guard lock{state_->run_mutex};
    state_->stopping = false;
    state_->endpoints.clear();
  }
  try {
    if (options_.task_tree_on != 0) blocked_for_tasks_.emplace(std::initializer_list<int>{options_.task_tree_on});
    const bool reloads = options_.tls && !options_.tls->chain.empty() && options_.stop_on == StopOn::signals;
    if (reloads) blocked_for_reload_.emplace(std::initializer_list<int>{SIGHUP});
    if (options_.stop_on == StopOn::signals) blocked_.emplace(std::initializer_list<int>{SIGTERM, SIGINT});
    thread_count_ = options_.threads == 0 ? default_thread_count() : options_.threads;
    start_watchdog();
    prepare_tls();
    open_first();
    start_others();
    run_first();
  } catch (...) {
    fail(std::current_exception());
  }
  if (first_) first_->abandon();
  for (std::thread& thread : threads_) thread.join();
  watchdog_.reset();
  blocked_.reset();
  if (options_.task_tree_on != 0) discard_pending_signal(options_.task_tree_on);  // it asked for what is over
  if (blocked_for_reload_) discard_pending_signal(SIGHUP);                        // it asked for what is over
  blocked_for_reload_.reset();
  blocked_for_tasks_.reset();
  return failed_ ? 1 : 0;
}

// Before there is any other thread, and on a loop of its own: it has to be there when the first one serves.
void Run::prepare_tls() {
  if (!options_.tls) return;
  Result<std::unique_ptr<Loop>> loop = make_loop({.backend = Backend::epoll});
  if (!loop) throw std::runtime_error{"no loop to get the certificate: " + loop.error().message()};
  tls_ = (*loop)->run(ServedTls::make(*state_, *options_.tls, options_.server.http2));
}

// The first worker's listeners decide the ports that the others share.
void Run::open_first() {
  first_ = std::make_unique<Worker>(*state_, *service_, options_, tls(), 0U);
  first_->open(options_, {.reuse_port = thread_count_ > 1, .claim_port = true});
  const std::lock_guard lock{state_->run_mutex};
  state_->endpoints = first_->endpoints();
}

// TCP listeners are opened once per loop. A Unix socket or an inherited one exists once: the loops share it.
void Run::start_others() {
  const std::vector<Address> own = first_->own_addresses();
  for (unsigned index = 1; index < thread_count_; ++index) {
    Shared shared{Duplicates{first_->shared_descriptors(Scheme::http)},
                  Duplicates{first_->shared_descriptors(Scheme::https)}};
    threads_.emplace_back([this, index, own, its = std::move(shared)]() mutable { worker_thread(index, own, its); });
  }
}

void Run::worker_thread(unsigned number, const std::vector<Address>& addresses, Shared& shared) {
  Worker worker{*state_, *service_, options_, tls(), number};
  try {
    worker.open(addresses, {.reuse_port = true});
    worker.adopt(shared.http.copies(), Scheme::http);
    worker.adopt(shared.https.copies(), Scheme::https);
    serve(worker, [](Scope&) {});
  } catch (...) {
    fail(std::current_exception());
  }
  worker.abandon();
}

void Run::run_first() {
  serve(*first_, [this](Scope& scope) {
    if (options_.stop_on == StopOn::signals) scope.spawn(watch_signals());
    if (options_.task_tree_on != 0) scope.spawn(watch_for_tasks());
    if (blocked_for_reload_) scope.spawn(tls_->reload_on(*state_, SIGHUP));
    for (auto& task : state_->background) scope.spawn(run_background(*state_, task));
  });
}

namespace {

/// For the time of a scope a loop is watched.
class Watched {
 public:
  Watched(std::optional<Watchdog>& watchdog, Worker& worker) : watchdog_(&watchdog), loop_(&worker.loop()) {
    if (watchdog) watchdog->watch(*loop_, worker.number());
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    if (*watchdog_) (*watchdog_)->forget(*loop_);
  }

 private:
  std::optional<Watchdog>* watchdog_;
  const Loop* loop_;
};

}  // namespace

// Whatever fails in here: the worker leaves the others before it ends, by itself or because it is abandoned.
void Run::serve(Worker& worker, Callback<void(Scope&)> extra) {
  {
    const std::lock_guard lock{state_->run_mutex};
    state_->workers.push_back(&worker);
    if (state_->stopping) worker.stop();  // stopped before it began: it starts and ends at once
  }
  const Watched watched{watchdog_, worker};
  worker.run([this] { report_start(); }, std::move(extra));
}

// The line that scripts wait for, once every loop is ready.
void Run::report_start() {
  if (started_.fetch_add(1) + 1 < thread_count_) return;
  const Backend backend = first_->loop().backend();
  if (backend == Backend::epoll && options_.backend == Backend::automatic) {
    state_->log(LogLevel::warning, "using epoll: " + inspect_host().reason);
  }
  std::string line = "listening on";
  for (const std::string& url : first_->urls()) line += " " + url;
  line += " (" + std::string{name(backend)} + ", " + std::to_string(thread_count_) +
          (thread_count_ == 1 ? " thread)" : " threads)");
  state_->log(LogLevel::info, line);
}

void Run::fail(const std::exception_ptr& failure) noexcept {
  failed_ = true;
  try {
    state_->log(LogLevel::error, "cannot start: " + describe(failure));
  } catch (...) {
    // no memory for the line, or a sink that throws: the others are to be stopped all the same
  }
  const std::lock_guard lock{state_->run_mutex};
  stop_workers(*state_);
}

void Run::start_watchdog() {
  if (options_.watchdog == Duration::max()) return;
  watchdog_.emplace(options_.watchdog, [state = state_](const BlockedLoop& loop) {
    const bool freed = loop.stage == BlockedLoop::Stage::freed;
    if (!freed) state->blocked_turns.fetch_add(1, std::memory_order_relaxed);
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.1f s", std::chrono::duration<double>{loop.length}.count());
    std::string line = "loop " + std::to_string(loop.loop) + (freed ? " was" : " is") + " blocked for " + digits;
    if (!loop.label.empty()) line.append(" in ").append(loop.label);
    state->log(LogLevel::warning, line);
  });
  watchdog_->start();
}

// While this loop drains, too: that is when one wants to know.
Task<> Run::watch_for_tasks() {
  Context& context = co_await this_context();
  Signals signals{Loop::of(context)};
  const Result<void> opened = signals.open({options_.task_tree_on});
  if (!opened) {
    state_->log(LogLevel::error, "cannot watch for a signal: " + opened.error().message());
    co_return;
  }
  try {
    while (true) {
      co_await signals.next();
      co_await log_tasks();
    }
  } catch (const Cancelled&) {
    // the end of the run
  } catch (...) {
    state_->log(LogLevel::error, "cannot show the tasks: " + describe(std::current_exception()));
  }
  co_await signals.close();
}

Task<> Run::log_tasks() {
  auto report = report_tasks(*state_);
  const std::string text = co_await std::move(report);
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    state_->log(LogLevel::info, text.substr(begin, end - begin));
    begin = end + 1;
  }
}

Task<> Run::watch_signals() {
  Context& context = co_await this_context();
  Signals signals{Loop::of(context)};
  const Result<void> opened = signals.open({SIGTERM, SIGINT});
  if (!opened) {
    state_->log(LogLevel::error, "cannot watch signals: " + opened.error().message());
    co_return;
  }
  bool stopped = false;
  try {
    co_await signals.next();
    stopped = true;
  } catch (const Cancelled&) {
    // stopped by other means
  }
  co_await signals.close();
  if (stopped) {
    blocked_->restore();  // a second signal has its default effect: it ends a drain that takes too long
    const std::lock_guard lock{state_->run_mutex};
    stop_workers(*state_);
  }
}

}  // namespace gyre::app
