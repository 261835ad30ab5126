#include "routes.hpp"

#include <gyre/testing/allocation.hpp>
#include <gyre/testing/testing.hpp>

#include <cstdio>
#include <memory>

using namespace std::chrono_literals;

namespace {

bool tea_takes_five_milliseconds() {
  gyre::App app;
  add_routes(app);
  bool good = false;
  gyre::testing::run(app, [&good](gyre::testing::Client& client) -> gyre::Task<> {
    const gyre::testing::Answer answer = co_await client.get("/tea");
    good = answer.body() == "tea\n" && answer.elapsed() == 5ms;
  });
  return good;
}

bool allocations_are_counted() {
  const gyre::testing::AllocationCount allocations;
  const auto number = std::make_unique<int>(7);
  return *number == 7 && allocations.count() == 1;
}

}  // namespace

int main() {
  const bool good = tea_takes_five_milliseconds() && allocations_are_counted();
  std::puts(good ? "good" : "bad");
  return good ? 0 : 1;
}
