#include <gyre/testing/seeds.hpp>

#include <gyre/testing/failure.hpp>

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace gyre::testing {
namespace {

void run_seed(std::uint64_t seed, const Callback<void(std::uint64_t seed)>& body) {
  try {
    body(seed);
  } catch (...) {
    std::fprintf(stderr, "gyre::testing: failed; GYRE_SEED=%" PRIu64 " repeats it\n", seed);
    throw;
  }
}

}  // namespace

std::optional<std::uint64_t> given_seed() {
  const char* given = std::getenv("GYRE_SEED");
  if (given == nullptr) return std::nullopt;
  const std::string_view text{given};
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw TestFailure{"GYRE_SEED is no number: \"" + std::string{text} + "\""};
  }
  return seed;
}

void for_each_seed(std::uint64_t count, const Callback<void(std::uint64_t seed)>& body) {
  if (const auto seed = given_seed()) return run_seed(*seed, body);
  for (std::uint64_t seed = 1; seed <= count; ++seed) run_seed(seed, body);
}

}  // namespace gyre::testing
