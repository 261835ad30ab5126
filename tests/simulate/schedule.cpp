#include "schedule.hpp"

#include "h2_visitor.hpp"
#include "site.hpp"
#include "visitor.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/sleep.hpp>

namespace gyre::simulate {
namespace {

using namespace std::chrono_literals;

const std::string& file_text() {
  static const std::string text = std::string(file_size - 1, 'f') + "$";
  return text;
}

void draw_faults(Chance& chance, SimFaults& faults) {
  constexpr std::uint32_t rates[] = {0, 0, 1'000, 20'000, 100'000};
  faults.resets = chance.pick(rates);
  faults.accepts = chance.pick(rates);
  faults.receives = chance.pick(rates);
  faults.sends = chance.pick(rates);
  faults.connects = chance.pick(rates);
  faults.files = chance.pick(rates);
}

}  // namespace

SimOptions Schedule::draw_world(Chance& chance) {
  constexpr std::size_t capacities[] = {64, 1000, 16 * 1024, 64 * 1024, 64 * 1024};
  SimOptions world;
  world.seed = chance.next();
  world.split_chunks = chance.one_in(2);
  world.pipe_capacity = chance.pick(capacities);
  world.task_tree = true;
  if (chance.one_in(3)) world.latency = {.least = 0ms, .most = std::chrono::microseconds{chance.below(20'000)}};
  if (chance.one_in(6)) world.bandwidth = 20'000 + chance.below(1'000'000);
  if (chance.one_in(4)) world.late_completions = std::chrono::microseconds{chance.below(3'000)};
  if (chance.one_in(8)) world.clock = {.jump_every = 100ms, .jump_max = 1h, .stall_every = 500ms, .stall_max = 300ms};
  if (chance.one_in(4)) draw_faults(chance, world.faults);
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

// By a generator of its own, so that the other schedules stay what they were.
testing::Tls Schedule::draw_tls(Chance chance, Encrypted which, Limits& limits) {
  constexpr std::size_t one_in = 16;
  if (!chance.one_in(one_in) && which == Encrypted::some) return testing::Tls::off;
  constexpr unsigned places[] = {1000, 1000, 1, 2};
  constexpr Duration stalls[] = {Duration::max(), 0ms, 20ms};
  limits.handshakes = chance.pick(places);
  limits.handshake_stall = chance.pick(stalls);
  return testing::Tls::on;
}

Schedule::Schedule(Service& service, std::uint64_t seed, Encrypted which)
    : service_(service),
      chance_(seed),
      world_(draw_world(chance_)),
      options_(draw_server(chance_)),
      tls_(draw_tls(Chance{~seed}, which, options_.limits)),
      loop_(world_),
      ledger_(loop_) {
  loop_.put_file(file_path, file_text());
  ledger_.exact_time = world_.clock.stall_every == Duration{};
  draw_visitors(seed);
  if (!chance_.one_in(4)) return;
  stops_after_ = std::chrono::microseconds{chance_.below(300'000)};
  grace_ = std::chrono::milliseconds{chance_.below(100)};
}

// Who speaks HTTP/2, and what the server grants it, by a generator of its own: the other schedules stay what they were.
void Schedule::draw_visitors(std::uint64_t seed) {
  constexpr std::size_t one_in = 4;
  Chance chance{seed ^ 0x4832'0000'0000U};
  const bool has_h2 = chance.one_in(one_in);
  if (has_h2 && chance.one_in(2)) options_.limits.h2.streams = 3;
  if (has_h2 && chance.one_in(2)) options_.limits.h2.stream_window = 500;
  const std::size_t count = 1 + chance_.below(6);
  for (unsigned number = 0; number < count; ++number) {
    const bool is_h2 = has_h2 && !chance.one_in(4);
    h2_visitors_ += is_h2 ? 1 : 0;
    if (is_h2) {
      visitors_.push_back(std::make_unique<H2Visitor>(number, seed, tls_));
    } else {
      visitors_.push_back(std::make_unique<Visitor>(number, seed, tls_));
    }
  }
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
  if (loop_.has_timers()) blame("a timer is left");
  if (loop_.task_tree()->size() != 0) blame("a task is left:\n" + loop_.task_tree()->text());
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
  serving.spawn(encrypted() ? server.serve(listener, testing::TlsEnds::get().acceptor()) : server.serve(listener));
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
  if (ledger_.exact_time && loop_.now() - start > grace_ + 40s) blame("a stop takes too long");
  if (stops) co_await visits.join();
  check(server.statistics());
}

void Schedule::check(const ServerStatistics& statistics) {
  const bool stopped = stops_after_ != Duration::max();
  std::size_t whole = 0;
  for (const auto& visitor : visitors_) {
    const bool excused = stopped || network_fails() || world_.faults.accepts + world_.faults.files > 0 ||
                         statistics.handshakes_shed != 0;
    const std::string fault = visitor->fault(excused);
    if (!fault.empty()) blame(fault);
    whole += visitor->heard_whole();
    check_cancellation(*visitor);
  }
  requests_ = statistics.requests;
  if (!handshakes_give_way() && statistics.handshakes_shed != 0) blame("a handshake gave way without need");
  if (statistics.connections_open != 0) blame("connections are left");
  if (statistics.responses > statistics.requests + statistics.rejected) blame("more responses than requests");
  if (statistics.responses < whole) blame("an answer that nobody counted");
  if (ledger_.handled_count() > statistics.requests) blame("more handlers than requests");
}

// Nothing is at work for long for a client that is gone, once the news has arrived.
void Schedule::check_cancellation(const Guest& visitor) {
  if (network_fails() || !ledger_.exact_time) return;
  constexpr Duration clean_up = 250ms;  // of the handlers that shield one
  Duration on_its_way = 4 * (world_.latency.most + world_.late_completions);
  if (world_.bandwidth != 0) on_its_way += std::chrono::seconds{1 + world_.pipe_capacity / world_.bandwidth};
  if (world_.faults.accepts != 0) on_its_way += 1s;  // a server that has no descriptors takes a rest
  for (unsigned index = 0; index < visitor.wish_count(); ++index) {
    const TimePoint gone_at = visitor.gone_at(index);
    if (gone_at == time_never || visitor.outlives(index)) continue;
    if (ledger_.end_of({visitor.number(), index}) > gone_at + on_its_way + clean_up) {
      const Duration late = ledger_.end_of({visitor.number(), index}) - gone_at;
      blame("the handler of request " + std::to_string(index) + " outlives visitor " +
            std::to_string(visitor.number()) + " by " + std::to_string(late.count()) + " ns");
    }
  }
}

std::string Schedule::describe() const {
  std::string text = "a pipe has " + std::to_string(world_.pipe_capacity) + " bytes, latency up to " +
                     std::to_string(world_.latency.most.count()) + " ns, " + std::to_string(world_.bandwidth) +
                     " bytes/s, completions late by up to " + std::to_string(world_.late_completions.count()) +
                     " ns, limits " + (options_.limits.output == 500 ? "small" : "usual");
  if (encrypted()) {
    text += ", " + std::to_string(options_.limits.handshakes) + " handshakes, which give way after " +
            std::to_string(options_.limits.handshake_stall.count()) + " ns";
  }
  text += "\n";
  for (const auto& visitor : visitors_) text += visitor->describe();
  return text;
}

}  // namespace gyre::simulate
