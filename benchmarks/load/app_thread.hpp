#pragma once

// What the programs that measure cancellation share: an application on one loop, on a thread of its own, and what can
// be asked about it from the client's thread.

#include <gyre/coro/task_tree.hpp>
#include <gyre/gyre.hpp>
#include <gyre/loop/make_loop.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gyre_benchmark {

/// The system's clocks: the one that loops use, and the processor time of the calling thread.
inline gyre::Duration read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}
inline gyre::Duration now() { return read_clock(CLOCK_MONOTONIC); }
inline gyre::Duration thread_time() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

inline double microseconds(gyre::Duration length) { return static_cast<double>(length.count()) / 1e3; }
inline double milliseconds(gyre::Duration length) { return static_cast<double>(length.count()) / 1e6; }

/// How the threads of a program are run.
struct Scheduling {
  /// Before everything else on the machine (SCHED_FIFO), which needs root.
  bool realtime = false;
};

/// What the command line of these programs says: `[uring|epoll] [--realtime]`.
struct Settings {
  std::vector<gyre::Backend> backends;  ///< Those named, else all that this machine has.
  Scheduling scheduling;
};

/// Throws if an argument is none.
inline Settings settings_of(int argc, char** argv) {
  Settings settings;
  for (int index = 1; index < argc; ++index) {
    const std::string_view argument = argv[index];
    if (argument == "--realtime") {
      settings.scheduling.realtime = true;
    } else if (argument == name(gyre::Backend::uring)) {
      settings.backends.push_back(gyre::Backend::uring);
    } else if (argument == name(gyre::Backend::epoll)) {
      settings.backends.push_back(gyre::Backend::epoll);
    } else {
      throw std::invalid_argument{"arguments are: [uring|epoll] [--realtime]"};
    }
  }
  if (!settings.backends.empty()) return settings;
  for (const gyre::Backend backend : {gyre::Backend::uring, gyre::Backend::epoll}) {
    if (gyre::make_loop({.backend = backend})) settings.backends.push_back(backend);
  }
  return settings;
}

/// Pins the calling thread to a processor, where the machine has it. Throws if it may not be put before all others.
inline void pin(unsigned processor, const Scheduling& scheduling) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  (void)::sched_setaffinity(0, sizeof(set), &set);
  const sched_param priority{.sched_priority = 1};
  if (scheduling.realtime && ::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &priority) != 0) {
    throw std::runtime_error{"--realtime needs root"};
  }
}

/// The part of the samples that is not above the result: 0.5 for the median. They are sorted by it.
inline gyre::Duration quantile(std::vector<gyre::Duration>& samples, double part) {
  if (samples.empty()) return {};
  std::ranges::sort(samples);
  const auto last = static_cast<double>(samples.size() - 1);
  return samples[static_cast<std::size_t>(last * part + 0.5)];
}

/// A blocking TCP connection to a port of this machine. Throws if there is none.
inline int connect_to(std::uint16_t port) {
  const sockaddr_in address{
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error{"cannot connect"};
  }
  return socket;
}

struct AppThreadOptions {
  gyre::Backend backend = gyre::Backend::automatic;
  Scheduling scheduling = {};
  bool task_tree = false;  ///< Counts the loop's tasks, which costs an allocation for each.
};

/// Runs an `App` on a loop of its own thread, on the first processor, listening on a free port of the loopback, until
/// it dies. Everything but what `call` runs belongs to the thread that made it.
class AppThread {
 public:
  /// Throws if there is no such loop on this machine.
  AppThread(gyre::App& app, const AppThreadOptions& options) : app_(&app) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof(address);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 4096) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error{"cannot listen"};
    }
    port_ = ntohs(address.sin_port);
    std::promise<gyre::Loop*> made;
    auto loop = made.get_future();
    thread_ = std::thread{[this, listener, options, &made] { run(listener, options, made); }};
    try {
      loop_ = loop.get();
    } catch (...) {
      thread_.join();
      throw;
    }
    ::pthread_getcpuclockid(thread_.native_handle(), &clock_);
  }
  AppThread(const AppThread&) = delete;
  AppThread& operator=(const AppThread&) = delete;
  ~AppThread() {
    app_->stop();
    thread_.join();
  }

  std::uint16_t port() const noexcept { return port_; }
  /// The processor time of the loop's thread so far, in user space and in the kernel.
  gyre::Duration cpu_time() const { return read_clock(clock_); }

  /// Runs `function`, which takes the loop, on the loop's thread, behind what is ready there, and waits for its end.
  template <class Function>
  void call(Function function) {
    struct Call : gyre::Work {
      Call(gyre::Loop& on, Function& what)
          : Work([](gyre::Work& self) noexcept {
              auto& call = static_cast<Call&>(self);
              (*call.function)(*call.loop);
              call.done.set_value();
            }),
            loop(&on),
            function(&what) {}
      gyre::Loop* loop;
      Function* function;
      std::promise<void> done;
    } call{*loop_, function};
    auto done = call.done.get_future();
    loop_->post(call);
    done.wait();
  }

  /// Tasks that have not ended, with `AppThreadOptions::task_tree`; on the loop's thread only.
  std::size_t tasks() const noexcept { return tasks_ ? tasks_->size() : 0; }

 private:
  void run(int listener, const AppThreadOptions& options, std::promise<gyre::Loop*>& made) {
    std::unique_ptr<gyre::Loop> loop;
    try {
      pin(0, options.scheduling);
      auto result = gyre::make_loop({.backend = options.backend});
      if (!result) throw std::runtime_error{result.error().message()};
      loop = std::move(*result);
      if (options.task_tree) tasks_.emplace(*loop);
    } catch (...) {
      return made.set_exception(std::current_exception());
    }
    gyre::RunOptions run_options;
    run_options.host = "";
    run_options.descriptors = {listener};
    run_options.drain = std::chrono::seconds{1};
    auto serving = app_->serve(*loop, run_options);
    made.set_value(loop.get());
    loop->run(std::move(serving));
    tasks_.reset();
  }

  gyre::App* app_;
  gyre::Loop* loop_ = nullptr;
  std::optional<gyre::TaskTree> tasks_;
  std::uint16_t port_ = 0;
  clockid_t clock_{};
  std::thread thread_;
};

}  // namespace gyre_benchmark
