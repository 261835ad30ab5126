#pragma once

#include <gyre/coro/event.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/un.h>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

/// What the tests of a loop's operations have in common.
namespace loop_test {

using namespace std::chrono_literals;

/// What a handler was called with, to look at later.
struct Seen {
  int result;
  bool more;
  std::string data;
};

/// Runs a loop until the test's condition holds. Handlers poke it whenever something has changed.
class Pump {
 public:
  explicit Pump(gyre::Loop& loop) : loop_(&loop) {}

  gyre::Loop& loop() { return *loop_; }
  void poke() {
    if (next_ != nullptr) next_->set();
  }

  /// True once `condition` holds; false if it never does (a deadlock in simulation, half a minute on a real loop).
  bool until(std::function<bool()> condition) {
    try {
      return loop_->run(wait(this, &condition));
    } catch (const gyre::Deadlock&) {
      return condition();
    }
  }

  /// Lets everything happen that is on its way.
  void settle() {
    auto task = pause();
    loop_->run(std::move(task));
  }

  /// Runs `count` turns.
  void turns(int count) { loop_->run(yield(this, count)); }

 private:
  struct Yield : gyre::Work {
    explicit Yield(gyre::Event& event)
        : Work([](Work& self) noexcept { static_cast<Yield&>(self).set(); }), to(event) {}
    void set() { to.set(); }
    gyre::Event& to;
  };
  struct Reset {
    ~Reset() { *pointer = nullptr; }
    gyre::Event** pointer;
  };

  static gyre::Task<> next(Pump* self) {
    gyre::Event event;
    const Reset reset{&self->next_};
    self->next_ = &event;
    co_await event.wait();
  }
  static gyre::Task<> changes(Pump* self, std::function<bool()>* condition) {
    while (!(*condition)()) co_await next(self);
  }
  static gyre::Task<bool> wait(Pump* self, std::function<bool()>* condition) {
    // No time limit in simulation: a deadlock is found at once, and only while no timer is armed.
    if (self->loop_->backend() == gyre::Backend::sim) {
      co_await changes(self, condition);
      co_return true;
    }
    auto limited = gyre::within(30s, changes(self, condition));
    const auto result = co_await std::move(limited);
    co_return result.has_value();
  }
  static gyre::Task<> pause() { co_await gyre::sleep_for(5ms); }
  static gyre::Task<> yield(Pump* self, int count) {
    for (int turn = 0; turn < count; ++turn) {
      gyre::Event event;
      Yield work{event};
      self->loop_->schedule(work);
      co_await event.wait();
    }
  }

  gyre::Loop* loop_;
  gyre::Event* next_ = nullptr;
};

/// An operation that notes its completions. `on` is called after that with each.
template <class Kind>
class Noted : public Kind {
 public:
  explicit Noted(Pump& pump, int on_descriptor = -1) : Kind(&Noted::handle), pump_(&pump) {
    this->descriptor = on_descriptor;
  }

  std::vector<Seen> seen;
  std::function<void(const gyre::Completion&)> on;

  bool ended() const { return !seen.empty() && !seen.back().more && !this->armed(); }
  /// The result of its end.
  int result() const { return seen.empty() ? -1000000 : seen.back().result; }
  /// All bytes of all chunks.
  std::string data() const {
    std::string all;
    for (const Seen& each : seen) all += each.data;
    return all;
  }
  std::size_t count() const { return seen.size(); }

  void submit() { pump_->loop().submit(*this); }
  void cancel() { pump_->loop().cancel(*this); }
  bool finish() {
    return pump_->until([this] { return !this->armed(); });
  }

 private:
  static void handle(gyre::Operation& operation, const gyre::Completion& completion) noexcept {
    auto& self = static_cast<Noted&>(operation);
    self.seen.push_back({completion.result, completion.more, std::string{gyre::as_text(completion.data)}});
    self.pump_->poke();
    if (self.on) self.on(completion);
  }

  Pump* pump_;
};

using Accept = Noted<gyre::AcceptOperation>;
using Receive = Noted<gyre::ReceiveOperation>;
using ReceiveInto = Noted<gyre::ReceiveIntoOperation>;
using Connect = Noted<gyre::ConnectOperation>;
using Poll = Noted<gyre::PollOperation>;

struct Send : Noted<gyre::SendOperation> {
  Send(Pump& pump, int to, std::string_view text) : Noted(pump, to) { set(text); }
  Send(Pump& pump, int to, std::string_view first, std::string_view second) : Send(pump, to, first) {
    parts[1] = gyre::as_bytes(second);
    part_count = 2;
  }
  void set(std::string_view text) {
    parts[0] = gyre::as_bytes(text);
    part_count = 1;
  }
};

inline gyre::SocketAddress ipv4(unsigned port, std::uint32_t host = INADDR_LOOPBACK) {
  sockaddr_in raw{};
  raw.sin_family = AF_INET;
  raw.sin_port = htons(static_cast<in_port_t>(port));
  raw.sin_addr.s_addr = htonl(host);
  gyre::SocketAddress address;
  std::memcpy(address.bytes, &raw, sizeof raw);
  address.size = sizeof raw;
  return address;
}

inline gyre::SocketAddress ipv6(unsigned port, bool any = false) {
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  raw.sin6_port = htons(static_cast<in_port_t>(port));
  raw.sin6_addr = any ? in6addr_any : in6addr_loopback;
  gyre::SocketAddress address;
  std::memcpy(address.bytes, &raw, sizeof raw);
  address.size = sizeof raw;
  return address;
}

inline gyre::SocketAddress unix_path(const std::string& path) {
  sockaddr_un raw{};
  raw.sun_family = AF_UNIX;
  std::memcpy(raw.sun_path, path.data(), path.size());
  gyre::SocketAddress address;
  std::memcpy(address.bytes, &raw, sizeof raw);
  address.size = static_cast<unsigned>(sizeof(sa_family_t) + path.size() + 1);
  return address;
}

/// The port of an internet address.
inline unsigned port_of(const gyre::SocketAddress& address) {
  in_port_t port = 0;
  std::memcpy(&port, address.bytes + 2, sizeof port);
  return ntohs(port);
}

/// A descriptor that the loop closes at the end of the test's scope.
class Open {
 public:
  Open(gyre::Loop& loop, int descriptor) : loop_(&loop), descriptor_(descriptor) {}
  Open(const Open&) = delete;
  ~Open() { close(); }
  operator int() const { return descriptor_; }
  /// Leaves the closing to the caller.
  int release() { return std::exchange(descriptor_, -1); }
  void close() {
    if (descriptor_ >= 0) loop_->close(descriptor_);
    descriptor_ = -1;
  }

 private:
  gyre::Loop* loop_;
  int descriptor_;
};

/// A listener on a free port of the loopback.
struct Listening {
  explicit Listening(Pump& pump, const gyre::ListenOptions& options = {})
      : socket(pump.loop(), pump.loop().open_listener(ipv4(0), options).value()),
        address(pump.loop().local_address(socket).value()) {}
  Open socket;
  gyre::SocketAddress address;
};

/// Two ends of a connection.
struct Connection {
  explicit Connection(Pump& pump) : Connection(pump, Listening{pump}) {}
  Connection(Pump& pump, const Listening& listening)
      : client(pump.loop(), pump.loop().open_socket(listening.address).value()),
        server(pump.loop(), connect(pump, listening)) {}
  Open client;
  Open server;

 private:
  int connect(Pump& pump, const Listening& listening) {
    Accept accept{pump, listening.socket};
    int accepted = -1;
    accept.on = [&](const gyre::Completion& completion) {
      if (completion.result >= 0) accepted = completion.result;
      if (completion.more) accept.cancel();
    };
    accept.submit();
    Connect connecting{pump, client};
    connecting.address = listening.address;
    connecting.submit();
    pump.until([&] { return !accept.armed() && !connecting.armed(); });
    if (connecting.result() != 0) FAIL_CHECK("connect: " << connecting.result());
    return accepted;
  }
};

/// Bytes that are nowhere equal to a shifted copy of themselves.
inline std::string pattern(std::size_t size, std::uint32_t state = 1) {
  std::string text(size, '\0');
  for (char& byte : text) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  return text;
}

/// More than the buffers of a connection hold on any loop.
inline const std::string& too_much() {
  static const std::string text = pattern(16 * 1024 * 1024);
  return text;
}

}  // namespace loop_test
