// What it costs when handlers hang: 10,000 requests whose handler waits for 10 s under a deadline of 50 ms, 10 on each
// of 1,000 connections. One process: an `App` on one loop, on the first processor, the client on the second.
//
//     build/benchmarks/deadlines [uring|epoll] [--realtime]
//
// Prints how late the answers are, what a request costs the loop's thread beside the same load of plain answers and of
// handlers that end in time, the loop's longest turn, and what is left in the end. Exit code 1 if a request was not
// answered with 503, or a task is left. --realtime (root) runs it before everything else on the machine.

#include "app_thread.hpp"
#include "deadline_client.hpp"

#include <gyre/coro/this_scope.hpp>

#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace {

using namespace gyre_benchmark;
using namespace std::chrono_literals;

constexpr gyre::Duration limit = 50ms;
constexpr unsigned rounds = 5;
constexpr gyre::Duration spread = 4s;

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
  std::size_t resident = 0;
};

/// The application, and what its handlers tell about themselves on the loop's thread.
struct Service {
  gyre::App app;
  TurnMeter turns;
  Peak peak;
  const AppThread* thread = nullptr;  ///< If set, the peak is looked for.
  std::size_t running = 0;

  Service() {
    app.get("/plain", [] { return "Hello, World!"; });
    app.get("/in_time", [this] { return wait(limit); });
    app.get("/hangs", [this] { return wait(10s); }, {.handler = limit});
  }

  void began() {
    ++running;
    if (thread == nullptr || running <= peak.handlers || running % 1000 != 0) return;
    peak = {.handlers = running, .tasks = thread->tasks(), .resident = resident()};
  }

  gyre::Task<std::string> wait(gyre::Duration length) {
    struct Alive {
      explicit Alive(Service& of) : service(&of) { service->began(); }
      Alive(const Alive&) = delete;
      Alive& operator=(const Alive&) = delete;
      ~Alive() {
        --service->running;
        service->turns.handler_ended();
      }
      Service* service;
    };
    const Alive alive{*this};
    co_await gyre::sleep_for(length);
    co_return "Hello, World!";
  }
};

struct Settings {
  gyre::Backend backend = gyre::Backend::automatic;
  Scheduling scheduling = {};
};

bool failed = false;

void expect_all(const Answers& answers, unsigned status) {
  if (answers.count(status) == requests_total) return;
  failed = true;
  std::printf("  FAILED: %zu of %zu answers are %u\n", answers.count(status), requests_total, status);
}

/// One pass of the load: its answers, and the processor time that the loop's thread took for it.
gyre::Duration ask(AppThread& server, DeadlineClient& client, const char* path, unsigned status, Answers& answers) {
  const gyre::Duration before = server.cpu_time();
  const Answers got = client.ask(path, 0s);
  server.call([](gyre::Loop&) {});
  const gyre::Duration used = server.cpu_time() - before;
  expect_all(got, status);
  answers.add(got);
  return used;
}

void print_lateness(const char* what, Answers answers) {
  for (gyre::Duration& wait : answers.waits) wait -= limit;
  std::printf("  %-36s p50 %7.2f ms, p99 %7.2f, max %7.2f; %zu answers 503\n", what,
              milliseconds(quantile(answers.waits, 0.5)), milliseconds(quantile(answers.waits, 0.99)),
              milliseconds(quantile(answers.waits, 1)), answers.count(503));
}

void print_cost(const char* what, std::vector<gyre::Duration> costs) {
  constexpr auto requests = static_cast<double>(requests_total);
  std::printf("  %-36s median %6.2f us of CPU a request, min %6.2f, max %6.2f\n", what,
              microseconds(quantile(costs, 0.5)) / requests, microseconds(quantile(costs, 0)) / requests,
              microseconds(quantile(costs, 1)) / requests);
}

void measure_load(const Settings& settings) {
  Service service;
  AppThread server{service.app, {.backend = settings.backend, .scheduling = settings.scheduling}};
  DeadlineClient client{server.port()};
  Answers plain;
  Answers in_time;
  Answers hanging;
  std::vector<gyre::Duration> plain_costs;
  std::vector<gyre::Duration> in_time_costs;
  std::vector<gyre::Duration> hanging_costs;
  (void)ask(server, client, "/hangs", 503, plain);
  for (unsigned round = 0; round < rounds; ++round) {
    plain_costs.push_back(ask(server, client, "/plain", 200, plain));
    in_time_costs.push_back(ask(server, client, "/in_time", 200, in_time));
    hanging_costs.push_back(ask(server, client, "/hangs", 503, hanging));
  }
  Answers staggered = client.ask("/hangs", spread);
  expect_all(staggered, 503);

  print_lateness("late, staggered over 4 s:", std::move(staggered));
  print_lateness("late, all at once, since the send:", std::move(hanging));
  print_cost("plain answer:", std::move(plain_costs));
  print_cost("handler waits for 50 ms, 200:", std::move(in_time_costs));
  print_cost("handler is cancelled at 50 ms, 503:", std::move(hanging_costs));

  std::vector<gyre::Duration> beginning;
  std::vector<gyre::Duration> ending;
  for (unsigned round = 0; round < rounds; ++round) {
    server.call([&](gyre::Loop& loop) { service.turns.start(loop); });
    expect_all(client.ask("/hangs", 0s), 503);
    server.call([&](gyre::Loop&) { service.turns.stop(); });
    beginning.push_back(service.turns.longest);
    ending.push_back(service.turns.longest_ending);
  }
  std::printf("  longest turn, handlers begin:        median %6.2f ms of CPU, max %6.2f\n",
              milliseconds(quantile(beginning, 0.5)), milliseconds(quantile(beginning, 1)));
  std::printf("  longest turn, handlers are cancelled: median %5.2f ms of CPU, max %6.2f\n",
              milliseconds(quantile(ending, 0.5)), milliseconds(quantile(ending, 1)));
}

void measure_rest(const Settings& settings) {
  Service service;
  AppThread server{service.app, {.backend = settings.backend, .scheduling = settings.scheduling, .task_tree = true}};
  std::size_t before = 0;
  server.call([&](gyre::Loop&) {
    before = server.tasks();
    service.thread = &server;
  });
  const auto mebibytes = [](std::size_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  const double resident_before = mebibytes(resident());
  std::array<double, 5> after{};
  {
    DeadlineClient client{server.port()};
    for (double& each : after) {
      expect_all(client.ask("/hangs", 0s), 503);
      each = mebibytes(resident());
    }
  }
  std::size_t left = 0;
  std::size_t running = 0;
  server.call([&](gyre::Loop&) {
    left = server.tasks() - before;
    running = service.running;
  });
  std::printf("  tasks: %zu before, %zu with %zu handlers waiting; %zu more and %zu handlers at the end\n", before,
              service.peak.tasks, service.peak.handlers, left, running);
  std::printf("  resident MiB: %.1f before, %.1f at most while they wait, %.1f %.1f %.1f %.1f %.1f after each round",
              resident_before, mebibytes(service.peak.resident), after[0], after[1], after[2], after[3], after[4]);
  ::malloc_trim(0);
  std::printf(", %.1f at the end, trimmed\n", mebibytes(resident()));
  if (left != 0 || running != 0) failed = true;
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<gyre::Backend> backends;
  Scheduling scheduling;
  for (int index = 1; index < argc; ++index) {
    if (std::strcmp(argv[index], "uring") == 0) backends.push_back(gyre::Backend::uring);
    if (std::strcmp(argv[index], "epoll") == 0) backends.push_back(gyre::Backend::epoll);
    if (std::strcmp(argv[index], "--realtime") == 0) scheduling.realtime = true;
  }
  if (backends.empty()) backends = {gyre::Backend::uring, gyre::Backend::epoll};
  pin(1, scheduling);
  for (const gyre::Backend backend : backends) {
    std::printf("%s\n", std::string{gyre::name(backend)}.c_str());
    measure_load({.backend = backend, .scheduling = scheduling});
    measure_rest({.backend = backend, .scheduling = scheduling});
  }
  return failed ? 1 : 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "deadlines: %s\n", error.what());
  return 1;
}
