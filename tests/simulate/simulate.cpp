// Runs a server with its visitors in a simulated world, again and again, each time by another seed, and checks what
// must hold after each: see docs/testing.md.

#include "heap.hpp"
#include "schedule.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <unistd.h>

namespace gyre::simulate {
namespace {

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t count = 1000;
  bool verbose = false;  ///< Says what happened in each schedule.
};

bool parse_number(const char* text, std::uint64_t& number) {
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc{} && stop == end;
}

bool parse(int count, char** texts, Arguments& arguments) {
  for (int index = 1; index < count; ++index) {
    const std::string_view name = texts[index];
    if (name == "--verbose") {
      arguments.verbose = true;
      continue;
    }
    std::uint64_t* value = name == "--seeds" ? &arguments.count : name == "--seed" ? &arguments.first : nullptr;
    if (value == nullptr || ++index == count || !parse_number(texts[index], *value)) return false;
    if (name == "--seed") arguments.count = 1;
  }
  return true;
}

/// For the end of the process: a broken invariant aborts, and a schedule that does not end is ended by an alarm.
constinit char running_seed[64] = {};
constexpr unsigned longest_schedule_seconds = 60;

void tell_seed(int signal) {
  (void)!::write(STDERR_FILENO, running_seed, std::strlen(running_seed));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// Runs the schedule of a seed. What is wrong, or nothing.
std::string run_one(Router& router, std::uint64_t seed, bool verbose, std::uint64_t& requests) {
  std::snprintf(running_seed, sizeof running_seed, "broken by seed %llu\n", static_cast<unsigned long long>(seed));
  ::alarm(longest_schedule_seconds);
  std::string fault;
  const std::size_t before = heap_in_use();
  {
    Schedule schedule{router, seed};
    fault = schedule.run();
    requests += schedule.requests();
    if (verbose || !fault.empty()) std::printf("%s", schedule.describe().c_str());
  }
  if (fault.empty() && heap_in_use() != before) {
    fault = "memory is left: " + std::to_string(heap_in_use() - before) + " bytes";
  }
  return fault;
}

int run(const Arguments& arguments) {
  Router router;
  add_routes(router);
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  std::uint64_t ignored = 0;
  for (const int signal : {SIGABRT, SIGSEGV, SIGALRM}) std::signal(signal, tell_seed);
  (void)run_one(router, arguments.first, false, ignored);  // fills what lives as long as the thread
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.count; ++seed) {
    const std::string fault = run_one(router, seed, arguments.verbose, requests);
    if (fault.empty()) continue;
    ++failed;
    std::printf("seed %llu: %s\nrepeat with: ./dev simulate --seed %llu\n\n", static_cast<unsigned long long>(seed),
                fault.c_str(), static_cast<unsigned long long>(seed));
    if (failed == 10) break;
  }
  std::printf("%llu schedules from seed %llu, %llu requests\n", static_cast<unsigned long long>(arguments.count),
              static_cast<unsigned long long>(arguments.first), static_cast<unsigned long long>(requests));
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(arguments.count - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gyre::simulate

int main(int count, char** texts) {
  gyre::simulate::Arguments arguments;
  if (!gyre::simulate::parse(count, texts, arguments)) {
    std::fprintf(stderr, "usage: simulate [--seeds N] [--seed S] [--verbose]\n");
    return 2;
  }
  return gyre::simulate::run(arguments);
}
