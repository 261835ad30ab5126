// What is on its way through the simulated network.

#include <gyre/loop/sim/internal/address.hpp>
#include <gyre/loop/sim/internal/socket.hpp>

#include <algorithm>
#include <cerrno>

namespace gyre::detail {
namespace {

/// Payload of a TCP segment on an Ethernet: bytes that a slow link hands over at a time.
constexpr std::size_t segment_size = 1460;

Duration time_for(std::size_t bytes, std::uint64_t per_second) noexcept {
  constexpr std::uint64_t second = 1'000'000'000;
  return Duration{static_cast<std::int64_t>((bytes * second + per_second - 1) / per_second)};
}

}  // namespace

bool SimNetwork::far(const Socket& socket) const noexcept {
  const bool slow = bandwidth_ != 0 || std::max(latency_.least, latency_.most) > Duration{};
  return slow && !sim_address::is_unix(socket.local);
}

Duration SimNetwork::delay_to(const Socket& socket) noexcept {
  return far(socket) ? chance_.delay(latency_) : Duration{};
}

// In the order of one direction: nothing arrives before what was sent before it.
void SimNetwork::transmit(Socket& to, Packet packet) {
  packet.departs = std::max({packet.departs, now_, to.link_free});
  if (bandwidth_ != 0 && packet.size != 0 && far(to)) {
    packet.departs += time_for(packet.size, bandwidth_);
    to.link_free = packet.departs;
  }
  TimePoint when = packet.departs + delay_to(to);
  if (!to.coming.empty()) when = std::max(when, to.coming.back().arrival.first);
  if (to.coming.empty() && when <= now_) return deliver(to, packet);
  packet.arrival = {when, packets_++};
  arrivals_.emplace(packet.arrival, &to);
  to.coming.push_back(packet);
}

// A reset takes the place of all that the link has not carried yet.
void SimNetwork::transmit_reset(Socket& to) {
  while (!to.coming.empty() && to.coming.back().departs > now_) {
    to.in.lose(to.coming.back().size);
    arrivals_.erase(to.coming.back().arrival);
    to.coming.pop_back();
  }
  to.link_free = std::min(to.link_free, now_);
  transmit(to, {.kind = Packet::Kind::reset});
}

void SimNetwork::transmit_bytes(Socket& to, std::size_t size) {
  const std::size_t most = bandwidth_ != 0 && far(to) ? segment_size : size;
  do {
    const std::size_t part = std::min(size, most);
    transmit(to, {.kind = Packet::Kind::bytes, .size = part});
    size -= part;
  } while (size != 0);
}

void SimNetwork::abandon(Socket& socket) noexcept {
  for (const Packet& packet : socket.coming) arrivals_.erase(packet.arrival);
  socket.coming.clear();
}

void SimNetwork::advance(TimePoint to) {
  while (next_arrival() <= to) {
    const auto first = arrivals_.begin();
    Socket& socket = *first->second;
    now_ = first->first.first;
    arrivals_.erase(first);
    const Packet packet = socket.coming.front();
    socket.coming.pop_front();
    deliver(socket, packet);
  }
  now_ = to;
}

void SimNetwork::deliver(Socket& to, const Packet& packet) {
  switch (packet.kind) {
    case Packet::Kind::bytes: to.in.arrive(packet.size); break;
    case Packet::Kind::end: to.in_ended = true; break;
    case Packet::Kind::reset:
      if (to.reset) return;
      to.reset = true;
      to.error = to.in_ended ? EPIPE : ECONNRESET;
      break;
    case Packet::Kind::call: {
      const int result = call(to, packet.value);
      if (result == 0 || result == -EINPROGRESS) return;
      return transmit(to, {.kind = Packet::Kind::refused, .value = static_cast<std::uint64_t>(-result)});
    }
    case Packet::Kind::answered:
      to.kind = Socket::Kind::connected;
      to.answered = true;
      if (to.peer != nullptr) transmit(*to.peer, {.kind = Packet::Kind::joined});
      break;
    case Packet::Kind::refused: return refuse(to, static_cast<int>(packet.value));
    case Packet::Kind::joined: return join(to);
  }
  changed(to);
}

}  // namespace gyre::detail
