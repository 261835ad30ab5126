// What chunked coding costs in both directions: 16 KiB in chunks of one size, one thread, everything in the cache.
#include "allocations.hpp"

#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/chunk_writer.hpp>

#include <benchmark/benchmark.h>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace beast = boost::beast;
namespace wire = gyre::wire;
using gyre_benchmark::Allocations;

namespace {

constexpr std::size_t body_bytes = 16 * 1024;

char* write_chunks(std::string_view body, std::size_t chunk, char* out) {
  for (; !body.empty(); body.remove_prefix(chunk)) {
    out = wire::write_chunk_head(chunk, out);
    std::memcpy(out, body.data(), chunk);
    std::memcpy(out + chunk, wire::chunk_end.data(), wire::chunk_end.size());
    out += chunk + wire::chunk_end.size();
  }
  std::memcpy(out, "0\r\n\r\n", 5);
  return out + 5;
}

char* print_chunks(std::string_view body, std::size_t chunk, char* out) {
  for (; !body.empty(); body.remove_prefix(chunk)) {
    out += std::sprintf(out, "%zx\r\n", chunk);
    std::memcpy(out, body.data(), chunk);
    std::memcpy(out + chunk, "\r\n", 2);
    out += chunk + 2;
  }
  std::memcpy(out, "0\r\n\r\n", 5);
  return out + 5;
}

char* copy(std::string_view body, std::size_t, char* out) {
  std::memcpy(out, body.data(), body.size());
  return out + body.size();
}

std::string chunked(std::size_t chunk) {
  std::string text(3 * body_bytes, '\0');
  const std::string body(body_bytes, 'x');
  text.resize(static_cast<std::size_t>(write_chunks(body, chunk, text.data()) - text.data()));
  return text;
}

void set_speed(benchmark::State& state) { state.SetBytesProcessed(state.iterations() * std::int64_t{body_bytes}); }

template <char* (*Write)(std::string_view, std::size_t, char*)>
void write(benchmark::State& state) {
  const std::string body(body_bytes, 'x');
  std::string out(3 * body_bytes, '\0');
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(Write(body, static_cast<std::size_t>(state.range(0)), out.data()));
    benchmark::ClobberMemory();
  }
  set_speed(state);
}

/// The data is looked at where it lies.
void decode(benchmark::State& state) {
  const std::string text = chunked(static_cast<std::size_t>(state.range(0)));
  const wire::BodyLimits limits;
  const Allocations allocations{state};
  for (auto _ : state) {
    std::string_view rest = text;
    wire::BodyDecoder decoder = wire::BodyDecoder::chunked(limits);
    for (wire::BodyDecoder::Step step; (step = decoder.next(rest)).used != 0; rest.remove_prefix(step.used)) {
      benchmark::DoNotOptimize(step);
    }
    if (!decoder.done()) state.SkipWithError("not decoded");
  }
  set_speed(state);
}

/// The same, and the data is put together.
void decode_and_copy(benchmark::State& state) {
  const std::string text = chunked(static_cast<std::size_t>(state.range(0)));
  const wire::BodyLimits limits;
  std::string body(body_bytes, '\0');
  const Allocations allocations{state};
  for (auto _ : state) {
    std::string_view rest = text;
    char* out = body.data();
    wire::BodyDecoder decoder = wire::BodyDecoder::chunked(limits);
    for (wire::BodyDecoder::Step step; (step = decoder.next(rest)).used != 0; rest.remove_prefix(step.used)) {
      if (!step.data.empty()) std::memcpy(out, step.data.data(), step.data.size());
      out += step.data.size();
    }
    if (!decoder.done()) state.SkipWithError("not decoded");
    benchmark::ClobberMemory();
  }
  set_speed(state);
}

/// Beast's parser wants a head before the chunks, and copies the data into a buffer.
void decode_with_beast(benchmark::State& state) {
  constexpr std::string_view head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string text = std::string{head} + chunked(static_cast<std::size_t>(state.range(0)));
  std::string body(body_bytes, '\0');
  const Allocations allocations{state};
  for (auto _ : state) {
    beast::http::request_parser<beast::http::buffer_body> parser;
    parser.eager(true);
    parser.get().body().data = body.data();
    parser.get().body().size = body.size();
    beast::error_code error;
    std::string_view rest = text;
    while (!parser.is_done() && !error) {
      rest.remove_prefix(parser.put(boost::asio::const_buffer{rest.data(), rest.size()}, error));
      if (error == beast::http::error::need_buffer) error = {};
    }
    if (error) state.SkipWithError("not decoded");
    benchmark::ClobberMemory();
  }
  set_speed(state);
}

BENCHMARK(decode)->Name("decode")->Arg(64)->Arg(1024)->Arg(body_bytes);
BENCHMARK(decode_and_copy)->Name("decode and copy")->Arg(64)->Arg(1024)->Arg(body_bytes);
BENCHMARK(decode_with_beast)->Name("baseline: decode with Beast")->Arg(64)->Arg(1024)->Arg(body_bytes);
BENCHMARK(write<write_chunks>)->Name("write")->Arg(64)->Arg(1024)->Arg(body_bytes);
BENCHMARK(write<print_chunks>)->Name("baseline: write with sprintf")->Arg(64)->Arg(1024)->Arg(body_bytes);
BENCHMARK(write<copy>)->Name("baseline: memcpy")->Arg(body_bytes);

}  // namespace

BENCHMARK_MAIN();
