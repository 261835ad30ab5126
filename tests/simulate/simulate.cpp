// Runs a server with its visitors in a simulated world, again and again, each time by another seed, and checks what
// must hold after each: see docs/testing.md.

#include "heap.hpp"
#include "schedule.hpp"
#include "site.hpp"

#include <gyre/testing/tls.hpp>

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
  Encrypted which = Encrypted::some;
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
    if (name == "--tls") {
      arguments.which = Encrypted::all;
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

/// What has been done so far.
struct Done {
  std::uint64_t requests = 0;
  std::uint64_t encrypted = 0;  ///< Schedules over TLS.
  std::uint64_t h2_visitors = 0;
  std::uint64_t fingerprint = 0;  ///< The same for the same seeds, in every process.
};

/// Runs the schedule of a seed. What is wrong, or nothing.
std::string run_one(Router& router, std::uint64_t seed, const Arguments& arguments, Done& done) {
  std::snprintf(running_seed, sizeof running_seed, "broken by seed %llu\n", static_cast<unsigned long long>(seed));
  ::alarm(longest_schedule_seconds);
  std::string fault;
  const std::size_t before = heap_in_use();
  {
    Schedule schedule{router, seed, arguments.which};
    fault = schedule.run();
    done.requests += schedule.requests();
    done.encrypted += schedule.encrypted() ? 1 : 0;
    done.h2_visitors += schedule.h2_visitors();
    done.fingerprint = done.fingerprint * 31 + schedule.fingerprint();
    if (arguments.verbose || !fault.empty()) std::printf("%s", schedule.describe().c_str());
  }
  if (fault.empty() && heap_in_use() != before) {
    fault = "memory is left: " + std::to_string(heap_in_use() - before) + " bytes";
  }
  return fault;
}

/// Some schedules are run a second time: whatever is random in TLS must not make a difference.
std::string run_and_repeat(Router& router, std::uint64_t seed, const Arguments& arguments, Done& done) {
  constexpr std::uint64_t repeated_every = 50;
  Done first;
  std::string fault = run_one(router, seed, arguments, first);
  if (fault.empty() && seed % repeated_every == 0) {
    Done second;
    Arguments quietly = arguments;
    quietly.verbose = false;
    fault = run_one(router, seed, quietly, second);
    if (fault.empty() && first.fingerprint != second.fingerprint) fault = "it is another run the second time";
  }
  done.requests += first.requests;
  done.encrypted += first.encrypted;
  done.h2_visitors += first.h2_visitors;
  done.fingerprint = done.fingerprint * 31 + first.fingerprint;
  return fault;
}

int run(const Arguments& arguments) {
  Router router;
  add_routes(router);
  Done done;
  Done ignored;
  std::uint64_t failed = 0;
  (void)testing::TlsEnds::get();  // lives as long as the process
  for (const int signal : {SIGABRT, SIGSEGV, SIGALRM}) std::signal(signal, tell_seed);
  Arguments quietly = arguments;
  quietly.verbose = false;
  (void)run_one(router, arguments.first, quietly, ignored);  // fills what lives as long as the thread
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.count; ++seed) {
    const std::string fault = run_and_repeat(router, seed, arguments, done);
    if (fault.empty()) continue;
    ++failed;
    std::printf("seed %llu: %s\nrepeat with: ./dev simulate --seed %llu%s\n\n", static_cast<unsigned long long>(seed),
                fault.c_str(), static_cast<unsigned long long>(seed),
                arguments.which == Encrypted::all ? " --tls" : "");
    if (failed == 10) break;
  }
  std::printf(
      "%llu schedules from seed %llu, %llu of them over TLS, %llu requests, %llu visitors by HTTP/2, "
      "fingerprint %016llx\n",
      static_cast<unsigned long long>(arguments.count), static_cast<unsigned long long>(arguments.first),
      static_cast<unsigned long long>(done.encrypted), static_cast<unsigned long long>(done.requests),
      static_cast<unsigned long long>(done.h2_visitors), static_cast<unsigned long long>(done.fingerprint));
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(arguments.count - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gyre::simulate

int main(int count, char** texts) {
  gyre::simulate::Arguments arguments;
  if (!gyre::simulate::parse(count, texts, arguments)) {
    std::fprintf(stderr, "usage: simulate [--seeds N] [--seed S] [--tls] [--verbose]\n");
    return 2;
  }
  return gyre::simulate::run(arguments);
}
