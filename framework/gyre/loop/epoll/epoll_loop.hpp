#pragma once

#include <gyre/loop/epoll/descriptor_table.hpp>
#include <gyre/loop/file_operation.hpp>
#include <gyre/loop/internal/fifo.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/loop_options.hpp>

#include <memory>
#include <utility>

struct epoll_event;

namespace gyre {

/// The loop on epoll: for kernels and containers without io_uring.
///
/// A descriptor is registered once, edge-triggered, for everything; what an edge says is kept in its entry, and an
/// operation that has to wait waits there. Bytes are read and connections accepted only when a completion is about to
/// be run, so that all receives share one buffer and a cancelled operation has taken nothing.
class EpollLoop final : public Loop {
 public:
  struct Features {
    /// Off: wait in milliseconds, as on kernels before 5.11.
    bool nanosecond_wait = true;
  };

  static Result<std::unique_ptr<Loop>> make(Features features);
  ~EpollLoop() override;

  Backend backend() const noexcept override { return Backend::epoll; }

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
  Result<int> open_watched() override { return epoll_; }
  bool hand_over() noexcept override { return !steps_.empty(); }

 private:
  /// One step for `dispatch`: a result to hand over, or a descriptor to try something on.
  struct Step {
    enum class Kind : unsigned char { result, read, write, poll };
    Kind kind;
    std::int32_t value;  ///< The result, or the descriptor.
    Operation* operation;
  };

  static constexpr std::size_t steps_per_turn = 256;
  static constexpr unsigned accepts_per_step = 64;
  static constexpr std::size_t receive_size = 64 * 1024;
  static constexpr int events_per_wait = 512;
  static constexpr std::size_t file_bytes_per_step = 256 * 1024;

  EpollLoop(Features features, int epoll, int wake_event);

  void start_reader(Operation& operation, detail::DescriptorEntry& entry) noexcept;
  void start_send(SendOperation& operation, detail::DescriptorEntry& entry) noexcept;
  void start_connect(ConnectOperation& operation, detail::DescriptorEntry& entry) noexcept;
  void start_send_file(SendFileOperation& operation, detail::DescriptorEntry& entry) noexcept;
  void start_file(FileOperation& operation) noexcept;
  static void stop_file(FileOperation& operation) noexcept;
  void start_poll(PollOperation& operation, detail::DescriptorEntry& entry) noexcept;
  /// Lets epoll report the descriptor. 0 or a negative errno.
  int watch(int descriptor, detail::DescriptorEntry& entry) noexcept;

  int wait_for_events(TimePoint until) noexcept;
  void note_event(int descriptor, std::uint32_t events) noexcept;
  void drain_wake() noexcept;

  void read_step(int descriptor) noexcept;
  void write_step(int descriptor) noexcept;
  void poll_step(int descriptor) noexcept;
  static std::int32_t poll_now(const PollOperation& operation) noexcept;
  void accept_some(Operation& operation, int descriptor, detail::DescriptorEntry& entry) noexcept;
  void receive_some(Operation& operation, int descriptor, detail::DescriptorEntry& entry) noexcept;
  void receive_once(ReceiveIntoOperation& operation, int descriptor, detail::DescriptorEntry& entry) noexcept;

  /// Sends as much as goes. True if that is the end, with its result.
  bool send_some(SendOperation& operation, std::int32_t& result) noexcept;
  /// Sends a step's share. True if that is the end, with its result.
  bool send_file_some(SendFileOperation& operation, detail::DescriptorEntry& entry, std::int32_t& result) noexcept;
  bool connect_ended(const ConnectOperation& operation, std::int32_t& result) noexcept;

  /// Work on a file, in the offload pool.
  struct FileJob;

  void queue_result(Operation& operation, std::int32_t result) noexcept;
  void queue_read(int descriptor, detail::DescriptorEntry& entry) noexcept;
  void queue_write(int descriptor, detail::DescriptorEntry& entry) noexcept;
  void queue_poll(int descriptor, detail::DescriptorEntry& entry) noexcept;
  void finish_reader(detail::DescriptorEntry& entry, std::int32_t result, Bytes data = {}) noexcept;

  Features features_;
  int epoll_;
  int wake_event_;
  detail::DescriptorTable table_;
  detail::Fifo<Step> steps_;
  std::unique_ptr<std::byte[]> buffer_;
  std::unique_ptr<epoll_event[]> events_;
};

/// A loop on epoll for the calling thread.
Result<std::unique_ptr<Loop>> make_epoll_loop(const LoopOptions& options);

}  // namespace gyre
