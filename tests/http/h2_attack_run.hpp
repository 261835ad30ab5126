#pragma once

#include "h2_site.hpp"

#include <gyre/loop/sim/sim_loop.hpp>

#include <malloc.h>
#include <algorithm>
#include <functional>
#include <string>
#include <utility>

namespace gyre::test::h2 {

/// Bytes that the process has from malloc now. What a simulated world buffers is among them.
inline std::size_t allocated() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// A client that keeps nothing of what it hears but the end.
class Attacker {
 public:
  Attacker(Loop& loop, Stream stream) : loop_(&loop), stream_(std::move(stream)) {}

  Task<> send(std::string bytes) {
    const Result<void> written = co_await stream_.write(as_bytes(bytes));
    if (!written) over_ = true;
  }
  /// Reads on and on.
  Task<> read() {
    std::byte buffer[16 * 1024];
    for (;;) {
      const Result<std::size_t> size = co_await stream_.read(buffer);
      if (!size || *size == 0) break;
      bytes_ += as_text(Bytes{buffer, *size});
      for (const ReadFrame& frame : take_frames(bytes_)) take(frame);
    }
    over_ = true;
    ended_ = loop_->now();
  }

  /// The server has ended the connection, or does not listen.
  bool over() const noexcept { return over_; }
  TimePoint ended() const noexcept { return ended_; }
  /// The code of the last GOAWAY; empty without.
  const std::string& goaway() const noexcept { return goaway_; }
  int resets(std::uint32_t code) const noexcept { return code < 16 ? resets_[code] : 0; }
  int answers() const noexcept { return answers_; }
  std::size_t data() const noexcept { return data_; }
  Stream& stream() noexcept { return stream_; }

 private:
  void take(const ReadFrame& frame) {
    const bool ends = (frame.type == Type::data || frame.type == Type::headers) && (frame.flags & end_stream) != 0;
    if (ends) ++answers_;
    if (frame.type == Type::data) data_ += frame.payload.size();
    if (frame.type == Type::goaway) goaway_ = name(static_cast<gyre::wire::H2Error>(frame.at(4)));
    if (frame.type == Type::rst_stream && frame.at(0) < 16) ++resets_[frame.at(0)];
  }

  Loop* loop_;
  Stream stream_;
  std::string bytes_;
  std::string goaway_;
  int resets_[16] = {};
  int answers_ = 0;
  std::size_t data_ = 0;
  bool over_ = false;
  TimePoint ended_{};
};

enum class Reads : unsigned char { all, nothing };

/// Something that a client does again and again.
struct Attack {
  std::string name;
  std::string opening;  ///< Behind preface and SETTINGS, once.
  std::function<std::string(std::uint32_t round)> round;
  std::string limit;   ///< What ends it, as `Server::on_limit` is told. Empty: nothing of that kind.
  std::string goaway;  ///< The code that the client hears, if it reads.
  std::size_t memory;  ///< Bytes that the connection has at most.
  Reads reads = Reads::all;
  std::uint32_t rounds = 30'000;
};

/// What an attack came to.
struct Damage {
  std::string limit;
  std::string goaway;
  std::size_t memory = 0;  ///< Bytes beyond those of before.
  std::uint32_t rounds = 0;
  std::string others = {};  ///< What somebody else got who did not get the right answer.
  bool gone = false;        ///< The connection was, at last.
};

/// What a client begins with whose streams have such windows. (g++ 12 takes no list in a co_await expression.)
inline std::string greeting(std::uint32_t window) { return preface({{initial_window_size, window}}) + settings_ack(); }

inline Task<> attack(H2Site& site, const Attack& attack, Damage* damage) {
  constexpr std::uint32_t batch = 32;
  site.server.on_limit([damage](std::string_view limit) { damage->limit = limit; });
  const std::string first = co_await ask_once(site, "/");  // fills the pools
  if (first != "1:200(5) ") damage->others = first;
  const std::size_t before = allocated();
  Stream stream = co_await site.connect();
  Attacker attacker(site.loop, std::move(stream));
  Context& context = co_await this_context();
  Scope reading{context};
  if (attack.reads == Reads::all) reading.spawn(attacker.read());
  co_await attacker.send(greeting(0x7fffffff) + attack.opening);
  while (!attacker.over() && damage->limit.empty() && damage->rounds < attack.rounds) {
    std::string bytes;
    for (std::uint32_t i = 0; i < batch; ++i) bytes += attack.round(damage->rounds++);
    co_await attacker.send(std::move(bytes));
    co_await sleep_for(1us);
    damage->memory = std::max(damage->memory, allocated() - std::min(before, allocated()));
    if (damage->rounds % (32 * batch) != 0) continue;
    const std::string other = co_await ask_once(site, "/");
    if (other != "1:200(5) ") damage->others = other;
  }
  co_await sleep_for(200s);  // whatever it still waits for
  damage->gone = site.server.statistics().connections_open == 0;
  damage->goaway = attacker.goaway();
  reading.cancel();
  co_await reading.join();
}

}  // namespace gyre::test::h2
