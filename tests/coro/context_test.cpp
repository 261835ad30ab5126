#include "coro_support.hpp"

#include <gyre/coro/context.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using coro_test::ManualExecutor;
using gyre::CancelHook;
using gyre::CancelReason;
using gyre::Context;
using gyre::TimePoint;

namespace {

struct CountingHook : CancelHook {
  CountingHook() : CancelHook(&CountingHook::hear) {}
  static void hear(CancelHook& hook) noexcept { ++static_cast<CountingHook&>(hook).calls; }
  int calls = 0;
};

struct NamedHook : CancelHook {
  NamedHook(std::string& text, char letter) : CancelHook(&NamedHook::hear), log(&text), name(letter) {}
  static void hear(CancelHook& hook) noexcept {
    auto& self = static_cast<NamedHook&>(hook);
    *self.log += self.name;
  }
  std::string* log;
  char name;
};

// Takes another hook out of the list while the list is walked.
struct RemovingHook : CancelHook {
  explicit RemovingHook(CancelHook& other) : CancelHook(&RemovingHook::hear), victim(&other) {}
  static void hear(CancelHook& hook) noexcept { static_cast<RemovingHook&>(hook).victim->unlink(); }
  CancelHook* victim;
};

struct CancellingHook : CancelHook {
  explicit CancellingHook(Context& context) : CancelHook(&CancellingHook::hear), target(&context) {}
  static void hear(CancelHook& hook) noexcept { static_cast<CancellingHook&>(hook).target->cancel(CancelReason::shed); }
  Context* target;
};

constexpr TimePoint at(int seconds) { return TimePoint{std::chrono::seconds{seconds}}; }

}  // namespace

TEST_CASE("a cancellation is sticky and its first reason stays", "[coro][context]") {
  ManualExecutor executor;
  Context context{executor};
  CHECK_FALSE(context.cancelled());
  CHECK(context.reason() == CancelReason::none);
  context.cancel(CancelReason::none);
  CHECK_FALSE(context.cancelled());
  context.cancel(CancelReason::deadline);
  context.cancel(CancelReason::shutdown);
  CHECK(context.cancelled());
  CHECK(context.reason() == CancelReason::deadline);
}

TEST_CASE("a cancellation goes to all below and to nobody else", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  Context left{root};
  Context right{root};
  Context left_child{left};
  Context left_grandchild{left_child};
  left.cancel(CancelReason::client_gone);
  CHECK(left_child.reason() == CancelReason::client_gone);
  CHECK(left_grandchild.reason() == CancelReason::client_gone);
  CHECK_FALSE(root.cancelled());
  CHECK_FALSE(right.cancelled());
  root.cancel(CancelReason::shutdown);
  CHECK(right.reason() == CancelReason::shutdown);
  CHECK(left.reason() == CancelReason::client_gone);
  CHECK(left_grandchild.reason() == CancelReason::client_gone);
}

TEST_CASE("a child of a cancelled context is cancelled for the same reason from the start", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  root.cancel(CancelReason::deadline);
  const Context child{root};
  CHECK(child.reason() == CancelReason::deadline);
  CHECK(root.idle());
}

TEST_CASE("a context knows who listens", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  CHECK(root.idle());
  {
    const Context child{root};
    CHECK_FALSE(root.idle());
  }
  CHECK(root.idle());
  CountingHook hook;
  root.add_hook(hook);
  CHECK_FALSE(root.idle());
  hook.unlink();
  CHECK(root.idle());
  root.cancel(CancelReason::requested);
  CHECK(hook.calls == 0);
}

TEST_CASE("hooks hear once, in order, already unlinked", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  std::string log;
  NamedHook first{log, 'a'};
  NamedHook third{log, 'c'};
  root.add_hook(first);
  Context child{root};
  NamedHook second{log, 'b'};
  child.add_hook(second);
  root.add_hook(third);
  root.cancel(CancelReason::requested);
  root.cancel(CancelReason::requested);
  CHECK(log == "abc");
  CHECK_FALSE(first.linked());
  CHECK(root.idle());
}

TEST_CASE("a hook that is removed while cancelling does not hear", "[coro][context]") {
  ManualExecutor executor;
  Context context{executor};
  CountingHook removed;
  CountingHook kept;
  RemovingHook remover{removed};
  context.add_hook(remover);
  context.add_hook(removed);
  context.add_hook(kept);
  context.cancel(CancelReason::requested);
  CHECK(removed.calls == 0);
  CHECK(kept.calls == 1);
}

TEST_CASE("a hook may cancel the same context, its child or its parent again", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  Context middle{root};
  Context child{middle};
  CountingHook in_root;
  CountingHook in_child;
  root.add_hook(in_root);
  child.add_hook(in_child);
  CancellingHook again{middle};
  CancellingHook down{child};
  CancellingHook up{root};
  middle.add_hook(again);
  middle.add_hook(down);
  middle.add_hook(up);
  middle.cancel(CancelReason::requested);
  CHECK(middle.reason() == CancelReason::requested);
  CHECK(child.reason() == CancelReason::requested);
  CHECK(root.reason() == CancelReason::shed);
  CHECK(in_root.calls == 1);
  CHECK(in_child.calls == 1);
}

TEST_CASE("the earlier deadline counts", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  CHECK(root.deadline() == gyre::time_never);
  root.limit_deadline(at(10));
  root.limit_deadline(at(20));
  CHECK(root.deadline() == at(10));
  Context child{root};
  CHECK(child.deadline() == at(10));
  child.limit_deadline(at(15));
  CHECK(child.deadline() == at(10));
  child.limit_deadline(at(5));
  CHECK(child.deadline() == at(5));
  CHECK(root.deadline() == at(10));
}

TEST_CASE("a wide tree of contexts is cancelled completely", "[coro][context]") {
  ManualExecutor executor;
  Context root{executor};
  std::vector<std::unique_ptr<Context>> contexts;
  for (int i = 0; i < 100; ++i) {
    Context& parent = i < 10 ? root : *contexts[static_cast<std::size_t>(i / 10 - 1)];
    contexts.push_back(std::make_unique<Context>(parent));
  }
  root.cancel(CancelReason::shed);
  for (const auto& context : contexts) CHECK(context->reason() == CancelReason::shed);
  while (!contexts.empty()) contexts.pop_back();
}

TEST_CASE("every reason has a name", "[coro][context]") {
  CHECK(gyre::name(CancelReason::none) == "none");
  CHECK(gyre::name(CancelReason::client_gone) == "client_gone");
  CHECK(gyre::name(CancelReason::deadline) == "deadline");
  CHECK(gyre::name(CancelReason::shutdown) == "shutdown");
  CHECK(gyre::name(CancelReason::shed) == "shed");
  CHECK(gyre::name(CancelReason::sibling) == "sibling");
  CHECK(gyre::name(CancelReason::requested) == "requested");
  CHECK(gyre::name(static_cast<CancelReason>(99)) == "unknown");
}

TEST_CASE("the exception of a cancelled task is told from all others", "[coro][context]") {
  CHECK(gyre::detail::is_cancelled(std::make_exception_ptr(gyre::Cancelled{})));
  CHECK_FALSE(gyre::detail::is_cancelled(std::make_exception_ptr(std::runtime_error("x"))));
  CHECK_FALSE(gyre::detail::is_cancelled(std::make_exception_ptr(1)));
  CHECK_FALSE(gyre::detail::is_cancelled(nullptr));
}
