// What it costs to make the text of a Server-Sent Event; where it goes costs nothing here.
#include "allocations.hpp"
#include "discarding_sink.hpp"
#include "memory_loop.hpp"

#include <gyre/http/event_stream.hpp>

#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <string_view>

using gyre_benchmark::Allocations;

namespace {

void format(benchmark::State& state, gyre::ServerSentEvent event, const gyre::EventStreamOptions& options = {}) {
  gyre_benchmark::MemoryLoop loop;
  gyre_benchmark::DiscardingSink sink;
  gyre::BodyWriter writer{sink};
  gyre::EventStream events{writer, loop, options};
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(event);
    if (!events.send(event).await_ready()) state.SkipWithError("it waits");
  }
  if (sink.last != '\n') state.SkipWithError("no event");
}

constexpr std::string_view json = R"({"price":1234,"symbol":"GYRE"})";

void print(benchmark::State& state) {
  gyre_benchmark::DiscardingSink sink;
  std::string_view data = json;
  char buffer[256];
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(data);
    const int size = std::snprintf(buffer, sizeof buffer, "event: %s\nid: %s\ndata: %.*s\n\n", "tick", "1234567",
                                   static_cast<int>(data.size()), data.data());
    sink.put({buffer, static_cast<std::size_t>(size)});
    benchmark::DoNotOptimize(sink);
  }
}

void append(benchmark::State& state) {
  gyre_benchmark::DiscardingSink sink;
  std::string_view data = json;
  std::string text;
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(data);
    text.assign("event: ")
        .append("tick")
        .append("\nid: ")
        .append("1234567")
        .append("\ndata: ")
        .append(data)
        .append("\n\n");
    sink.put(text);
    benchmark::DoNotOptimize(sink);
  }
}

const std::string lines = [] {
  std::string text;
  for (int line = 0; line < 32; ++line) text += "a line of thirty-two characters.\n";
  return text;
}();

BENCHMARK_CAPTURE(format, data, {.data = "3"})->Name("data alone");
BENCHMARK_CAPTURE(format, all, {.data = json, .event = "tick", .id = "1234567"})->Name("data, type and id");
BENCHMARK_CAPTURE(format, no_keep_alive, {.data = json, .event = "tick", .id = "1234567"},
                  {.keep_alive = gyre::Duration::max()})
    ->Name("data, type and id, without keep-alive");
BENCHMARK_CAPTURE(format, lines, {.data = lines})->Name("33 lines");
BENCHMARK(append)->Name("baseline: std::string, data, type and id");
BENCHMARK(print)->Name("baseline: snprintf, data, type and id");

}  // namespace

BENCHMARK_MAIN();
