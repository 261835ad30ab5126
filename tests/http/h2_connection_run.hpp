#pragma once

#include "connection_run.hpp"
#include "h2_transcript.hpp"

#include <h2_script.hpp>

/// As `ConnectionRun`, for a connection of HTTP/2: what the client says is what the input's bytes make
/// (`h2_test::Script`).
namespace gyre::test::mixed {

class H2Run {
 public:
  H2Run(const Plan& plan, std::string_view input)
      : plan_(plan), script_(input), chance_(plan.world.seed), loop_(plan.world) {
    loop_.put_file(MixedService::file_path, std::string(MixedService::file_size, 'f'));
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
    if (!heard_.fault().empty()) blame("the server: " + heard_.fault());
    return fault_;
  }

 private:
  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = what;
  }
  std::size_t random(std::size_t limit) {
    chance_ = chance_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(chance_ >> 33U) % limit;
  }

  ServerOptions options() const {
    ServerOptions options = plan_.options();
    if (!plan_.tiny) return options;
    options.limits.collected = 150;
    options.limits.h2 = {.streams = 3,
                         .stream_window = 1000,
                         .connection_window = 70'000,
                         .header_table = 100,
                         .continuations = 2,
                         .settings = 2,
                         .queued_frames = 10,
                         .resets = {.burst = 4, .per_second = 1},
                         .glitches = {.burst = 8, .per_second = 1}};
    return options;
  }

  Task<> serve() {
    Server server{loop_, service_, options()};
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
    if (plan_.leaving == Leaving::half_close) stream.shutdown(ShutdownSide::send);
    const bool stays = plan_.leaving == Leaving::silent || plan_.leaving == Leaving::half_close;
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
    std::string bytes = h2_test::preface() + h2_test::settings_ack();
    while (!script_.done()) {
      std::string step = script_.next();
      if (!step.empty()) {
        bytes += step;
        if (bytes.size() < 20'000 && random(4) != 0) continue;
      }
      const bool written = co_await send(stream, std::move(bytes));
      if (!written) co_return;
      bytes = {};
      const Duration pause = step.empty() ? plan_.pause : 1ns;
      co_await sleep_for(pause);
    }
    co_await send(stream, std::move(bytes));
  }

  Task<bool> send(Stream* stream, std::string bytes) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::size_t size = plan_.piece_max == 0 ? rest.size() : std::min(rest.size(), 1 + random(plan_.piece_max));
      const Bytes piece = as_bytes(rest.substr(0, size));
      const Result<void> written = co_await stream->write(piece);
      if (!written) co_return false;
      rest.remove_prefix(size);
      if (!rest.empty() && random(8) == 0) co_await sleep_for(1ns);
    }
    co_return true;
  }

  Task<> listen(Stream* stream) {
    if (plan_.reading == Reading::never) co_return;
    if (plan_.reading == Reading::late) co_await sleep_for(15s);
    std::byte buffer[8192];
    for (int count = 0;; ++count) {
      const bool slowly = plan_.reading == Reading::slowly && count < 200;
      const std::size_t most = slowly ? 1 + random(64) : sizeof buffer;
      const Result<std::size_t> size = co_await stream->read({buffer, most});
      if (!size || *size == 0) co_return;
      heard_.add(as_text(Bytes{buffer, *size}));
      if (slowly) co_await sleep_for(std::chrono::milliseconds{random(50)});
    }
  }

  void check(const ServerStatistics& statistics) {
    if (statistics.connections_accepted != 1 || statistics.connections_open != 0) blame("connections are miscounted");
    if (statistics.requests != service_.methods.size()) blame("requests are miscounted");
    if (statistics.responses > statistics.requests + statistics.rejected) blame("more responses than requests");
    if (statistics.answers_dropped > statistics.requests) blame("more answers dropped than requests");
    if (statistics.handlers_running != 0 || statistics.handlers_orphaned != 0) blame("handlers are miscounted");
    if (statistics.h2_connections > 1) blame("HTTP/2 is miscounted");
  }

  const Plan& plan_;
  h2_test::Script script_;
  std::uint64_t chance_;
  SimLoop loop_;
  MixedService service_;
  h2::Transcript heard_;
  std::string fault_;
};

/// Runs an input. What is wrong, or nothing.
inline std::string run_h2(std::string_view input) {
  constexpr std::size_t size_max = 4096;
  if (input.size() < Plan::size || input.size() > size_max) return {};
  Plan plan(input);
  plan.comparable = false;
  H2Run run(plan, input.substr(Plan::size));
  return run.run();
}

}  // namespace gyre::test::mixed
