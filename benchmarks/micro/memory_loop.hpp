#pragma once

#include <gyre/http/server.hpp>
#include <gyre/loop/loop.hpp>

#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gyre_benchmark {

/// A loop without a kernel, for what the rest of a request costs: `Loop`'s own turns, and nothing else that takes time.
/// It has one connection. What that receives is given to it here, a piece per turn; what it sends has left at once, and
/// it hears of that in the next turn. Time is virtual, and moves only when there is nothing else to do.
class MemoryLoop final : public gyre::Loop {
 public:
  MemoryLoop() noexcept : Loop(std::chrono::milliseconds{1}) {}

  /// The pieces, so many times over; `Delivered` waits for the last one. They must live until then.
  void deliver(std::span<const std::string_view> pieces, std::uint64_t rounds) noexcept {
    pieces_ = pieces;
    next_ = 0;
    left_ = rounds * pieces.size();
  }

  struct Delivered {
    MemoryLoop* loop;
    bool await_ready() const noexcept { return loop->left_ == 0; }
    void await_suspend(std::coroutine_handle<> handle) const noexcept { loop->waiting_.handle = handle; }
    void await_resume() const noexcept {}
  };
  Delivered delivered() noexcept { return {this}; }

  std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }
  /// What left with the first send: a benchmark of wrong answers measures nothing.
  const std::string& first_sent() const noexcept { return first_sent_; }

  gyre::Backend backend() const noexcept override { return gyre::Backend::sim; }  // so the wall clock is not asked

  gyre::Result<int> open_listener(const gyre::SocketAddress&, const gyre::ListenOptions&) override { return nothing(); }
  gyre::Result<int> open_socket(const gyre::SocketAddress&) override { return nothing(); }
  gyre::Result<gyre::SocketAddress> local_address(int) override { return nothing(); }
  gyre::Result<gyre::SocketAddress> peer_address(int) override { return nothing(); }
  void shutdown(int, gyre::ShutdownSide) noexcept override {}
  void close(int) noexcept override {}
  void reset(int) noexcept override {}

 protected:
  void start(gyre::Operation& operation) noexcept override {
    switch (operation.kind()) {
      case gyre::OperationKind::receive: receiver_ = &operation; return;
      case gyre::OperationKind::send: return send(static_cast<gyre::SendOperation&>(operation));
      default: std::abort();  // nothing here asks for more
    }
  }

  void stop(gyre::Operation& operation) noexcept override {
    if (&operation != receiver_) return;  // a send has ended already
    stopped_ = std::exchange(receiver_, nullptr);
  }

  bool wait(gyre::TimePoint until) noexcept override {
    if (sent_ != nullptr || stopped_ != nullptr || (left_ > 0 && receiver_ != nullptr) || until <= now()) return true;
    if (until == gyre::time_never) return false;
    set_now(until);
    return true;
  }

  bool dispatch() noexcept override {
    if (sent_ != nullptr) complete(*std::exchange(sent_, nullptr), {sent_bytes_, false, {}});
    if (stopped_ != nullptr) complete(*std::exchange(stopped_, nullptr), {-ECANCELED, false, {}});
    if (left_ == 0 || receiver_ == nullptr || sent_ != nullptr) return true;  // a client that reads before it asks
    const std::string_view piece = pieces_[next_];
    next_ = next_ + 1 == pieces_.size() ? 0 : next_ + 1;
    if (--left_ == 0) schedule(waiting_);
    complete(*receiver_, {static_cast<std::int32_t>(piece.size()), true, gyre::as_bytes(piece)});
    return true;
  }

  void wake() noexcept override {}
  std::uint64_t seed() noexcept override { return 1; }
  gyre::Result<int> open_watched() override { return -1; }  // as in simulation
  bool hand_over() noexcept override { return true; }

 private:
  struct Waiting : gyre::Work {
    Waiting() noexcept
        : Work([](gyre::Work& self) noexcept {
            auto& waiting = static_cast<Waiting&>(self);
            if (waiting.handle) gyre::detail::resume(std::exchange(waiting.handle, {}));
          }) {}
    std::coroutine_handle<> handle;
  };

  static gyre::Error nothing() noexcept { return gyre::Errc::unsupported; }

  void send(gyre::SendOperation& operation) noexcept {
    sent_ = &operation;
    sent_bytes_ = 0;
    for (std::size_t part = 0; part < operation.part_count; ++part) {
      sent_bytes_ += static_cast<std::int32_t>(operation.parts[part].size());
    }
    if (bytes_sent_ == 0) first_sent_ = gyre::as_text(operation.parts[0]);
    bytes_sent_ += static_cast<std::uint64_t>(sent_bytes_);
  }

  gyre::Operation* receiver_ = nullptr;
  gyre::Operation* stopped_ = nullptr;
  gyre::Operation* sent_ = nullptr;
  std::int32_t sent_bytes_ = 0;
  std::span<const std::string_view> pieces_;
  std::size_t next_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::string first_sent_;
  Waiting waiting_;
};

/// A server with one connection, on a `MemoryLoop`.
class MemorySite {
 public:
  explicit MemorySite(gyre::Service& service) : server_(loop_, service) { server_.serve(gyre::Stream{loop_, 1}); }
  MemorySite(const MemorySite&) = delete;
  MemorySite& operator=(const MemorySite&) = delete;
  ~MemorySite() { loop_.run(server_.stop(gyre::Duration{0})); }

  /// Lets the connection receive the pieces, so many times over, and answer.
  void exchange(std::span<const std::string_view> pieces, std::uint64_t rounds) {
    loop_.deliver(pieces, rounds);
    loop_.run(until_delivered(&loop_));
  }

  gyre::ServerStatistics statistics() const noexcept { return server_.statistics(); }
  const MemoryLoop& loop() const noexcept { return loop_; }

 private:
  static gyre::Task<> until_delivered(MemoryLoop* loop) { co_await loop->delivered(); }

  MemoryLoop loop_;
  gyre::Server server_;
};

}  // namespace gyre_benchmark
