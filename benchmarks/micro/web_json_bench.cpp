// What it costs to write JSON of described structs and to read it back, beside Boost.JSON's ways over its DOM. One
// thread, everything in the cache.
#include "allocations.hpp"

#include <gyre/web/json.hpp>

#include <benchmark/benchmark.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace json = boost::json;
using gyre_benchmark::Allocations;

namespace {

struct Hello {
  std::string message = "Hello, World!";
};
BOOST_DESCRIBE_STRUCT(Hello, (), (message))

struct User {
  std::int64_t id = 1234567;
  std::string name = "Ada Lovelace";
  std::string email = "ada.lovelace@example.org";
  int age = 36;
  bool active = true;
  double score = 98.625;
  std::string bio = "Wrote the first program for a machine that was never built, and a note on what it cannot do.";
  std::vector<std::string> roles = {"admin", "author"};
  std::string created = "1843-09-05T12:00:00Z";
};
BOOST_DESCRIBE_STRUCT(User, (), (id, name, email, age, active, score, bio, roles, created))

template <class T>
T sample() {
  return {};
}
template <>
std::vector<User> sample<std::vector<User>>() {
  std::vector<User> users(100);
  for (std::size_t i = 0; i < users.size(); ++i) users[i].id += static_cast<std::int64_t>(i * 7919);
  return users;
}

void count_bytes(benchmark::State& state, std::string_view text) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

template <class T>
void write(benchmark::State& state) {
  T value = sample<T>();
  const std::string text = gyre::to_json(value);
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(value);
    std::string out = gyre::to_json(value);
    benchmark::DoNotOptimize(out);
  }
  count_bytes(state, text);
}

/// Into a string that has room.
template <class T>
void write_again(benchmark::State& state) {
  T value = sample<T>();
  std::string out = gyre::to_json(value);
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(value);
    out.clear();
    gyre::append_json(out, value);
    benchmark::DoNotOptimize(out);
  }
  count_bytes(state, out);
}

template <class T>
void write_boost(benchmark::State& state) {
  T value = sample<T>();
  const std::string text = gyre::to_json(value);
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(value);
    std::string out = json::serialize(json::value_from(value));
    benchmark::DoNotOptimize(out);
  }
  count_bytes(state, text);
}

template <class T>
void read(benchmark::State& state) {
  std::string text = gyre::to_json(sample<T>());
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    T value{};
    if (!gyre::from_json(text, value)) state.SkipWithError("not read");
    benchmark::DoNotOptimize(value);
  }
  count_bytes(state, text);
}

template <class T>
void read_boost(benchmark::State& state) {
  std::string text = gyre::to_json(sample<T>());
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    T value = json::value_to<T>(json::parse({text.data(), text.size()}));
    benchmark::DoNotOptimize(value);
  }
  count_bytes(state, text);
}

/// The DOM in memory that is there already.
template <class T>
void read_boost_monotonic(benchmark::State& state) {
  std::string text = gyre::to_json(sample<T>());
  std::vector<unsigned char> memory(1 << 20);
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    json::monotonic_resource resource{memory.data(), memory.size()};
    T value = json::value_to<T>(json::parse({text.data(), text.size()}, &resource));
    benchmark::DoNotOptimize(value);
  }
  count_bytes(state, text);
}

/// What the objects themselves need.
template <class T>
void copy(benchmark::State& state) {
  T value = sample<T>();
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(value);
    T other = value;
    benchmark::DoNotOptimize(other);
  }
}

using Users = std::vector<User>;
BENCHMARK(write<Hello>)->Name("write a greeting");
BENCHMARK(write_again<Hello>)->Name("write a greeting into the same string");
BENCHMARK(write_boost<Hello>)->Name("baseline: write a greeting with value_from and serialize");
BENCHMARK(write<User>)->Name("write a user");
BENCHMARK(write_again<User>)->Name("write a user into the same string");
BENCHMARK(write_boost<User>)->Name("baseline: write a user with value_from and serialize");
BENCHMARK(write<Users>)->Name("write 100 users");
BENCHMARK(write_again<Users>)->Name("write 100 users into the same string");
BENCHMARK(write_boost<Users>)->Name("baseline: write 100 users with value_from and serialize");
BENCHMARK(read<Hello>)->Name("read a greeting");
BENCHMARK(read_boost<Hello>)->Name("baseline: read a greeting with parse and value_to");
BENCHMARK(read_boost_monotonic<Hello>)->Name("baseline: read a greeting with parse in own memory and value_to");
BENCHMARK(copy<User>)->Name("baseline: copy a user");
BENCHMARK(read<User>)->Name("read a user");
BENCHMARK(read_boost<User>)->Name("baseline: read a user with parse and value_to");
BENCHMARK(read_boost_monotonic<User>)->Name("baseline: read a user with parse in own memory and value_to");
BENCHMARK(copy<Users>)->Name("baseline: copy 100 users");
BENCHMARK(read<Users>)->Name("read 100 users");
BENCHMARK(read_boost<Users>)->Name("baseline: read 100 users with parse and value_to");
BENCHMARK(read_boost_monotonic<Users>)->Name("baseline: read 100 users with parse in own memory and value_to");

}  // namespace

BENCHMARK_MAIN();
