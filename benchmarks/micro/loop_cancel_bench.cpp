// What cancellation costs where it is used, beside a plain `co_await`, and what the same costs with Boost.Asio's
// `awaitable`, its operators and its cancellation slots: a scope that nobody uses, a time limit on what is ready, a
// receive that is cancelled, and a race of two. Both sides on epoll, in one program.
#include "allocations.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/stream.hpp>

#include <benchmark/benchmark.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <cstdlib>

namespace asio = boost::asio;
using gyre_benchmark::Allocations;
using namespace std::chrono_literals;

namespace {

// --- gyre ------------------------------------------------------------------------------------------------------------

gyre::Task<int> ready(int value) { co_return value + 1; }
gyre::Task<int> (*volatile opaque_ready)(int) = ready;

template <class Body>
void run_on(gyre::Backend backend, benchmark::State& state, Body body) {
  auto loop = gyre::make_loop({.backend = backend});
  if (!loop) return state.SkipWithError("no such loop here");
  (*loop)->run(body(&state));
}

gyre::Task<> await_plain(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    value = co_await opaque_ready(value);
    benchmark::DoNotOptimize(value);
  }
}

gyre::Task<> await_in_unused_scope(benchmark::State* state) {
  gyre::Context& context = co_await gyre::this_context();
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    gyre::Scope scope{context};
    value = co_await opaque_ready(value);
    benchmark::DoNotOptimize(value);
    co_await scope.join();
  }
}

gyre::Task<> limit_what_is_ready(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    auto limited = gyre::within(1s, opaque_ready(value));
    const gyre::Result<int> result = co_await std::move(limited);
    value = *result;
    benchmark::DoNotOptimize(value);
  }
}

gyre::Task<> race(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const auto any = co_await gyre::when_any(opaque_ready(value), gyre::as_task(gyre::sleep_for(1s)));
    value = *std::get<0>(any.results);
    benchmark::DoNotOptimize(value);
  }
}

gyre::Task<> receive(gyre::Stream* stream) {
  std::byte buffer[64];
  const gyre::Result<std::size_t> size = co_await stream->read(buffer);
  if (size || size.error() != gyre::Errc::cancelled) std::abort();
}

gyre::Task<> cancel_a_receive(benchmark::State* state) {
  gyre::Context& context = co_await gyre::this_context();
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
  gyre::Stream mine{gyre::Loop::of(context), ends[0]};
  gyre::Stream other{gyre::Loop::of(context), ends[1]};
  const Allocations allocations{*state};
  for (auto _ : *state) {
    gyre::Scope scope{context};
    scope.spawn(receive(&mine));
    scope.cancel();
    co_await scope.join();
  }
}

// --- Asio ------------------------------------------------------------------------------------------------------------

asio::awaitable<int> asio_ready(int value) { co_return value + 1; }
asio::awaitable<int> (*volatile asio_opaque_ready)(int) = asio_ready;

template <class Body>
void run_asio(benchmark::State& state, Body body) {
  asio::io_context context{1};
  asio::co_spawn(context, body(&state), asio::detached);
  context.run();
}

asio::awaitable<void> asio_plain(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    value = co_await asio_opaque_ready(value);
    benchmark::DoNotOptimize(value);
  }
}

asio::awaitable<void> asio_limit(benchmark::State* state) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer{co_await asio::this_coro::executor};
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    timer.expires_after(1s);
    const auto result = co_await (asio_opaque_ready(value) || timer.async_wait(asio::use_awaitable));
    value = std::get<0>(result);
    benchmark::DoNotOptimize(value);
  }
}

asio::awaitable<void> asio_sleep(asio::steady_timer* timer) {
  timer->expires_after(1s);
  co_await timer->async_wait(asio::use_awaitable);
}

asio::awaitable<void> asio_race(benchmark::State* state) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer{co_await asio::this_coro::executor};
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const auto result = co_await (asio_opaque_ready(value) || asio_sleep(&timer));
    value = std::get<0>(result);
    benchmark::DoNotOptimize(value);
  }
}

asio::awaitable<void> asio_receive(asio::local::stream_protocol::socket* socket) {
  std::byte buffer[64];
  boost::system::error_code error;
  co_await socket->async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
  if (error != asio::error::operation_aborted) std::abort();
}

asio::awaitable<void> asio_cancel(benchmark::State* state) {
  const auto executor = co_await asio::this_coro::executor;
  asio::local::stream_protocol::socket mine{executor};
  asio::local::stream_protocol::socket other{executor};
  asio::local::connect_pair(mine, other);
  asio::steady_timer ended{executor};
  const Allocations allocations{*state};
  for (auto _ : *state) {
    asio::cancellation_signal signal;
    ended.expires_at(asio::steady_timer::time_point::max());
    asio::co_spawn(executor, asio_receive(&mine),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { ended.cancel(); }));
    co_await asio::post(executor, asio::use_awaitable);  // it starts in a later step
    signal.emit(asio::cancellation_type::terminal);
    boost::system::error_code error;
    co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

void plain_gyre(benchmark::State& state) { run_on(gyre::Backend::epoll, state, await_plain); }
void scope_gyre(benchmark::State& state) { run_on(gyre::Backend::epoll, state, await_in_unused_scope); }
void limit_gyre(benchmark::State& state) { run_on(gyre::Backend::epoll, state, limit_what_is_ready); }
void race_gyre(benchmark::State& state) { run_on(gyre::Backend::epoll, state, race); }
void cancel_gyre(benchmark::State& state) { run_on(gyre::Backend::epoll, state, cancel_a_receive); }
void cancel_gyre_uring(benchmark::State& state) { run_on(gyre::Backend::uring, state, cancel_a_receive); }
void plain_asio(benchmark::State& state) { run_asio(state, asio_plain); }
void limit_asio(benchmark::State& state) { run_asio(state, asio_limit); }
void race_asio(benchmark::State& state) { run_asio(state, asio_race); }
void cancel_asio(benchmark::State& state) { run_asio(state, asio_cancel); }

BENCHMARK(plain_gyre)->Name("co_await");
BENCHMARK(plain_asio)->Name("baseline: Asio co_await");
BENCHMARK(scope_gyre)->Name("co_await in a scope that nobody uses");
BENCHMARK(limit_gyre)->Name("within on what is ready");
BENCHMARK(limit_asio)->Name("baseline: Asio ready || timer");
BENCHMARK(race_gyre)->Name("when_any of two, one is ready");
BENCHMARK(race_asio)->Name("baseline: Asio operator|| of two, one is ready");
BENCHMARK(cancel_gyre)->Name("cancel a pending receive, epoll");
BENCHMARK(cancel_gyre_uring)->Name("cancel a pending receive, io_uring");
BENCHMARK(cancel_asio)->Name("baseline: Asio, cancel a pending receive");

}  // namespace

BENCHMARK_MAIN();
