// What it costs to write a response head, one thread, everything in the cache.
#include "allocations.hpp"

#include <gyre/wire/h1/response_writer.hpp>
#include <gyre/wire/http_date.hpp>

#include <benchmark/benchmark.h>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdio>
#include <cstring>
#include <string_view>

namespace beast = boost::beast;
namespace wire = gyre::wire;
using gyre_benchmark::Allocations;

namespace {

struct Date {
  Date() noexcept { wire::format_http_date(1'785'000'000, text); }
  std::string_view view() const noexcept { return {text, sizeof text}; }
  char text[wire::http_date_size];
};

void write_head(benchmark::State& state, std::string_view fields) {
  const Date date;
  const std::string common = "Date: " + std::string{date.view()} + "\r\nServer: gyre\r\n";
  wire::ResponseHead head{
      .content_length = 13, .common_fields = common, .content_type = "text/plain; charset=utf-8", .fields = fields};
  char buffer[1024];
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(head);
    char* end = wire::write_response_head(head, buffer);
    benchmark::DoNotOptimize(end);
    benchmark::ClobberMemory();
  }
}

void plain(benchmark::State& state) { write_head(state, {}); }
void with_fields(benchmark::State& state) {
  write_head(state, "Cache-Control: max-age=3600\r\nETag: \"0123456789abcdef\"\r\nVary: Accept-Encoding\r\n");
}

void checked_field(benchmark::State& state) {
  std::string_view value = "max-age=3600";
  char buffer[64];
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(value);
    benchmark::DoNotOptimize(wire::write_field("Cache-Control", value, buffer));
    benchmark::ClobberMemory();
  }
}

void format_date(benchmark::State& state) {
  Date date;
  std::int64_t now = 1'785'000'000;
  for (auto _ : state) {
    wire::format_http_date(++now, date.text);
    benchmark::DoNotOptimize(date);
  }
}

/// The same head, made of text that is known to be right.
void printed(benchmark::State& state) {
  const Date date;
  char buffer[1024];
  const Allocations allocations{state};
  for (auto _ : state) {
    int size = std::snprintf(buffer, sizeof buffer,
                             "HTTP/1.1 200 OK\r\nDate: %.*s\r\nServer: %s\r\nContent-Type: %s\r\n"
                             "Content-Length: %zu\r\n\r\n",
                             static_cast<int>(sizeof date.text), date.text, "gyre", "text/plain; charset=utf-8",
                             std::size_t{13});
    benchmark::DoNotOptimize(size);
    benchmark::ClobberMemory();
  }
}

/// The least: a head that was written before is copied.
void copied(benchmark::State& state) {
  const Date date;
  const std::string common = "Date: " + std::string{date.view()} + "\r\nServer: gyre\r\n";
  char text[512];
  char* end = wire::write_response_head(
      {.content_length = 13, .common_fields = common, .content_type = "text/plain; charset=utf-8"}, text);
  auto size = static_cast<std::size_t>(end - text);
  char buffer[512];
  for (auto _ : state) {
    benchmark::DoNotOptimize(size);
    std::memcpy(buffer, text, size);
    benchmark::DoNotOptimize(buffer);
  }
}

/// A message of Beast's, made and serialized into the same buffer.
void serialized_by_beast(benchmark::State& state) {
  const Date date;
  char buffer[1024];
  const Allocations allocations{state};
  for (auto _ : state) {
    beast::http::response<beast::http::string_body> response{beast::http::status::ok, 11};
    response.set(beast::http::field::date, beast::string_view{date.text, sizeof date.text});
    response.set(beast::http::field::server, "gyre");
    response.set(beast::http::field::content_type, "text/plain; charset=utf-8");
    response.content_length(13);
    beast::http::response_serializer<beast::http::string_body> serializer{response};
    serializer.split(true);
    beast::error_code error;
    serializer.next(error, [&](beast::error_code&, const auto& buffers) {
      const std::size_t size = boost::asio::buffer_copy(boost::asio::buffer(buffer), buffers);
      serializer.consume(size);
    });
    if (!serializer.is_header_done()) state.SkipWithError("not written");
    benchmark::DoNotOptimize(buffer);
  }
}

BENCHMARK(plain)->Name("write a head");
BENCHMARK(with_fields)->Name("write a head with three more fields");
BENCHMARK(copied)->Name("baseline: copy a head");
BENCHMARK(printed)->Name("baseline: snprintf");
BENCHMARK(serialized_by_beast)->Name("baseline: Beast message and serializer");
BENCHMARK(checked_field)->Name("write a field");
BENCHMARK(format_date)->Name("format a date");

}  // namespace

BENCHMARK_MAIN();
