#pragma once

#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/internal/fifo.hpp>
#include <gyre/loop/sim/internal/files.hpp>
#include <gyre/loop/sim/internal/network.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

/// What a `SimLoop` is made of.
namespace gyre {
namespace detail {

/// splitmix64: a generator apart from `Loop::random`, so that a program that asks for one number more keeps its order
/// of events.
class SimChance {
 public:
  explicit SimChance(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }
  /// Less than `limit`, which is not 0.
  std::size_t below(std::size_t limit) noexcept { return static_cast<std::size_t>(next() % limit); }
  bool coin() noexcept { return (next() & 1) != 0; }

 private:
  std::uint64_t state_;
};

}  // namespace detail

/// One thing that `dispatch` does.
struct SimLoop::Step {
  enum class Kind : unsigned char {
    result,        ///< hand `value` to `operation`
    attempt,       ///< try what waits on the lane's side of the descriptor
    last_attempt,  ///< try `operation` once more, then it is cancelled
    file,          ///< work on a file, or end with `value` if that is not 0
  };
  enum class Side : unsigned char { none, read, write, poll };
  Kind kind;
  Side side;
  std::int32_t value;    ///< the result, or the descriptor of an attempt
  Operation* operation;  ///< none for an attempt: the operation that waits there then
};

/// What is to be done on one side of a descriptor, in order. Lanes with something in them take turns by chance.
struct SimLoop::Lane {
  detail::Fifo<Step> steps{};
  Step::Side side = Step::Side::none;
  bool attempt_queued = false;
  std::size_t place = 0;  ///< among the active ones
};

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
      : options(given), network(given.pipe_capacity, given.descriptors_max), chance(given.seed) {}

  SimOptions options;
  detail::SimNetwork network;
  detail::SimFiles files;
  detail::SimChance chance;
  std::vector<std::unique_ptr<Entry>> entries;
  Lane stray;  ///< for operations on descriptors that do not exist
  std::unordered_map<const Operation*, Lane> file_lanes;
  std::vector<Lane*> active;
  std::size_t steps = 0;
  std::atomic<bool> woken{false};
  std::optional<TaskTree> task_tree;
};

}  // namespace gyre
