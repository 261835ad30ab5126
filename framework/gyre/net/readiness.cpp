#include <gyre/net/readiness.hpp>

#include <gyre/loop/await_operation.hpp>

namespace gyre {
namespace {

Task<Result<void>> ready(int descriptor, PollOperation::Events event) {
  Context& context = co_await this_context();
  AwaitOperation<PollOperation> poll{Loop::of(context), descriptor};
  poll.events = event;
  const Result<int> found = co_await poll;
  if (!found) co_return found.error();
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> readable(int descriptor) { return ready(descriptor, PollOperation::readable); }
Task<Result<void>> writable(int descriptor) { return ready(descriptor, PollOperation::writable); }

}  // namespace gyre
