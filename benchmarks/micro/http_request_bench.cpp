// What a whole request costs without the kernel: connection, parser, router, handler, writer and the loop's turns, on a
// loop in memory. Requests come one per turn, or sixteen.
#include "allocations.hpp"
#include "memory_loop.hpp"
#include "request_heads.hpp"

#include <gyre/loop/sleep.hpp>
#include <gyre/web/router.hpp>

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <string_view>

using gyre::Router;
using gyre::Task;
using gyre_benchmark::Allocations;
using gyre_benchmark::MemoryLoop;
using gyre_benchmark::MemorySite;

namespace {

constexpr std::int64_t batch = 256;

/// `piece` has `requests` in it; the time is for one of them.
void answer(benchmark::State& state, Router& router, std::string_view piece, std::uint64_t requests = 1,
            std::string_view status = "HTTP/1.1 200 OK\r\n") {
  MemorySite site{router};
  site.exchange({&piece, 1}, 1);
  if (!site.loop().first_sent().starts_with(status)) state.SkipWithError("wrong answer");
  const std::uint64_t before = site.statistics().responses;
  {
    const Allocations allocations{state};
    while (state.KeepRunningBatch(batch)) site.exchange({&piece, 1}, static_cast<std::uint64_t>(batch) / requests);
  }
  // A coroutine that waits may still be at work on its last request.
  if (site.statistics().responses - before + 1 < static_cast<std::uint64_t>(state.iterations())) {
    state.SkipWithError("answers are missing");
  }
}

std::string get(std::string_view target) {
  return std::string{gyre_benchmark::typical_head}.replace(4, std::string_view{"/plaintext"}.size(), target);
}

void plain(benchmark::State& state) {
  Router router;
  router.get("/plaintext", [] { return "Hello, World!"; });
  answer(state, router, gyre_benchmark::typical_head);
}

void pipelined(benchmark::State& state) {
  Router router;
  router.get("/plaintext", [] { return "Hello, World!"; });
  std::string text;
  for (int request = 0; request < 16; ++request) text += gyre_benchmark::typical_head;
  answer(state, router, text, 16);
}

void with_parameter(benchmark::State& state) {
  Router router;
  router.get("/users/{id}", [](gyre::Path<int> id) { return *id == 42 ? "Ann" : "nobody"; });
  answer(state, router, get("/users/42"));
}

void with_own_text(benchmark::State& state) {
  Router router;
  router.get("/text", [] { return gyre::Response{std::string(256, 'x')}.with("etag", "\"0123456789\""); });
  answer(state, router, get("/text"));
}

void from_browser(benchmark::State& state) {
  Router router;
  router.get("/articles/{path...}", [](gyre::Request&) { return "Hello, World!"; });
  answer(state, router, gyre_benchmark::browser_head);
}

void coroutine(benchmark::State& state) {
  Router router;
  router.get("/coroutine", []() -> Task<gyre::Response> { co_return "Hello, World!"; });
  answer(state, router, get("/coroutine"));
}

Task<int> small(int value) { co_return value + 1; }
Task<int> (*volatile opaque_small)(int) = small;

void awaiting_coroutine(benchmark::State& state) {
  Router router;
  router.get("/awaiting", []() -> Task<gyre::Response> {
    int value = 0;
    for (int i = 0; i < 3; ++i) value = co_await opaque_small(value);
    co_return value == 3 ? "Hello, World!" : "wrong";
  });
  answer(state, router, get("/awaiting"));
}

void middleware(benchmark::State& state) {
  Router router;
  router.use([](gyre::Request& request, gyre::Next next) -> Task<gyre::Response> { co_return co_await next(request); });
  router.get("/plaintext", [] { return "Hello, World!"; });
  answer(state, router, gyre_benchmark::typical_head);
}

void not_found(benchmark::State& state) {
  Router router;
  router.get("/plaintext", [] { return "Hello, World!"; });
  answer(state, router, get("/nothing"), 1, "HTTP/1.1 404 ");
}

/// The least that could be called a server: looks for the empty line and copies an answer that was made before.
class Floor : public gyre::ReceiveOperation, public gyre::FlushHook {
 public:
  explicit Floor(gyre::Loop& loop)
      : ReceiveOperation([](gyre::Operation& self, const gyre::Completion& completion) noexcept {
          static_cast<Floor&>(static_cast<ReceiveOperation&>(self)).received(completion);
        }),
        FlushHook([](gyre::FlushHook& self) noexcept { static_cast<Floor&>(self).flush(); }),
        loop_(&loop) {
    loop.submit(*this);
  }

 private:
  static constexpr std::string_view answer =
      "HTTP/1.1 200 OK\r\nDate: Sat, 01 Aug 2026 00:00:00 GMT\r\nServer: gyre\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, World!";

  void received(const gyre::Completion& completion) noexcept {
    if (completion.result <= 0) return;
    std::string_view bytes = gyre::as_text(completion.data);
    for (std::size_t end; (end = bytes.find("\r\n\r\n")) != std::string_view::npos; bytes.remove_prefix(end + 4)) {
      std::memcpy(buffer_ + size_, answer.data(), answer.size());
      size_ += answer.size();
    }
    loop_->flush_later(*this);
  }
  void flush() noexcept {
    send_.parts[0] = gyre::as_bytes({buffer_, size_});
    send_.part_count = 1;
    size_ = 0;
    loop_->submit(send_);
  }

  gyre::Loop* loop_;
  std::size_t size_ = 0;
  char buffer_[4096];
  gyre::SendOperation send_{[](gyre::Operation&, const gyre::Completion&) noexcept {}};
};

Task<> until_delivered(MemoryLoop* loop) { co_await loop->delivered(); }

/// Cancels the receive and lets the loop turn until it has heard of that.
Task<> until_stopped(MemoryLoop* loop, Floor* floor) {
  loop->cancel(*floor);
  while (loop->armed() > 0) co_await gyre::sleep_for(gyre::Duration{1});
}

void empty_line(benchmark::State& state) {
  MemoryLoop loop;
  Floor floor{loop};
  const std::string_view piece = gyre_benchmark::typical_head;
  {
    const Allocations allocations{state};
    while (state.KeepRunningBatch(batch)) {
      loop.deliver({&piece, 1}, static_cast<std::uint64_t>(batch));
      loop.run(until_delivered(&loop));
    }
  }
  loop.run(until_stopped(&loop, &floor));
}

BENCHMARK(plain)->Name("plain");
BENCHMARK(pipelined)->Name("plain, one of sixteen");
BENCHMARK(empty_line)->Name("baseline: find an empty line");
BENCHMARK(with_parameter)->Name("with a parameter");
BENCHMARK(with_own_text)->Name("with 256 bytes of its own and a field");
BENCHMARK(from_browser)->Name("from a browser");
BENCHMARK(coroutine)->Name("coroutine");
BENCHMARK(awaiting_coroutine)->Name("coroutine that awaits three others");
BENCHMARK(middleware)->Name("plain behind middleware");
BENCHMARK(not_found)->Name("not found");

}  // namespace

BENCHMARK_MAIN();
