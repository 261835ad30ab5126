#pragma once

#include <gyre/coro/event.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/coro/task.hpp>

#include <memory>
#include <string>
#include <vector>

// The library's half of the mixed test: one compiler builds it and gyre, another one the application.
namespace mixed {

/// A result that either side builds and the other destroys.
struct Payload {
  explicit Payload(int number) : text(40, 'p'), numbers(8, number), owned(std::make_unique<int>(number)) {}
  std::string text;
  std::vector<int> numbers;
  std::unique_ptr<int> owned;
};

using Other = gyre::Task<int> (*)(int depth);
using OtherNothing = gyre::Task<> (*)(int depth);

gyre::Task<int> leaf(int value);
gyre::Task<Payload> make_payload(int number);
gyre::Task<int> consume(gyre::Task<Payload> task);
gyre::Generator<Payload> make_payloads(int count);
gyre::Task<int> count_all(gyre::Generator<Payload> payloads);

/// Awaits `other(depth - 1)` unless the bottom is reached; the other side does the same with this one.
gyre::Task<int> descend(int depth, Other other);
gyre::Task<> descend_and_throw(int depth, OtherNothing other);

gyre::Task<int> join_both(gyre::Task<int> first, gyre::Task<int> second);
gyre::Task<int> race_both(gyre::Task<int> first, gyre::Task<int> second);
gyre::Task<> spawn_three(OtherNothing other);
gyre::Task<int> wait_for(gyre::Event* event, int value);

/// `sync_wait`, instantiated and compiled over there.
int run(gyre::Task<int> task);
void cancel(gyre::Context& context);

}  // namespace mixed
