// What it costs to read a request head, one thread, everything in the cache.
#include "allocations.hpp"
#include "request_heads.hpp"

#include <gyre/wire/h1/internal/beast_head.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <benchmark/benchmark.h>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace beast = boost::beast;
namespace wire = gyre::wire;
using gyre_benchmark::Allocations;

namespace {

std::string_view request(int which) {
  using namespace gyre_benchmark;
  return which == 0 ? small_head : which == 1 ? typical_head : browser_head;
}

void parse(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  std::array<wire::Field, 100> storage;
  const Allocations allocations{state};
  for (auto _ : state) {
    std::string_view bytes = data;
    benchmark::DoNotOptimize(bytes);
    wire::RequestHead head(storage);
    wire::HeadProgress progress;
    const wire::HeadOutcome outcome = wire::parse_request_head(bytes, {}, head, progress);
    if (outcome.state != wire::HeadState::complete) state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
  state.SetLabel(std::to_string(data.size()) + " bytes");
}
BENCHMARK(parse)->DenseRange(0, 2);

void parse_scalar(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  std::array<wire::Field, 100> storage;
  const Allocations allocations{state};
  for (auto _ : state) {
    std::string_view bytes = data;
    benchmark::DoNotOptimize(bytes);
    wire::RequestHead head(storage);
    wire::internal::HeadData& parsed = wire::internal::HeadAccess::data(head);
    if (!wire::internal::scan_plain_head_scalar(bytes, 0, {}, parsed)) state.SkipWithError("refused");
    if (wire::internal::check_head(parsed) != wire::HeadError::none) state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
}
BENCHMARK(parse_scalar)->DenseRange(0, 2);

/// The way of the unusual heads: lines, Beast, the shared check.
void parse_with_beast(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  std::array<wire::Field, 100> storage;
  const Allocations allocations{state};
  for (auto _ : state) {
    std::string_view bytes = data;
    benchmark::DoNotOptimize(bytes);
    wire::RequestHead head(storage);
    wire::HeadProgress progress;
    wire::internal::HeadData& parsed = wire::internal::HeadAccess::data(head);
    const wire::HeadOutcome lines = wire::internal::check_head_lines(bytes, {}, progress);
    if (lines.state != wire::HeadState::complete) state.SkipWithError("refused");
    if (wire::internal::read_head_with_beast(bytes, 0, parsed) != wire::HeadError::none) state.SkipWithError("refused");
    if (wire::internal::split_target(parsed) != wire::HeadError::none) state.SkipWithError("refused");
    if (wire::internal::check_head(parsed) != wire::HeadError::none) state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
}
BENCHMARK(parse_with_beast)->DenseRange(0, 2);

/// A slow client: the head arrives byte by byte. Time for the whole head.
void parse_byte_by_byte(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  std::array<wire::Field, 100> storage;
  const Allocations allocations{state};
  for (auto _ : state) {
    wire::RequestHead head(storage);
    wire::HeadProgress progress;
    for (std::size_t size = 1; size <= data.size(); ++size) {
      benchmark::DoNotOptimize(wire::parse_request_head(data.substr(0, size), {}, head, progress));
    }
  }
}
BENCHMARK(parse_byte_by_byte)->DenseRange(0, 2);

/// The least: where does the head end?
void find_empty_line(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    std::string_view bytes = data;
    benchmark::DoNotOptimize(bytes);
    benchmark::DoNotOptimize(memmem(bytes.data(), bytes.size(), "\r\n\r\n", 4));
  }
}
BENCHMARK(find_empty_line)->Name("baseline: find the empty line")->DenseRange(0, 2);

/// Beast as it is mostly used: its own parser fills its own message.
void parse_into_message(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  const Allocations allocations{state};
  for (auto _ : state) {
    beast::http::request_parser<beast::http::empty_body> parser;
    beast::error_code error;
    parser.put(boost::asio::const_buffer{data.data(), data.size()}, error);
    if (error || !parser.is_header_done()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(parser);
  }
}
BENCHMARK(parse_into_message)->Name("baseline: Beast message")->DenseRange(0, 2);

}  // namespace

BENCHMARK_MAIN();
