// What it costs when handlers hang: 10,000 requests whose handler waits for 10 s under a deadline of 50 ms, 10 on each
// of 1,000 connections. One process: an `App` on one loop, on the first processor, the client on the second.
//
//     build/benchmarks/deadlines [uring|epoll] [--realtime]
//
// Prints how late the answers are, what a request costs the loop's thread beside the same load of plain answers and of
// handlers that end in time, the loop's longest turn, and what is left in the end. Exit code 1 if a request was not
// answered with its status, or a task is left. --realtime (root) runs it before everything else on the machine.

#include "app_thread.hpp"
#include "deadline_client.hpp"

#include <gyre/coro/this_scope.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>

namespace {

using namespace gyre_benchmark;
using namespace std::chrono_literals;

constexpr gyre::Duration limit = 50ms;
constexpr unsigned rounds = 5;
constexpr gyre::Duration spread = 4s;

/// The process needs two for each connection, more than many systems give without being asked.
void raise_descriptor_limit() {
  rlimit limits{};
  if (::getrlimit(RLIMIT_NOFILE, &limits) != 0) return;
  limits.rlim_cur = limits.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limits);
}

/// Bytes of the process that are in memory.
std::size_t resident() {
  std::array<char, 128> text{};
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  const std::size_t size = std::fread(text.data(), 1, text.size() - 1, file);
  std::fclose(file);
  std::size_t total = 0;
  std::size_t pages = 0;
  if (size == 0 || std::sscanf(text.data(), "%zu %zu", &total, &pages) != 2) return 0;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Bytes of the heap that are in use.
std::size_t allocated() {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

double mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

/// Measures each turn of the loop, on the clock of the thread, from the end of one to the end of the next, the call of
/// the kernel included. It keeps the loop from waiting, so what a request costs is measured without it.
class TurnMeter : public gyre::FlushHook {
 public:
  TurnMeter() : FlushHook([](gyre::FlushHook& self) noexcept { static_cast<TurnMeter&>(self).turned(); }) {}

  void start(gyre::Loop& loop) {
    loop_ = &loop;
    last_ = {};
    longest = longest_ending = {};
    loop.flush_later(*this);
  }
  void stop() { loop_ = nullptr; }
  void handler_ended() { ending_ = true; }

  gyre::Duration longest{};         ///< Of those in which no handler ended.
  gyre::Duration longest_ending{};  ///< Of those in which at least one did.

 private:
  void turned() {
    if (loop_ == nullptr) return;
    const gyre::Duration time = thread_time();
    gyre::Duration& kind = ending_ ? longest_ending : longest;
    if (last_ != gyre::Duration{}) kind = std::max(kind, time - last_);
    ending_ = false;
    last_ = time;
    loop_->flush_later(*this);
  }

  gyre::Loop* loop_ = nullptr;
  gyre::Duration last_{};
  bool ending_ = false;
};

/// The most that was in use while handlers ran. On the loop's thread.
struct Peak {
  std::size_t handlers = 0;
  std::size_t tasks = 0;
  std::size_t allocated = 0;
  std::size_t resident = 0;
};

/// The application, and what its handlers tell about themselves on the loop's thread.
struct Service {
  gyre::App app;
  TurnMeter turns;
  Peak peak;
  const AppThread* thread = nullptr;  ///< If set, the peak is looked for.
  std::atomic<std::size_t> running = 0;

  Service() {
    app.get("/plain", [] { return "Hello, World!"; });
    app.get("/in_time", [this] { return wait(limit); });
    app.get("/hangs", [this] { return wait(10s); }, {.handler = limit});
  }

  /// Waits, on the client's thread, until no handler runs: the answers come first.
  void await_rest() {
    for (std::size_t seen = running.load(); seen != 0; seen = running.load()) running.wait(seen);
  }

  void began() {
    const std::size_t number = ++running;
    if (thread == nullptr || number <= peak.handlers || number % 1000 != 0) return;
    peak = {.handlers = number, .tasks = thread->tasks(), .allocated = allocated(), .resident = resident()};
  }
  void ended() {
    turns.handler_ended();
    if (--running == 0) running.notify_one();
  }

  gyre::Task<std::string> wait(gyre::Duration length) {
    struct Alive {
      explicit Alive(Service& of) : service(&of) { service->began(); }
      Alive(const Alive&) = delete;
      Alive& operator=(const Alive&) = delete;
      ~Alive() { service->ended(); }
      Service* service;
    };
    const Alive alive{*this};
    co_await gyre::sleep_for(length);
    co_return "Hello, World!";
  }
};

bool failed = false;

/// A service, its loop, and a load.
struct Site {
  explicit Site(const AppThreadOptions& options) : server(service.app, options) {}

  /// One pass: sends everything, waits for the answers, which have this status, and for the ends of the handlers.
  Answers ask(DeadlineClient& client, const char* path, unsigned status, gyre::Duration over = 0s) {
    Answers answers = client.ask(path, over);
    service.await_rest();
    server.call([](gyre::Loop&) {});
    if (answers.count(status) != requests_total) {
      failed = true;
      std::printf("  FAILED: %zu of %zu answers are %u\n", answers.count(status), requests_total, status);
    }
    return answers;
  }

  Service service;
  AppThread server;
};

/// The passes of one kind.
struct Passes {
  const char* what;
  const char* path;
  unsigned status;
  Answers answers = {};
  std::vector<gyre::Duration> costs = {};

  void run(Site& site, DeadlineClient& client) {
    const gyre::Duration before = site.server.cpu_time();
    answers.add(site.ask(client, path, status));
    costs.push_back(site.server.cpu_time() - before);
  }
  void print_cost() {
    constexpr auto requests = static_cast<double>(requests_total);
    std::printf("  CPU a request, %-34s median %5.2f us, min %5.2f, max %5.2f\n", what,
                microseconds(quantile(costs, 0.5)) / requests, microseconds(quantile(costs, 0)) / requests,
                microseconds(quantile(costs, 1)) / requests);
  }
};

void print_lateness(const char* what, Answers& answers) {
  for (gyre::Duration& wait : answers.waits) wait -= limit;
  std::printf("  late, %-43s p50 %6.2f ms, p99 %6.2f, max %6.2f; %zu times 503\n", what,
              milliseconds(quantile(answers.waits, 0.5)), milliseconds(quantile(answers.waits, 0.99)),
              milliseconds(quantile(answers.waits, 1)), answers.count(503));
}

void print_turns(const char* what, std::vector<gyre::Duration>& turns) {
  std::printf("  longest turn, %-35s median %5.2f ms of CPU, max %5.2f\n", what, milliseconds(quantile(turns, 0.5)),
              milliseconds(quantile(turns, 1)));
}

void measure_load(const AppThreadOptions& options) {
  Site site{options};
  DeadlineClient client{site.server.port()};
  Passes plain{.what = "plain handler, 200:", .path = "/plain", .status = 200};
  Passes in_time{.what = "handler waits for 50 ms, 200:", .path = "/in_time", .status = 200};
  Passes hanging{.what = "handler is cancelled at 50 ms, 503:", .path = "/hangs", .status = 503};
  (void)site.ask(client, hanging.path, hanging.status);
  for (unsigned round = 0; round < rounds; ++round) {
    for (Passes* passes : {&plain, &in_time, &hanging}) passes->run(site, client);
  }
  Answers staggered = site.ask(client, hanging.path, hanging.status, spread);
  print_lateness("staggered over 4 s:", staggered);
  print_lateness("all at once, since the send:", hanging.answers);
  for (Passes* passes : {&plain, &in_time, &hanging}) passes->print_cost();

  TurnMeter& turns = site.service.turns;
  std::vector<gyre::Duration> others;
  std::vector<gyre::Duration> ending;
  for (unsigned round = 0; round < rounds; ++round) {
    site.server.call([&](gyre::Loop& loop) { turns.start(loop); });
    (void)site.ask(client, hanging.path, hanging.status);
    site.server.call([&](gyre::Loop&) { turns.stop(); });
    others.push_back(turns.longest);
    ending.push_back(turns.longest_ending);
  }
  print_turns("in which no handler ends:", others);
  print_turns("in which handlers are cancelled:", ending);
}

/// Tasks and memory: before, while everything waits, after each round, without connections, without a server.
void measure_rest(AppThreadOptions options) {
  options.task_tree = true;
  const std::size_t allocated_at_first = allocated();
  std::size_t tasks_before = 0;
  std::size_t tasks_left = 0;
  std::string in_use;
  std::string in_memory;
  Peak peak;
  const auto note = [&](std::size_t heap, std::size_t memory) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), " %6.1f", mebibytes(heap));
    in_use += text.data();
    std::snprintf(text.data(), text.size(), " %6.1f", mebibytes(memory));
    in_memory += text.data();
  };
  {
    Site site{options};
    site.server.call([&](gyre::Loop&) {
      tasks_before = site.server.tasks();
      site.service.thread = &site.server;
    });
    note(allocated(), resident());
    std::optional<DeadlineClient> client{site.server.port()};
    for (unsigned round = 0; round < rounds; ++round) {
      (void)site.ask(*client, "/hangs", 503);
      peak = site.service.peak;
      if (round == 0) note(peak.allocated, peak.resident);
      note(allocated(), resident());
    }
    client.reset();
    site.server.call([&](gyre::Loop&) { tasks_left = site.server.tasks() - tasks_before; });
    ::malloc_trim(0);
    note(allocated(), resident());
  }
  ::malloc_trim(0);
  note(allocated(), resident());
  std::printf("  tasks: %zu before, %zu with %zu handlers at work, %zu more than before at the end\n", tasks_before,
              peak.tasks, peak.handlers, tasks_left);
  std::printf("  MiB               before waiting  after 1      2      3      4      5 closed server gone\n");
  std::printf("  of the heap      %s (%.1f at first)\n", in_use.c_str(), mebibytes(allocated_at_first));
  std::printf("  resident         %s\n", in_memory.c_str());
  if (tasks_left != 0) failed = true;
}

}  // namespace

int main(int argc, char** argv) try {
  const Settings settings = settings_of(argc, argv);
  pin(1, settings.scheduling);
  raise_descriptor_limit();
  for (const gyre::Backend backend : settings.backends) {
    std::printf("%s\n", std::string{gyre::name(backend)}.c_str());
    const AppThreadOptions options{.backend = backend, .scheduling = settings.scheduling};
    measure_load(options);
    measure_rest(options);
  }
  return failed ? 1 : 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "deadlines: %s\n", error.what());
  return 1;
}
