#include <gyre/loop/sim/internal/address.hpp>
#include <gyre/loop/sim/internal/socket.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace gyre::detail {
namespace {

constexpr unsigned first_port = 32768;
constexpr unsigned port_count = 28232;

}  // namespace

SimNetwork::SimNetwork(const SimOptions& options)
    : latency_(options.latency),
      bandwidth_(options.bandwidth),
      pipe_capacity_(options.pipe_capacity),
      descriptors_max_(options.descriptors_max),
      chance_(options.seed ^ 0x6e6574776f726b00u) {}
SimNetwork::~SimNetwork() = default;

SimNetwork::Socket* SimNetwork::find(int descriptor) const noexcept {
  if (descriptor < first_descriptor) return nullptr;
  const auto index = static_cast<std::size_t>(descriptor - first_descriptor);
  return index < sockets_.size() ? sockets_[index].get() : nullptr;
}

int SimNetwork::give_number(std::unique_ptr<Socket> socket) {
  if (open_ >= descriptors_max_) return -EMFILE;
  const auto free = std::find(sockets_.begin(), sockets_.end(), nullptr);
  const int descriptor = first_descriptor + static_cast<int>(free - sockets_.begin());
  socket->descriptor = descriptor;
  ++open_;
  if (free != sockets_.end()) {
    *free = std::move(socket);
  } else {
    sockets_.push_back(std::move(socket));
  }
  return descriptor;
}

void SimNetwork::changed(const Socket& socket) {
  if (socket.descriptor >= 0) changed_.push_back(socket.descriptor);
}

// --- opening and closing ------------------------------------------------------------------------------------------

int SimNetwork::open_listener(const SocketAddress& address, const ListenOptions& options) {
  auto socket = std::make_unique<Socket>();
  socket->local = address;
  if (const int failed = sim_address::normalise(socket->local)) return failed;
  if (!sim_address::is_unix(socket->local) && sim_address::port(socket->local) == 0) {
    if (!allocate_port(socket->local, options.reuse_port && !options.claim_port)) return -EADDRINUSE;
  } else if (address_taken(socket->local, options.reuse_port && !options.claim_port)) {
    return -EADDRINUSE;
  }
  socket->kind = Socket::Kind::listener;
  socket->reuse_port = options.reuse_port;
  socket->backlog_max = static_cast<std::size_t>(std::max(1, options.backlog));
  Socket& listener = *socket;
  const int descriptor = give_number(std::move(socket));
  if (descriptor >= 0) listeners_.push_back(&listener);
  return descriptor;
}

int SimNetwork::open_socket(const SocketAddress& address) {
  auto socket = std::make_unique<Socket>();
  SocketAddress known = address;
  if (const int failed = sim_address::normalise(known)) return failed;
  socket->local = sim_address::unnamed_like(known);
  return give_number(std::move(socket));
}

int SimNetwork::open_foreign() {
  auto socket = std::make_unique<Socket>();
  socket->kind = Socket::Kind::foreign;
  return give_number(std::move(socket));
}

int SimNetwork::open_file() {
  auto socket = std::make_unique<Socket>();
  socket->kind = Socket::Kind::file;
  return give_number(std::move(socket));
}

bool SimNetwork::is_foreign(int descriptor) const noexcept {
  const Socket* socket = find(descriptor);
  return socket != nullptr && socket->kind == Socket::Kind::foreign;
}

bool SimNetwork::set_foreign(int descriptor, std::uint32_t events) {
  Socket* socket = find(descriptor);
  if (socket == nullptr || socket->kind != Socket::Kind::foreign) return false;
  socket->foreign_events = events;
  changed(*socket);
  return true;
}

int SimNetwork::close(int descriptor) noexcept {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  switch (socket->kind) {
    case Socket::Kind::listener: close_listener(*socket); break;
    case Socket::Kind::waiting: std::erase(socket->listener->waiting, socket); break;
    case Socket::Kind::calling: close_calling(*socket); break;
    case Socket::Kind::connected: close_stream(*socket); break;
    case Socket::Kind::fresh:
    case Socket::Kind::foreign:
    case Socket::Kind::file: break;
  }
  abandon(*socket);
  sockets_[static_cast<std::size_t>(descriptor - first_descriptor)].reset();
  --open_;
  return 0;
}

// With bytes that nobody has read the peer gets a reset, else its end of stream. Bytes that still come will find
// nobody.
void SimNetwork::close_stream(Socket& socket) noexcept {
  Socket* peer = socket.peer;
  if (peer == nullptr) return;
  if (socket.in.arrived() != 0) return reset_peer(socket);
  peer->peer = nullptr;
  transmit(*peer, {.kind = Packet::Kind::end});
  const auto stray = std::find_if(socket.coming.begin(), socket.coming.end(),
                                  [](const Packet& packet) { return packet.kind == Packet::Kind::bytes; });
  if (stray != socket.coming.end()) transmit(*peer, {.kind = Packet::Kind::reset, .departs = stray->arrival.first});
}

void SimNetwork::reset_peer(Socket& socket) noexcept {
  Socket& peer = *std::exchange(socket.peer, nullptr);
  peer.peer = nullptr;
  transmit_reset(peer);
}

void SimNetwork::reset(int descriptor) noexcept {
  Socket* socket = find(descriptor);
  if (socket == nullptr || socket->kind != Socket::Kind::connected) return;
  if (socket->peer == nullptr || sim_address::is_unix(socket->local)) return;
  reset_peer(*socket);
}

void SimNetwork::cut(int descriptor) noexcept {
  Socket* socket = find(descriptor);
  if (socket == nullptr || socket->kind != Socket::Kind::connected || sim_address::is_unix(socket->local)) return;
  if (socket->peer != nullptr) reset_peer(*socket);
  transmit_reset(*socket);
}

void SimNetwork::fail(int descriptor) noexcept {
  Socket* socket = find(descriptor);
  if (socket == nullptr || socket->kind != Socket::Kind::connected) return;
  if (socket->peer != nullptr) reset_peer(*socket);
  socket->reset = true;
  changed(*socket);
}

// --- addresses ----------------------------------------------------------------------------------------------------

bool SimNetwork::address_taken(const SocketAddress& address, bool reuse_port) const noexcept {
  return std::any_of(listeners_.begin(), listeners_.end(), [&](const Socket* listener) {
    const bool shared = reuse_port && listener->reuse_port && !sim_address::is_unix(address);
    return !shared && sim_address::overlap(listener->local, address);
  });
}

bool SimNetwork::allocate_port(SocketAddress& address, bool reuse_port) noexcept {
  for (unsigned tries = 0; tries < port_count; ++tries) {
    sim_address::set_port(address, first_port + next_port_++ % port_count);
    if (!address_taken(address, reuse_port)) return true;
  }
  return false;
}

void SimNetwork::name(Socket& client) noexcept {
  if (sim_address::is_unix(client.remote) || sim_address::port(client.local) != 0) return;
  client.local = client.remote;
  sim_address::set_port(client.local, first_port + next_port_++ % port_count);
}

SimNetwork::Socket* SimNetwork::find_listener(const SocketAddress& address, std::uint64_t chance) const noexcept {
  std::vector<Socket*> exact;
  std::vector<Socket*> any;
  for (Socket* listener : listeners_) {
    if (listener->local == address) {
      exact.push_back(listener);
    } else if (sim_address::overlap(listener->local, address)) {
      any.push_back(listener);
    }
  }
  const auto& found = exact.empty() ? any : exact;
  return found.empty() ? nullptr : found[chance % found.size()];
}

int SimNetwork::local_address(int descriptor, SocketAddress& address) const noexcept {
  const Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (!socket->is_socket()) return -ENOTSOCK;
  address = socket->local;
  return 0;
}

int SimNetwork::peer_address(int descriptor, SocketAddress& address) const noexcept {
  const Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (!socket->is_socket()) return -ENOTSOCK;
  if (socket->kind != Socket::Kind::connected || socket->reset) return -ENOTCONN;
  address = socket->remote;
  return 0;
}

// --- streams ------------------------------------------------------------------------------------------------------

int SimNetwork::receive(int descriptor, MutableBytes buffer) {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (socket->kind != Socket::Kind::connected) {
    return socket->is_socket() ? -ENOTCONN : -ENOTSOCK;
  }
  if (socket->in.arrived() != 0) {
    const std::size_t count = std::min({buffer.size(), socket->in.arrived(), std::size_t{INT_MAX}});
    socket->in.read(buffer.first(count));
    if (socket->peer != nullptr) changed(*socket->peer);
    return static_cast<int>(count);
  }
  if (socket->in_ended) return 0;
  if (socket->error != 0) return -std::exchange(socket->error, 0);
  return socket->reset || socket->shut_receive ? 0 : -EAGAIN;
}

int SimNetwork::send(int descriptor, Bytes bytes) {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (!socket->is_socket()) return -ENOTSOCK;
  if (socket->kind != Socket::Kind::connected) return -EPIPE;
  if (socket->error != 0) return -std::exchange(socket->error, 0);
  if (socket->reset || socket->shut_send) return -EPIPE;
  const int count = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
  if (socket->peer == nullptr) {
    // The bytes leave, and what comes back is a reset: one is enough.
    if (!socket->coming.empty() && socket->coming.back().kind == Packet::Kind::reset) return count;
    transmit(*socket, {.kind = Packet::Kind::reset, .departs = now_ + delay_to(*socket)});
    return count;
  }
  SimPipe& pipe = socket->peer->in;
  const std::size_t room = pipe_capacity_ - std::min(pipe_capacity_, pipe.size());
  const std::size_t fits = std::min<std::size_t>(room, static_cast<std::size_t>(count));
  if (fits == 0 && count > 0) return -EAGAIN;
  pipe.write(bytes.first(fits));
  transmit_bytes(*socket->peer, fits);
  return static_cast<int>(fits);
}

int SimNetwork::shutdown(int descriptor, ShutdownSide side) {
  Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  if (socket->kind != Socket::Kind::connected) return -ENOTCONN;
  if (side != ShutdownSide::receive) {
    socket->shut_send = true;
    if (socket->peer != nullptr) transmit(*socket->peer, {.kind = Packet::Kind::end});
  }
  if (side != ShutdownSide::send) socket->shut_receive = true;
  changed(*socket);
  return 0;
}

std::size_t SimNetwork::available(int descriptor) const noexcept {
  const Socket* socket = find(descriptor);
  return socket != nullptr && socket->kind == Socket::Kind::connected ? socket->in.arrived() : 0;
}

int SimNetwork::readiness(int descriptor) const noexcept {
  const Socket* socket = find(descriptor);
  if (socket == nullptr) return -EBADF;
  unsigned events = 0;
  const auto add = [&events](bool when, unsigned event) { events |= when ? event : 0u; };
  switch (socket->kind) {
    case Socket::Kind::foreign: return static_cast<int>(socket->foreign_events);
    case Socket::Kind::fresh: return PollOperation::writable | PollOperation::hang_up;
    case Socket::Kind::file: return PollOperation::readable | PollOperation::writable;
    case Socket::Kind::calling:
    case Socket::Kind::waiting: return 0;
    case Socket::Kind::listener: add(!socket->backlog.empty(), PollOperation::readable); break;
    case Socket::Kind::connected: {
      const bool broken = socket->error != 0 || socket->reset;
      const bool ended = socket->in_ended || broken || socket->shut_receive;
      const bool room = socket->peer == nullptr || socket->peer->in.size() < pipe_capacity_;
      add(socket->in.arrived() != 0 || ended, PollOperation::readable);
      add(broken || socket->shut_send || room, PollOperation::writable);
      add(ended, PollOperation::hang_up);
      break;
    }
  }
  return static_cast<int>(events);
}

}  // namespace gyre::detail
