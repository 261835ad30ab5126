#include "schedule.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>

namespace gyre::simulate {
namespace {

using namespace std::chrono_literals;

const std::string& file_text() {
  static const std::string text = std::string(file_size - 1, 'f') + "$";
  return text;
}

}  // namespace

SimOptions Schedule::draw_world(Chance& chance) {
  constexpr std::size_t capacities[] = {64, 1000, 16 * 1024, 64 * 1024, 64 * 1024};
  SimOptions world;
  world.seed = chance.next();
  world.split_chunks = chance.one_in(2);
  world.pipe_capacity = chance.pick(capacities);
  return world;
}

ServerOptions Schedule::draw_server(Chance& chance) {
  ServerOptions options;
  if (chance.one_in(2)) return options;
  options.limits.output = 500;
  options.limits.read_ahead = 200;
  options.limits.drain = 300;
  options.limits.concurrent_requests = 3;
  options.limits.handler = 2s;
  return options;
}

Schedule::Schedule(Service& service, std::uint64_t seed)
    : service_(service),
      chance_(seed),
      world_(draw_world(chance_)),
      options_(draw_server(chance_)),
      loop_(world_),
      ledger_(loop_) {
  loop_.put_file(file_path, file_text());
  const std::size_t count = 1 + chance_.below(6);
  for (std::size_t number = 0; number < count; ++number) {
    visitors_.push_back(std::make_unique<Visitor>(static_cast<unsigned>(number), seed));
  }
  if (!chance_.one_in(4)) return;
  stops_after_ = std::chrono::microseconds{chance_.below(300'000)};
  grace_ = std::chrono::milliseconds{chance_.below(100)};
}

std::string Schedule::run() {
  ledger = &ledger_;
  try {
    loop_.run(serve());
  } catch (const Deadlock& deadlock) {
    blame(deadlock.what());
  }
  ledger = nullptr;
  blame(ledger_.fault());
  if (ledger_.at_work() != 0) blame("a handler is left");
  if (ledger_.inside != 0) blame("a mutex is left locked");
  if (loop_.armed() != 0) blame("an operation is left");
  if (loop_.open_descriptors() != 0) blame("a descriptor is left");
  return fault_;
}

Task<> Schedule::serve() {
  Server server{loop_, service_, options_};
  Listener listener{loop_};
  listener.open(Endpoint::ip("127.0.0.1", 80).value()).value();
  Context& context = co_await this_context();
  Scope visits{context};
  Scope serving{context};
  serving.spawn(server.serve(listener));
  for (const auto& visitor : visitors_) visits.spawn(visitor->visit(loop_, listener.endpoint()));
  const bool stops = stops_after_ != Duration::max();
  if (stops) {
    co_await sleep_for(stops_after_);
  } else {
    co_await visits.join();
  }
  listener.stop();
  co_await serving.join();
  co_await listener.close();
  const TimePoint start = loop_.now();
  co_await server.stop(grace_);
  // A handler that cannot be stopped, a client that does not read, the wait for a client's end.
  if (loop_.now() - start > grace_ + 40s) blame("a stop takes too long");
  if (stops) co_await visits.join();
  check(server.statistics());
}

void Schedule::check(const ServerStatistics& statistics) {
  const bool stopped = stops_after_ != Duration::max();
  std::size_t whole = 0;
  for (const auto& visitor : visitors_) {
    const std::string fault = visitor->fault(stopped, false);
    if (!fault.empty()) blame(fault);
    whole += visitor->heard_whole();
    check_cancellation(*visitor);
  }
  requests_ = statistics.requests;
  if (statistics.connections_open != 0) blame("connections are left");
  if (statistics.responses > statistics.requests + statistics.rejected) blame("more responses than requests");
  if (statistics.responses < whole) blame("an answer that nobody counted");
  if (ledger_.handled_count() > statistics.requests) blame("more handlers than requests");
}

// Nothing is at work for long for a client that is gone.
void Schedule::check_cancellation(const Visitor& visitor) {
  constexpr Duration clean_up = 250ms;  // of the handlers that shield one
  if (visitor.gone_at() == time_never) return;
  if (ledger_.last_end(visitor.number()) > visitor.gone_at() + clean_up) blame("a handler outlives its client");
}

std::string Schedule::describe() const {
  std::string text;
  for (const auto& visitor : visitors_) text += visitor->describe();
  return text;
}

}  // namespace gyre::simulate
