#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/sim/internal/chance.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace gyre::detail {

/// The kernel of a simulation: sockets in memory behind non-blocking calls. A call that fails returns a negative errno;
/// -EAGAIN means "ask again when `take_changed` names the descriptor".
///
/// Streams behave as TCP on Linux does over a link without loss: bounded buffers, half close, a reset that leaves the
/// bytes that had arrived readable, and sends that seem to succeed until it is known that the peer has gone. What takes
/// time is a packet on its way to a socket: `advance` lets it arrive.
class SimNetwork {
 public:
  explicit SimNetwork(const SimOptions& options);
  SimNetwork(const SimNetwork&) = delete;
  ~SimNetwork();

  /// The number of the first descriptor: far from real ones, so that a mistaken one is EBADF.
  static constexpr int first_descriptor = 1 << 20;

  int open_listener(const SocketAddress& address, const ListenOptions& options);
  int open_socket(const SocketAddress& address);
  /// A descriptor whose readiness is what `set_foreign` says.
  int open_foreign();
  /// The number of an open file, which is ready at all times; what it holds is `SimFiles`' own.
  int open_file();
  bool is_foreign(int descriptor) const noexcept;
  /// False if it is no such descriptor.
  bool set_foreign(int descriptor, std::uint32_t events);
  int close(int descriptor) noexcept;
  /// The peer of an internet connection gets a reset, whatever was read. To be closed next.
  void reset(int descriptor) noexcept;
  /// The network resets an internet connection: both sides hear of it. Nothing happens to anything else.
  void cut(int descriptor) noexcept;
  /// A connection has failed on this side, which was or will be told: nothing passes any more. The peer hears a reset.
  void fail(int descriptor) noexcept;
  /// The connection that `accept` would give is reset instead.
  void abort_next(int descriptor) noexcept;

  /// When the next packet arrives, or `time_never`.
  TimePoint next_arrival() const noexcept { return arrivals_.empty() ? time_never : arrivals_.begin()->first.first; }
  /// Moves the time: what is to arrive until then does.
  void advance(TimePoint to);

  /// A new descriptor.
  int accept(int descriptor);
  /// 0, or -EINPROGRESS while it is on its way or the listener's backlog is full; asked again -EALREADY or how it
  /// ended. `chance` picks among listeners that share the address.
  int connect(int descriptor, const SocketAddress& address, std::uint64_t chance);
  int receive(int descriptor, MutableBytes buffer);
  int send(int descriptor, Bytes bytes);
  int shutdown(int descriptor, ShutdownSide side);

  /// Bytes that `receive` could take now.
  std::size_t available(int descriptor) const noexcept;
  /// All `PollOperation::Events` that are true now.
  int readiness(int descriptor) const noexcept;
  /// 0 and the address, or a negative errno.
  int local_address(int descriptor, SocketAddress& address) const noexcept;
  int peer_address(int descriptor, SocketAddress& address) const noexcept;

  /// True if a connect would begin something.
  bool unconnected(int descriptor) const noexcept;
  bool exists(int descriptor) const noexcept { return find(descriptor) != nullptr; }
  std::size_t open_count() const noexcept { return open_; }

  /// Descriptors that a waiting operation may succeed on now, in the order of what happened.
  std::vector<int> take_changed() noexcept { return std::exchange(changed_, {}); }

 private:
  struct Socket;
  struct Packet;
  /// When, and in which order at one instant.
  using Arrival = std::pair<TimePoint, std::uint64_t>;

  Socket* find(int descriptor) const noexcept;
  int give_number(std::unique_ptr<Socket> socket);
  void changed(const Socket& socket);

  bool address_taken(const SocketAddress& address, bool reuse_port) const noexcept;
  bool allocate_port(SocketAddress& address, bool reuse_port) noexcept;
  Socket* find_listener(const SocketAddress& address, std::uint64_t chance) const noexcept;
  void name(Socket& client) noexcept;
  int call(Socket& client, std::uint64_t chance);
  void establish(Socket& client, Socket& listener);
  void admit_waiting(Socket& listener);
  void join(Socket& server);
  void refuse(Socket& client, int error);
  void close_listener(Socket& listener) noexcept;
  void close_stream(Socket& socket) noexcept;
  void close_calling(Socket& client) noexcept;
  void reset_peer(Socket& socket) noexcept;

  /// True if packets to it take time.
  bool far(const Socket& socket) const noexcept;
  Duration delay_to(const Socket& socket) noexcept;
  void transmit(Socket& to, Packet packet);
  void transmit_bytes(Socket& to, std::size_t size);
  void transmit_reset(Socket& to);
  void abandon(Socket& socket) noexcept;
  void deliver(Socket& to, const Packet& packet);

  SimDelay latency_;
  std::uint64_t bandwidth_;
  std::size_t pipe_capacity_;
  std::size_t descriptors_max_;
  SimChance chance_;
  TimePoint now_{};
  std::map<Arrival, Socket*> arrivals_;
  std::uint64_t packets_ = 0;
  std::size_t open_ = 0;
  unsigned next_port_ = 0;
  std::vector<std::unique_ptr<Socket>> sockets_;  ///< by descriptor; the lowest free number is given out, as by Linux
  std::vector<Socket*> listeners_;
  std::vector<SocketAddress> stale_paths_;
  std::vector<int> changed_;
};

}  // namespace gyre::detail
