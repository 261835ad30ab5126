// What it costs to pack 64 KiB of JSON, and to unpack it: time, heap calls, and bytes that are left of a hundred.
#include "allocations.hpp"

#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>

using gyre_benchmark::Allocations;

namespace {

using namespace gyre;

const std::string json = [] {
  std::string text = "[";
  for (std::uint32_t id = 1; text.size() < 64 * 1024; ++id) {
    const std::uint32_t noise = id * 2654435761U;
    text += R"({"id":)" + std::to_string(noise >> 12U) + R"(,"name":"item )" + std::to_string(noise % 997) +
            R"(","price":)" + std::to_string(noise % 100'000) + R"(,"tags":["new","sale"],"in_stock":)" +
            ((noise & 1U) != 0 ? "true" : "false") + "},\n";
  }
  return text;
}();

/// Packs everything into `room`.
std::string_view pack(Coding coding, int level, std::string& room) {
  Encoder encoder{coding, level};
  const CodingStep step = encoder.step(json, room, EncoderEnd::finish);
  return step.done ? std::string_view{room}.substr(0, step.made) : std::string_view{};
}

void encode(benchmark::State& state, Coding coding, int level) {
  std::string room(json.size(), '\0');
  const std::size_t size = pack(coding, level, room).size();
  if (size == 0) state.SkipWithError("it did not fit");
  {
    const Allocations allocations{state};
    for (auto _ : state) benchmark::DoNotOptimize(pack(coding, level, room));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
  state.counters["percent"] = 100.0 * static_cast<double>(size) / static_cast<double>(json.size());
}

void decode(benchmark::State& state, Coding coding) {
  std::string room(json.size(), '\0');
  const std::string coded{pack(coding, Encoder::default_level(coding), room)};
  std::string text(16 * 1024, '\0');
  {
    const Allocations allocations{state};
    for (auto _ : state) {
      Decoder decoder{coding};
      std::string_view rest = coded;
      std::size_t made = 0;
      for (bool done = false; !done;) {
        const Result<CodingStep> step = decoder.step(rest, text);
        if (!step) return state.SkipWithError("it failed");
        rest.remove_prefix(step->used);
        made += step->made;
        done = step->done;
      }
      benchmark::DoNotOptimize(made);
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

BENCHMARK_CAPTURE(encode, gzip_1, Coding::gzip, 1)->Name("encode, gzip 1");
BENCHMARK_CAPTURE(encode, gzip_6, Coding::gzip, 6)->Name("encode, gzip 6");
BENCHMARK_CAPTURE(encode, brotli_1, Coding::brotli, 1)->Name("encode, br 1");
BENCHMARK_CAPTURE(encode, brotli_4, Coding::brotli, 4)->Name("encode, br 4");
BENCHMARK_CAPTURE(encode, zstd_1, Coding::zstd, 1)->Name("encode, zstd 1");
BENCHMARK_CAPTURE(encode, zstd_3, Coding::zstd, 3)->Name("encode, zstd 3");
BENCHMARK_CAPTURE(decode, gzip, Coding::gzip)->Name("decode, gzip");
BENCHMARK_CAPTURE(decode, brotli, Coding::brotli)->Name("decode, br");
BENCHMARK_CAPTURE(decode, zstd, Coding::zstd)->Name("decode, zstd");

}  // namespace

BENCHMARK_MAIN();
