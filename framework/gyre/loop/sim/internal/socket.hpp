#pragma once

#include <gyre/loop/sim/internal/network.hpp>
#include <gyre/loop/sim/internal/pipe.hpp>

#include <deque>

namespace gyre::detail {

/// What travels to a socket.
struct SimNetwork::Packet {
  enum class Kind : unsigned char {
    bytes,
    end,       ///< FIN
    reset,     ///< RST
    call,      ///< SYN: kept by the client, though it travels to whoever listens on `Socket::remote`
    answered,  ///< the answer to a call
    refused,   ///< the other answer
    joined,    ///< the client's last word, which makes a connection one to accept
  };
  Kind kind;
  std::size_t size = 0;     ///< of bytes
  std::uint64_t value = 0;  ///< the chance of a call, the errno of a refusal
  TimePoint departs{};      ///< when the sender's link has let go of it
  Arrival arrival{};
};

struct SimNetwork::Socket {
  enum class Kind : unsigned char { fresh, calling, waiting, connected, listener, foreign, file };

  bool is_socket() const noexcept { return kind != Kind::foreign && kind != Kind::file; }

  Kind kind = Kind::fresh;
  int descriptor = -1;  ///< none while it is in a backlog
  SocketAddress local;
  SocketAddress remote;

  // A stream.
  Socket* peer = nullptr;
  SimPipe in;
  bool in_ended = false;  ///< the peer's end has arrived
  bool reset = false;     ///< nothing passes any more, in either direction
  bool shut_send = false;
  bool shut_receive = false;
  int error = 0;          ///< told once, then only `reset` is left
  bool answered = false;  ///< connected on behalf of a connect that waits and has not been told

  // What is on its way to it.
  std::deque<Packet> coming;
  TimePoint link_free{};  ///< when the link that leads here has carried what it was given

  // A client that waits for room, the server's side of a connection that nobody may accept yet, or their listener.
  Socket* listener = nullptr;
  std::deque<Socket*> waiting;
  std::vector<std::unique_ptr<Socket>> half_open;
  std::deque<std::unique_ptr<Socket>> backlog;
  std::size_t backlog_max = 0;
  bool reuse_port = false;

  std::uint32_t foreign_events = 0;
};

}  // namespace gyre::detail
