// What it costs to read a request head and to write a response head, one thread, everything in the cache.

#include <gyre/wire/h1/internal/beast_head.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>
#include <gyre/wire/h1/request_parser.hpp>
#include <gyre/wire/h1/response_writer.hpp>
#include <gyre/wire/http_date.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <string_view>

namespace wire = gyre::wire;

namespace {

constexpr std::string_view shortest = "GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";

/// 169 bytes, as load generators send it.
constexpr std::string_view wrk_like =
    "GET /plaintext HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "Accept: text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.7\r\n"
    "Connection: keep-alive\r\n\r\n";
static_assert(wrk_like.size() == 169);

constexpr std::string_view browser_like =
    "GET /articles/2026/08/a-quiet-ring?utm_source=feed&page=2 HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "Connection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Referer: https://www.example.com/articles/\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1\r\n\r\n";

std::string_view request(int which) { return which == 0 ? shortest : which == 1 ? wrk_like : browser_like; }

void parse(benchmark::State& state) {
  const std::string_view data = request(static_cast<int>(state.range(0)));
  std::array<wire::Field, 100> storage;
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
  for (auto _ : state) {
    wire::RequestHead head(storage);
    wire::HeadProgress progress;
    for (std::size_t size = 1; size <= data.size(); ++size) {
      benchmark::DoNotOptimize(wire::parse_request_head(data.substr(0, size), {}, head, progress));
    }
  }
}
BENCHMARK(parse_byte_by_byte)->DenseRange(0, 2);

void write_head(benchmark::State& state) {
  char date[wire::http_date_size];
  wire::format_http_date(1'785'000'000, date);
  wire::ResponseHead head{
      .content_length = 13, .date = {date, sizeof date}, .server = "gyre", .content_type = "text/plain; charset=utf-8"};
  char buffer[1024];
  for (auto _ : state) {
    benchmark::DoNotOptimize(head);
    char* end = wire::write_response_head(head, buffer);
    benchmark::DoNotOptimize(end);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(write_head);

void format_date(benchmark::State& state) {
  char date[wire::http_date_size];
  std::int64_t now = 1'785'000'000;
  for (auto _ : state) {
    wire::format_http_date(++now, date);
    benchmark::DoNotOptimize(date);
  }
}
BENCHMARK(format_date);

}  // namespace

BENCHMARK_MAIN();
