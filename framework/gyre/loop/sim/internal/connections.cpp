// How the connections of a simulated network begin.

#include <gyre/loop/sim/internal/address.hpp>
#include <gyre/loop/sim/internal/socket.hpp>

#include <algorithm>
#include <cerrno>

namespace gyre::detail {

int SimNetwork::connect(int descriptor, const SocketAddress& address, std::uint64_t chance) {
  Socket* client = find(descriptor);
  if (client == nullptr) return -EBADF;
  if (client->kind == Socket::Kind::calling || client->kind == Socket::Kind::waiting) return -EALREADY;
  // Established on a waiting client's behalf in the meantime; a second connection is something else.
  if (client->kind == Socket::Kind::connected) return std::exchange(client->answered, false) ? 0 : -EISCONN;
  if (!client->is_socket()) return -ENOTSOCK;
  if (client->kind != Socket::Kind::fresh) return -EINVAL;
  if (client->error != 0) return -std::exchange(client->error, 0);
  SocketAddress target = address;
  if (const int failed = sim_address::normalise(target)) return failed;
  sim_address::make_reachable(target);
  client->remote = target;
  if (!far(*client)) return call(*client, chance);
  name(*client);
  client->kind = Socket::Kind::calling;
  transmit(*client, {.kind = Packet::Kind::call, .value = chance});
  return -EINPROGRESS;
}

// A client knocks at the address that it wants.
int SimNetwork::call(Socket& client, std::uint64_t chance) {
  const SocketAddress& target = client.remote;
  Socket* listener = find_listener(target, chance);
  if (listener == nullptr) {
    const bool left = std::find(stale_paths_.begin(), stale_paths_.end(), target) != stale_paths_.end();
    return sim_address::is_unix(target) && !left && target.bytes[2] != 0 ? -ENOENT : -ECONNREFUSED;
  }
  if (listener->backlog.size() + listener->half_open.size() >= listener->backlog_max) {
    client.kind = Socket::Kind::waiting;
    client.listener = listener;
    listener->waiting.push_back(&client);
    return -EINPROGRESS;
  }
  establish(client, *listener);
  return 0;
}

// Over a distance the client hears of it later, and may only be accepted once its answer to that is there.
void SimNetwork::establish(Socket& client, Socket& listener) {
  name(client);
  auto server = std::make_unique<Socket>();
  server->kind = Socket::Kind::connected;
  server->local = client.remote;
  server->remote = client.local;
  server->peer = &client;
  client.peer = server.get();
  client.listener = nullptr;
  if (far(client)) {
    client.kind = Socket::Kind::calling;
    server->listener = &listener;
    listener.half_open.push_back(std::move(server));
    return transmit(client, {.kind = Packet::Kind::answered});
  }
  client.kind = Socket::Kind::connected;
  listener.backlog.push_back(std::move(server));
  changed(listener);
  changed(client);
}

void SimNetwork::join(Socket& server) {
  Socket& listener = *std::exchange(server.listener, nullptr);
  const auto place = std::find_if(listener.half_open.begin(), listener.half_open.end(),
                                  [&server](const auto& each) { return each.get() == &server; });
  listener.backlog.push_back(std::move(*place));
  listener.half_open.erase(place);
  changed(listener);
}

void SimNetwork::admit_waiting(Socket& listener) {
  while (!listener.waiting.empty() && listener.backlog.size() + listener.half_open.size() < listener.backlog_max) {
    Socket* client = listener.waiting.front();
    listener.waiting.pop_front();
    client->answered = !far(*client);
    establish(*client, listener);
  }
}

void SimNetwork::refuse(Socket& client, int error) {
  client.kind = Socket::Kind::fresh;
  client.error = error;
  changed(client);
}

bool SimNetwork::unconnected(int descriptor) const noexcept {
  const Socket* socket = find(descriptor);
  return socket != nullptr && socket->kind == Socket::Kind::fresh && socket->error == 0;
}

int SimNetwork::accept(int descriptor) {
  Socket* listener = find(descriptor);
  if (listener == nullptr) return -EBADF;
  if (!listener->is_socket()) return -ENOTSOCK;
  if (listener->kind != Socket::Kind::listener) return -EINVAL;
  if (listener->backlog.empty()) return -EAGAIN;
  if (open_ >= descriptors_max_) return -EMFILE;
  std::unique_ptr<Socket> accepted = std::move(listener->backlog.front());
  listener->backlog.pop_front();
  admit_waiting(*listener);
  return give_number(std::move(accepted));
}

void SimNetwork::abort_next(int descriptor) noexcept {
  Socket* listener = find(descriptor);
  if (listener == nullptr || listener->backlog.empty()) return;
  const std::unique_ptr<Socket> aborted = std::move(listener->backlog.front());
  listener->backlog.pop_front();
  if (aborted->peer != nullptr) reset_peer(*aborted);
  abandon(*aborted);
  admit_waiting(*listener);
}

// Who is in the backlog hears a reset, who waits for room in it a refusal.
void SimNetwork::close_listener(Socket& listener) noexcept {
  std::erase(listeners_, &listener);
  if (sim_address::is_unix(listener.local) && listener.local.bytes[2] != 0) stale_paths_.push_back(listener.local);
  for (Socket* client : listener.waiting) {
    client->listener = nullptr;
    client->kind = Socket::Kind::calling;
    transmit(*client, {.kind = Packet::Kind::refused, .value = ECONNREFUSED});
  }
  for (const auto& unaccepted : listener.backlog) {
    if (unaccepted->peer != nullptr) reset_peer(*unaccepted);
    abandon(*unaccepted);
  }
  for (const auto& unaccepted : listener.half_open) {
    if (unaccepted->peer != nullptr) reset_peer(*unaccepted);
    abandon(*unaccepted);
  }
}

// The answer to its call, if one is on its way, finds nobody: nothing came of it.
void SimNetwork::close_calling(Socket& client) noexcept {
  if (client.peer == nullptr) return;
  Socket& server = *client.peer;
  Socket& listener = *server.listener;
  abandon(server);
  std::erase_if(listener.half_open, [&server](const auto& each) { return each.get() == &server; });
  admit_waiting(listener);
}

}  // namespace gyre::detail
