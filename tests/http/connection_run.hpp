#pragma once

#include "answer_log.hpp"
#include "mixed_service.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/http/server.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <iterator>

/// One connection of a server with a `MixedService` in a simulated world, and what must hold whatever happens on it.
namespace gyre::test::mixed {

enum class Reading : unsigned char { quickly, slowly, late, never };
/// What the client does when it has sent what it wants to send.
enum class Leaving : unsigned char { silent, half_close, close, reset };

/// What decides about a run: the first bytes of an input. The rest is what the client sends.
struct Plan {
  static constexpr std::size_t size = 8;

  SimOptions world;
  bool tiny = false;          ///< Limits.
  bool turned_away = false;   ///< There is no room for the connection.
  bool served = false;        ///< A client that ends its side is served.
  bool few = false;           ///< Only so many handlers at once.
  std::size_t piece_max = 0;  ///< The client's bytes are cut into such pieces at most; 0: not at all.
  Duration pause{};           ///< After some of them.
  Reading reading = Reading::quickly;
  Leaving leaving = Leaving::silent;
  Duration before_leaving{};
  std::size_t skipped = 0;                ///< Bytes at the end that the client does not send.
  Duration stop_after = Duration::max();  ///< The server stops so long after the beginning.
  Duration grace{};
  bool comparable = false;  ///< What comes depends on what was sent alone, not on when.

  static Duration duration(unsigned choice) {
    constexpr Duration all[] = {0ns, 1ns, 1ms, 30ms, 700ms, 4s, 35s, 100s};
    return all[choice % std::size(all)];
  }

  explicit Plan(std::string_view bytes) {
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    constexpr std::size_t capacities[] = {64, 1000, 16 * 1024, 64 * 1024};
    world.seed = at(0) + 1U;
    world.split_chunks = (at(1) & 1U) != 0;
    tiny = (at(1) & 2U) != 0;
    comparable = (at(1) & 4U) != 0;
    turned_away = (at(1) & 0xf8U) == 0xf8U;
    world.pipe_capacity = capacities[at(1) >> 3U & 3U];
    piece_max = at(2) < 64 ? 0 : at(2) - 63U;
    pause = duration(at(3));
    reading = static_cast<Reading>(at(4) & 3U);
    leaving = static_cast<Leaving>(at(4) >> 2U & 3U);
    before_leaving = duration(at(4) >> 4U);
    skipped = at(5);
    if ((at(6) & 1U) != 0) stop_after = duration(at(6) >> 1U);
    grace = duration(at(7) & 7U);
    served = (at(7) & 8U) != 0;
    few = (at(7) & 0x70U) == 0x70U;
  }
  /// The same bytes to the same server, but all at once.
  Plan at_once() const {
    Plan plan = *this;
    plan.world.split_chunks = false;
    plan.world.pipe_capacity = 1 << 20;
    plan.piece_max = 0;
    return plan;
  }

  ServerOptions options() const {
    ServerOptions options;
    Limits& limits = options.limits;
    if (tiny) {
      limits.head = {.request_line = 80, .header_block = 300, .fields = 8};
      limits.chunks = {.extension = 8, .extensions = 16, .trailers = 40, .trailer_fields = 2};
      limits.body = 100;
      limits.drain = 40;
      limits.read_ahead = 64;
      limits.output = 200;
      limits.concurrent_requests = 3;
      limits.head_read = 1s;
      limits.body_stall = 2s;
      limits.handler = 300ms;
      limits.idle = 5s;
      limits.write_stall = 2s;
      limits.linger = 500ms;
      limits.rate_grace = 2s;
    }
    if (turned_away) limits.connections = 0;
    if (few && !comparable) limits.handlers = 2;
    if (served) options.half_close = HalfClose::served;
    options.http2 = Http2::off;  // bytes that begin with its preface are another target's
    if (comparable) {
      limits.drain = std::size_t{1} << 20;  // else it counts how much of an unread body is there already
      for (Duration* limit : {&limits.head_read, &limits.body_stall, &limits.handler, &limits.idle, &limits.write_stall,
                              &limits.linger, &limits.rate_grace}) {
        *limit = Duration::max();
      }
    }
    return options;
  }
};

class ConnectionRun {
 public:
  ConnectionRun(const Plan& plan, std::string_view bytes)
      : plan_(plan), bytes_(bytes), chance_(plan.world.seed), loop_(plan.world) {
    for (const std::string_view letter : {"/F", "/H", "/C"}) {
      if (bytes.find(letter) != std::string_view::npos) loop_.put_file(MixedService::file_path, file());
    }
  }

  /// What is wrong; empty if nothing is.
  std::string run() {
    try {
      loop_.run(serve());
    } catch (const Deadlock&) {
      blame("a deadlock");
    }
    if (loop_.armed() != 0) blame("an operation is left");
    if (loop_.open_descriptors() != 0) blame("a descriptor is left");
    if (service_.running != 0) blame("a handler is left");
    return fault_;
  }

  const std::vector<ReadAnswer>& answers() const noexcept { return answers_; }
  const std::string& heard() const noexcept { return heard_; }
  bool cut() const noexcept { return ending_ == Ending::reset; }

 private:
  static const std::string& file() {
    static const std::string text = std::string(MixedService::file_size - 1, 'f') + "$";
    return text;
  }
  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = what;
  }
  std::size_t random(std::size_t limit) {
    chance_ = chance_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(chance_ >> 33U) % limit;
  }

  Task<> serve() {
    Server server{loop_, service_, plan_.options()};
    Listener listener{loop_};
    listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
    Context& context = co_await this_context();
    Scope scope{context};
    auto connecting = Stream::connect(listener.endpoint());
    Result<Stream> stream = co_await std::move(connecting);
    Result<Stream> accepted = co_await listener.accept();
    co_await listener.close();
    server.serve(std::move(accepted).value());
    if (plan_.stop_after != Duration::max()) scope.spawn(stop(&server, plan_.stop_after, plan_.grace));
    co_await speak(&server, std::move(stream).value());
    co_await scope.join();
    if (plan_.stop_after == Duration::max()) co_await stop(&server, 0s, 0s);
    check(server.statistics());
  }

  Task<> stop(Server* server, Duration after, Duration grace) {
    constexpr Duration usual = 40s;  // to send what is left, to linger, for a handler that cannot be stopped
    co_await sleep_for(after);
    const TimePoint start = loop_.now();
    co_await server->stop(grace);
    if (plan_.reading == Reading::quickly && loop_.now() - start > grace + usual) blame("a stop takes too long");
  }

  Task<> speak(Server* server, Stream stream) {
    Context& context = co_await this_context();
    Scope listening{context};
    listening.spawn(listen(&stream));
    co_await say(&stream);
    co_await sleep_for(plan_.before_leaving);
    if (plan_.comparable) {
      co_await sleep_for(24h);  // all has been answered
      stream.shutdown(ShutdownSide::send);
    } else if (plan_.leaving == Leaving::half_close) {
      stream.shutdown(ShutdownSide::send);
    }
    const bool stays = plan_.leaving == Leaving::silent || plan_.leaving == Leaving::half_close || plan_.comparable;
    if (stays) {
      for (int hours = 0; hours < 24 && server->statistics().connections_open != 0; ++hours) co_await sleep_for(1h);
      if (server->statistics().connections_open != 0) blame("a connection outlives its limits");
      if (plan_.reading != Reading::never) co_await sleep_for(1h);
    }
    listening.cancel();
    co_await listening.join();
    if (!stays && plan_.leaving == Leaving::reset) stream.reset();
  }

  Task<> say(Stream* stream) {
    std::string_view rest = bytes_;
    if (!plan_.comparable) rest.remove_suffix(std::min(rest.size(), plan_.skipped));
    while (!rest.empty()) {
      const std::size_t size = plan_.piece_max == 0 ? rest.size() : std::min(rest.size(), 1 + random(plan_.piece_max));
      const Bytes piece = as_bytes(rest.substr(0, size));
      const Result<void> written = co_await stream->write(piece);
      if (!written) broken_ = true;
      if (!written) co_return;
      rest.remove_prefix(size);
      if (rest.empty()) co_return;
      const Duration pause = random(4) == 0 ? plan_.pause : 1ns;
      co_await sleep_for(pause);
    }
  }

  Task<> listen(Stream* stream) {
    const Reading reading = plan_.comparable ? Reading::quickly : plan_.reading;
    if (reading == Reading::never) co_return;
    if (reading == Reading::late) co_await sleep_for(15s);
    std::byte buffer[8192];
    for (int count = 0;; ++count) {
      const bool slowly = reading == Reading::slowly && count < 200;
      const std::size_t most = slowly ? 1 + random(64) : sizeof buffer;
      const Result<std::size_t> size = co_await stream->read({buffer, most});
      if (!size && size.error() != Errc::cancelled) ending_ = Ending::reset;
      // A reset is told once, to who reads or to who writes.
      if (size && *size == 0) ending_ = broken_ ? Ending::reset : Ending::clean;
      if (!size || *size == 0) co_return;
      heard_ += as_text(Bytes{buffer, *size});
      if (slowly) co_await sleep_for(std::chrono::milliseconds{random(50)});
    }
  }

  void check(const ServerStatistics& statistics) {
    const AnswerLog log(heard_, ending_, service_.methods);
    blame_log(log);
    answers_ = log.answers();
    const std::uint64_t count = answers_.size();
    if (statistics.connections_accepted != 1 || statistics.connections_open != 0) blame("connections are miscounted");
    if (statistics.connections_refused != (plan_.turned_away ? 1 : 0)) blame("refused connections are miscounted");
    if (statistics.requests != service_.methods.size()) blame("requests are miscounted");
    if (statistics.responses > statistics.requests + statistics.rejected) blame("more responses than requests");
    if (statistics.answers_dropped > statistics.requests) blame("more answers dropped than requests");
    if (statistics.handlers_running != 0 || statistics.handlers_orphaned != 0) blame("handlers are miscounted");
    if (statistics.responses < count) blame("responses are miscounted");
    if (ending_ != Ending::clean) return;
    if (statistics.responses != count) blame("a clean end, and not all answers came");
    const bool waited = plan_.leaving == Leaving::silent && !plan_.comparable && plan_.stop_after == Duration::max();
    if (waited && count < service_.methods.size()) blame("a clean end, and requests without an answer");
  }
  void blame_log(const AnswerLog& log) {
    if (!log.fault().empty()) blame(log.fault());
    if (log.session() && !log.rest().empty() && !std::string_view{"early "}.starts_with(log.rest().substr(0, 6))) {
      blame("a session begins otherwise");
    }
  }

  const Plan& plan_;
  std::string_view bytes_;
  std::uint64_t chance_;
  SimLoop loop_;
  MixedService service_;
  std::string heard_;
  Ending ending_ = Ending::none;
  bool broken_ = false;  ///< The client could not write.
  std::vector<ReadAnswer> answers_;
  std::string fault_;
};

/// Whether a path's answers depend on the time, or may be cut anywhere.
inline bool answers_vary(std::string_view bytes) {
  if (bytes.find("100-continue") != std::string_view::npos) return true;
  for (const char letter : std::string_view{"WDdiTMNHCVhl"}) {
    if (bytes.find(std::string{"/"} + letter) != std::string_view::npos) return true;
  }
  return false;
}

/// Whether two runs have the same answers. Where a stream was cut, what was on its way is lost.
inline bool alike(const ConnectionRun& one, const ConnectionRun& other) {
  const bool cut = one.cut() || other.cut();
  const std::size_t common = std::min(one.answers().size(), other.answers().size());
  for (std::size_t index = 0; index < common; ++index) {
    const ReadAnswer& left = one.answers()[index];
    const ReadAnswer& right = other.answers()[index];
    if (cut && !(left.complete && right.complete)) return true;
    if (!(left == right)) return false;
  }
  return cut || one.answers().size() == other.answers().size();
}

/// Runs an input. What is wrong, or nothing.
inline std::string run(std::string_view input) {
  constexpr std::size_t size_max = 8192;
  if (input.size() < Plan::size || input.size() > size_max) return {};
  const std::string_view bytes = input.substr(Plan::size);
  Plan plan(input);
  plan.comparable = plan.comparable && !answers_vary(bytes);
  if (plan.comparable) plan.stop_after = Duration::max();
  ConnectionRun given(plan, bytes);
  std::string fault = given.run();
  if (!fault.empty() || !plan.comparable) return fault.empty() ? fault : fault + "\n" + given.heard();
  const Plan simple = plan.at_once();
  ConnectionRun at_once(simple, bytes);
  fault = at_once.run();
  if (!fault.empty()) return "at once: " + fault + "\n" + at_once.heard();
  if (alike(given, at_once)) return {};
  return "other answers at once than in pieces:\n" + at_once.heard() + "\n--- in pieces ---\n" + given.heard();
}

}  // namespace gyre::test::mixed
