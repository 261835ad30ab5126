#include "library.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>

#include <optional>
#include <stdexcept>

using gyre::Task;

namespace mixed {

Task<int> leaf(int value) { co_return value; }

Task<Payload> make_payload(int number) {
  const int awaited = co_await leaf(number);
  co_return Payload(awaited);
}

Task<int> consume(Task<Payload> task) {
  const Payload payload = co_await std::move(task);
  co_return payload.numbers.back() + *payload.owned + static_cast<int>(payload.text.size());
}

gyre::Generator<Payload> make_payloads(int count) {
  for (int i = 0; i < count; ++i) co_yield co_await make_payload(i);
}

Task<int> count_all(gyre::Generator<Payload> payloads) {
  int count = 0;
  while (std::optional<Payload> payload = co_await payloads.next()) count += *payload->owned == count ? 1 : 0;
  co_return count;
}

Task<int> descend(int depth, Other other) {
  int below = 0;
  if (depth > 0) below = 1 + co_await other(depth - 1);
  co_return below;
}

Task<> descend_and_throw(int depth, OtherNothing other) {
  if (depth == 0) throw std::runtime_error("bottom of the library");
  co_await other(depth - 1);
}

Task<int> join_both(Task<int> first, Task<int> second) {
  auto [one, two] = co_await gyre::when_all(std::move(first), std::move(second));
  co_return one * 10 + two;
}

Task<int> race_both(Task<int> first, Task<int> second) {
  const auto any = co_await gyre::when_any(std::move(first), std::move(second));
  co_return static_cast<int>(any.first);
}

Task<> spawn_three(OtherNothing other) {
  gyre::Scope scope{co_await gyre::this_context()};
  for (int i = 0; i < 3; ++i) scope.spawn(other, i);
  co_await scope.join();
}

Task<int> wait_for(gyre::Event* event, int value) {
  co_await event->wait();
  co_return value;
}

int run(Task<int> task) { return gyre::sync_wait(std::move(task)); }

void cancel(gyre::Context& context) { context.cancel(gyre::CancelReason::requested); }

}  // namespace mixed
