#pragma once

#include <gyre/loop/file_operation.hpp>
#include <gyre/loop/internal/socket.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/uring/pipes.hpp>
#include <gyre/loop/uring/ring.hpp>

#include <vector>

namespace gyre::uring {

/// What stands for something else than an operation, as `user_data`.
constexpr std::uint64_t ignored = 0;
constexpr std::uint64_t wake_up = 1;

/// Takes back what was written to an eventfd.
void drain_event(int event) noexcept;

/// What has ended, in the order in which the kernel told it.
struct Reaped {
  std::uint64_t user_data;
  std::int32_t result;
  std::uint32_t flags;
};

/// The loop on io_uring. Operations are known to the kernel by their address; of each, at most one request is with the
/// kernel at a time (and the cancellation of it).
class UringLoop final : public Loop {
 public:
  UringLoop() noexcept;
  ~UringLoop() override;

  Result<void> open(const LoopOptions& options);

  Backend backend() const noexcept override { return Backend::uring; }
  bool defers_task_run() const noexcept { return (ring_.flags() & IORING_SETUP_DEFER_TASKRUN) != 0; }

  Result<int> open_listener(const SocketAddress& address, const ListenOptions& options) override {
    return detail::open_listener(address, options);
  }
  Result<int> open_socket(const SocketAddress& address) override { return detail::open_socket(address); }
  Result<SocketAddress> local_address(int descriptor) override { return detail::local_address(descriptor); }
  Result<SocketAddress> peer_address(int descriptor) override { return detail::peer_address(descriptor); }
  void shutdown(int descriptor, ShutdownSide side) noexcept override { detail::shutdown(descriptor, side); }

  void close(int descriptor) noexcept override;
  void reset(int descriptor) noexcept override;

 protected:
  void start(Operation& operation) noexcept override;
  void stop(Operation& operation) noexcept override;
  bool wait(TimePoint until) noexcept override;
  bool dispatch() noexcept override;
  void wake() noexcept override;
  std::uint64_t seed() noexcept override;
  Result<int> open_watched() override;
  bool hand_over() noexcept override;

 private:
  io_uring_sqe* next_sqe() noexcept;
  void arm_wake() noexcept;
  void prepare_send(io_uring_sqe* sqe, SendOperation& operation) noexcept;
  void reap() noexcept;

  void deliver(Operation& operation, const Reaped& reaped) noexcept;
  void deliver_accept(Operation& operation, const Reaped& reaped) noexcept;
  void deliver_receive(Operation& operation, const Reaped& reaped) noexcept;
  void deliver_send(SendOperation& operation, const Reaped& reaped) noexcept;
  void go_on(Operation& operation) noexcept;
  void restart_starved() noexcept;

  void prepare_file(io_uring_sqe* sqe, FileOperation& operation) noexcept;
  void deliver_file(FileOperation& operation, std::int32_t result) noexcept;

  void start_send_file(SendFileOperation& operation) noexcept;
  void fill_pipe(SendFileOperation& operation) noexcept;
  void drain_pipe(SendFileOperation& operation) noexcept;
  void await_room(SendFileOperation& operation) noexcept;
  void deliver_send_file(SendFileOperation& operation, std::int32_t result) noexcept;
  void finish_send_file(SendFileOperation& operation, std::int32_t result) noexcept;

  Ring ring_;
  BufferRing buffers_{0};
  BufferRing bulk_buffers_{1};
  PipePool pipes_;
  int wake_descriptor_ = -1;
  int ring_event_ = -1;  ///< Signalled by the ring for a `LoopDriver`, where its own descriptor does not tell all.
  int watched_ = -1;     ///< An epoll of that and the wake descriptor.
  bool has_polled_ = false;
  std::vector<Reaped> reaped_;
  std::size_t reaped_next_ = 0;
  std::vector<Operation*> starved_;
};

}  // namespace gyre::uring
