#pragma once

#include <gyre/loop/file_operation.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/sim/sim_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gyre {

namespace detail {
struct SimLane;
struct SimStep;
}  // namespace detail

/// A loop in a world of its own: virtual time, a network and files in memory. What takes a minute takes no time, what
/// depends on chance depends on a seed, and a run in which nothing can happen any more is found out instead of hanging.
///
/// Time starts at 0 and stands still while there is anything to do; then it jumps to the next timer or to the next
/// thing that arrives, exactly. Sockets behave as TCP on Linux does (see docs/design/0001-loop.md); addresses are all
/// local, descriptors are numbers of this loop alone. Completions of different operations come in an order by the seed,
/// those of one direction of one descriptor in their own. A cancellation crosses a result that is on its way, or does
/// not: by the seed. Nothing takes time and nothing fails unless `SimOptions` say so.
///
/// One thread. `post` from others works, but a loop that has run out of things to do does not wait for them.
class SimLoop final : public Loop {
 public:
  explicit SimLoop(const SimOptions& options = {});
  ~SimLoop() override;

  Backend backend() const noexcept override { return Backend::sim; }
  const SimOptions& options() const noexcept;

  /// Descriptors that were opened and not closed: 0 at the end of a test that cleans up.
  std::size_t open_descriptors() const noexcept;

  /// Operations that were submitted so far. Run once to learn how many a scenario has, then again with each of them
  /// failing (`SimOptions::fail_operation`).
  std::uint64_t operations() const noexcept;
  /// Cancels `context` (`CancelReason::requested`) in the instant in which operation `number`, counted from 1, is
  /// submitted: that one is asked to end before it could begin, and what the context starts later finds it cancelled.
  /// The context lives until then, or until this is called again; number 0 forgets it.
  void cancel_at(std::uint64_t number, Context& context) noexcept;

  /// A digest of all that has happened: what was submitted, cancelled, completed and closed, with its kind, descriptor,
  /// result and time. Two runs with the same one were the same. It depends on no address.
  std::uint64_t fingerprint() const noexcept;

  /// Moves the wall clock forth or, by a negative length, back, as an administrator or NTP does. No timer notices.
  void jump_wall_clock(Duration length) noexcept;
  Duration wall_time() const noexcept override;

  /// Makes a file, or replaces its content: the only files are those that were put here or written by the program. A
  /// directory is there while a file in it is. Relative paths begin at the root.
  void put_file(std::string_view path, std::string_view text);
  /// False if there was none. Who has it open keeps it.
  bool remove_file(std::string_view path);
  /// What is in a file, if there is one.
  std::optional<std::string> file_text(std::string_view path) const;

  /// A descriptor as another library would have it, to poll: ready for what `set_foreign` says
  /// (`PollOperation::Events`; a hang-up makes it ready for everything, as on Linux). Ended by `close`.
  Result<int> open_foreign();
  void set_foreign(int descriptor, std::uint32_t events);

  Result<int> open_listener(const SocketAddress& address, const ListenOptions& options) override;
  Result<int> open_socket(const SocketAddress& address) override;
  Result<SocketAddress> local_address(int descriptor) override;
  Result<SocketAddress> peer_address(int descriptor) override;
  void shutdown(int descriptor, ShutdownSide side) noexcept override;
  void close(int descriptor) noexcept override;
  void reset(int descriptor) noexcept override;

 protected:
  void start(Operation& operation) noexcept override;
  void stop(Operation& operation) noexcept override;
  bool wait(TimePoint until) noexcept override;
  bool dispatch() noexcept override;
  void wake() noexcept override;
  std::uint64_t seed() noexcept override;
  Result<int> open_watched() override { return -1; }
  bool hand_over() noexcept override { return true; }

 private:
  using Step = detail::SimStep;
  using Lane = detail::SimLane;
  enum class Noted : std::uint8_t;
  struct Entry;
  struct State;

  Entry& entry(int descriptor);
  void poke_changed();
  void queue(Lane& lane, const Step& step);
  void queue_late(Lane& lane, Step step);
  void queue_attempt(Operation& operation);
  Lane& lane_of(const Operation& operation);
  bool release(Operation& operation) noexcept;
  void start_in_turn(Operation& operation);
  void leap(TimePoint to) noexcept;
  void note(Noted what, int descriptor, std::int64_t value) noexcept;
  void note(Noted what, const Operation& operation, std::int64_t value) noexcept;
  void hand_over(Operation& operation, const Completion& completion) noexcept;
  void finish(Operation& operation, std::int32_t result, bool last) noexcept;

  void attempt_waiting(const Step& step) noexcept;
  void attempt(Operation& operation, bool last) noexcept;
  void attempt_polls(Entry& where) noexcept;
  void attempt_accept(Operation& operation, bool last) noexcept;
  void attempt_receive(Operation& operation, bool last) noexcept;
  std::int32_t attempt_once(Operation& operation) noexcept;
  std::int32_t send_some(SendOperation& operation) noexcept;
  std::int32_t send_file_some(SendFileOperation& operation) noexcept;
  std::size_t piece_of(std::size_t size) noexcept;

  std::int32_t meet_fault(Operation& operation) noexcept;
  std::int32_t fail_now(const Operation& operation) noexcept;

  void start_file(FileOperation& operation, std::int32_t failed);
  void stop_file(FileOperation& operation);
  void file_step(const Step& step) noexcept;
  std::int32_t work_on_file(FileOperation& operation);
  std::int32_t open_file(const OpenOperation& operation);

  std::unique_ptr<State> state_;
};

}  // namespace gyre
