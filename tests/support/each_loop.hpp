#pragma once

#include <gyre/loop/epoll/epoll_loop.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>

#include <dirent.h>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

/// One test body on every kind of loop.
namespace loop_test {

/// The seeds of a random test: the one in GYRE_SEED, or `count` of them from 1.
inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
  if (const char* given = std::getenv("GYRE_SEED")) return {std::strtoull(given, nullptr, 0)};
  std::vector<std::uint64_t> all;
  for (std::uint64_t seed = 1; seed <= count; ++seed) all.push_back(seed);
  return all;
}

inline int open_descriptors() {
  int count = 0;
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return -1;
  while (::readdir(directory) != nullptr) ++count;
  ::closedir(directory);
  return count;
}

/// A loop of the operating system, or null where there is none of this kind: said loudly, because then nothing was
/// tested.
inline std::unique_ptr<gyre::Loop> make_or_warn(const gyre::LoopOptions& options) {
  auto made = gyre::make_loop(options);
  if (made) return std::move(*made);
  if (std::getenv("GYRE_ALL_LOOPS") != nullptr) FAIL("no loop on " << name(options.backend));
  WARN("SKIPPED: no loop on " << name(options.backend) << ": " << made.error().message());
  return nullptr;
}

/// Runs `body(Loop&)` and checks what every body owes: nothing armed, no descriptor left.
template <class Body>
void run_and_check(std::unique_ptr<gyre::Loop> loop, int descriptors_before, const Body& body) {
  body(*loop);
  CHECK(loop->armed() == 0);
  if (loop->backend() == gyre::Backend::sim) CHECK(static_cast<gyre::SimLoop&>(*loop).open_descriptors() == 0);
  loop.reset();
  CHECK(open_descriptors() == descriptors_before);
}

/// Runs `body(Loop&)` in a section per kind of loop of the operating system.
template <class Body>
void for_each_real_loop(const Body& body) {
  struct Kind {
    const char* name;
    gyre::Backend backend;
    bool defer_task_run;
  };
  for (const Kind& kind : {Kind{"uring", gyre::Backend::uring, true}, Kind{"uring, old", gyre::Backend::uring, false},
                           Kind{"epoll", gyre::Backend::epoll, true}}) {
    DYNAMIC_SECTION(kind.name) {
      const int before = open_descriptors();
      gyre::LoopOptions options;
      options.backend = kind.backend;
      options.defer_task_run = kind.defer_task_run;
      auto loop = make_or_warn(options);
      if (loop) run_and_check(std::move(loop), before, body);
    }
  }
  DYNAMIC_SECTION("epoll, old") {
    const int before = open_descriptors();
    run_and_check(std::move(*gyre::EpollLoop::make({.nanosecond_wait = false})), before, body);
  }
}

/// Runs `body(Loop&)` in a section per kind of simulated loop and seed.
template <class Body>
void for_each_sim_loop(const Body& body) {
  for (const std::uint64_t seed : seeds(4)) {
    for (const bool split : {false, true}) {
      DYNAMIC_SECTION("sim" << (split ? ", split chunks" : "") << ", GYRE_SEED=" << seed) {
        gyre::SimOptions options;
        options.seed = seed;
        options.split_chunks = split;
        const int before = open_descriptors();
        run_and_check(std::make_unique<gyre::SimLoop>(options), before, body);
      }
    }
  }
}

/// Runs `body(Loop&)` in a section per kind of loop.
template <class Body>
void for_each_loop(const Body& body) {
  for_each_sim_loop(body);
  for_each_real_loop(body);
}

}  // namespace loop_test
