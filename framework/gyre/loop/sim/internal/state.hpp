#pragma once

#include <gyre/loop/sim/internal/faults.hpp>
#include <gyre/loop/sim/internal/files.hpp>
#include <gyre/loop/sim/internal/network.hpp>
#include <gyre/loop/sim/internal/schedule.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

/// What a `SimLoop` is made of.
namespace gyre {

/// What goes into the digest of a run.
enum class SimLoop::Noted : std::uint8_t { submit, cancel, progress, completion, shutdown, reset, close };

struct SimLoop::Entry {
  Operation* reader = nullptr;
  Operation* writer = nullptr;
  std::vector<PollOperation*> polls;
  Lane read_lane{.side = Step::Side::read};
  Lane write_lane{.side = Step::Side::write};
  Lane poll_lane{.side = Step::Side::poll};

  bool idle() const noexcept { return reader == nullptr && writer == nullptr && polls.empty(); }
};

struct SimLoop::State {
  explicit State(const SimOptions& given)
      : options(given),
        network(given),
        chance(given.seed),
        faults(given),
        late(given.seed ^ 0x6c61746500000000u),
        clock(given.seed ^ 0x636c6f636b000000u),
        jumps(given.clock.jump_every, clock),
        stalls(given.clock.stall_every, clock) {}

  SimOptions options;
  detail::SimNetwork network;
  detail::SimFiles files;
  detail::SimChance chance;
  detail::SimFaultSource faults;
  detail::SimChance late;
  detail::SimChance clock;
  detail::SimNowAndThen jumps;
  detail::SimNowAndThen stalls;
  Duration wall_offset{};
  std::vector<std::unique_ptr<Entry>> entries;
  Lane stray;  ///< for operations on descriptors that do not exist
  std::unordered_map<const Operation*, Lane> file_lanes;
  detail::SimSchedule schedule;
  std::uint64_t operations = 0;
  std::uint64_t cancel_number = 0;  ///< 0: none
  Context* cancel_context = nullptr;
  std::uint64_t fingerprint = 0;
  std::atomic<bool> woken{false};
};

}  // namespace gyre
