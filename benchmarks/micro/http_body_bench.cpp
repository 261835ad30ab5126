// What bodies cost, without the kernel: a whole exchange on a loop in memory, with a body in one of the two directions.
#include "allocations.hpp"
#include "memory_loop.hpp"

#include <gyre/http/body_writer.hpp>
#include <gyre/web/router.hpp>

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using gyre::Router;
using gyre::Task;
using gyre_benchmark::Allocations;
using gyre_benchmark::MemorySite;

namespace {

constexpr std::size_t body_bytes = 16 * 1024;
constexpr std::size_t piece_bytes = 4 * 1024;

void upload_collected(Router& router) {
  router.post("/", [](gyre::Request& request) { return request.body().size() == body_bytes ? "yes" : "no"; });
}

void upload_collected_by_task(Router& router) {
  router.post("/", [](gyre::Request& request) -> Task<gyre::Response> {
    (co_await request.collect()).value();
    co_return request.body().size() == body_bytes ? "yes" : "no";
  });
}

void upload_streamed(Router& router) {
  router.post("/", [](gyre::Body body) -> Task<gyre::Response> {
    std::size_t bytes = 0;
    for (;;) {
      const std::string_view piece = (co_await body.read()).value();
      if (piece.empty()) co_return bytes == body_bytes ? "yes" : "no";
      bytes += piece.size();
    }
  });
}

void upload_ignored(Router& router) {
  router.post("/", [](gyre::Body) { return "yes"; });
}

std::string with_length() {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n" +
         std::string(body_bytes, 'x');
}

std::string in_chunks() {
  std::string text = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t done = 0; done < body_bytes; done += 1024) text += "400\r\n" + std::string(1024, 'x') + "\r\n";
  return text + "0\r\n\r\n";
}

void exchange(benchmark::State& state, Router& router, const std::string& request) {
  std::vector<std::string_view> pieces;
  for (std::string_view rest = request; !rest.empty();) {
    pieces.push_back(rest.substr(0, piece_bytes));
    rest.remove_prefix(pieces.back().size());
  }
  MemorySite site{router};
  constexpr std::int64_t batch = 64;
  site.exchange(pieces, 2);
  const std::string& first = site.loop().first_sent();
  if (!first.starts_with("HTTP/1.1 200 OK\r\n") || first.ends_with("no")) state.SkipWithError("wrong answer");
  const Allocations allocations{state};
  while (state.KeepRunningBatch(batch)) site.exchange(pieces, batch);
  state.SetBytesProcessed(state.iterations() * std::int64_t{body_bytes});
}

void upload(benchmark::State& state, void (*add)(Router&), std::string (*request)()) {
  Router router;
  add(router);
  exchange(state, router, request());
}

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// The body that is borrowed, owned, and written in pieces.
void download_borrowed(benchmark::State& state) {
  static const std::string body(body_bytes, 'x');
  Router router;
  router.get("/", [] { return std::string_view{body}; });
  exchange(state, router, std::string{get});
}

void download_owned(benchmark::State& state) {
  Router router;
  router.get("/", [] { return std::string(body_bytes, 'x'); });
  exchange(state, router, std::string{get});
}

void download_streamed(benchmark::State& state) {
  Router router;
  router.get("/", [] {
    return gyre::Response::stream([](gyre::BodyWriter& out) -> Task<> {
      static const std::string piece(1024, 'x');
      for (std::size_t written = 0; written < body_bytes; written += piece.size()) co_await out.write(piece);
    });
  });
  exchange(state, router, std::string{get});
}

void copy(benchmark::State& state) {
  const std::string from(body_bytes, 'x');
  std::string to(body_bytes, '\0');
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::memcpy(to.data(), from.data(), body_bytes));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t{body_bytes});
}

BENCHMARK_CAPTURE(upload, collected, upload_collected, with_length)->Name("16 KiB in, collected");
BENCHMARK_CAPTURE(upload, collected_by_task, upload_collected_by_task, with_length)
    ->Name("16 KiB in, collected by a task");
BENCHMARK_CAPTURE(upload, streamed, upload_streamed, with_length)->Name("16 KiB in, streamed");
BENCHMARK_CAPTURE(upload, ignored, upload_ignored, with_length)->Name("16 KiB in, not read");
BENCHMARK_CAPTURE(upload, chunks_collected, upload_collected, in_chunks)->Name("16 chunks in, collected");
BENCHMARK_CAPTURE(upload, chunks_streamed, upload_streamed, in_chunks)->Name("16 chunks in, streamed");
BENCHMARK(download_borrowed)->Name("16 KiB out, borrowed");
BENCHMARK(download_owned)->Name("16 KiB out, owned");
BENCHMARK(download_streamed)->Name("16 chunks out, streamed");
BENCHMARK(copy)->Name("baseline: memcpy of 16 KiB");

}  // namespace

BENCHMARK_MAIN();
