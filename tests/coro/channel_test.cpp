#include "coro_support.hpp"

#include <gyre/coro/channel.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::Channel;
using gyre::Context;
using gyre::Errc;
using gyre::Event;
using gyre::Result;
using gyre::sync_wait;
using gyre::Task;

namespace {

Task<bool> send(Channel<Tracked>* channel, int value) {
  const Result<void> sent = co_await channel->send(Tracked(value));
  if (!sent) CHECK(sent.error() == Errc::closed);
  co_return sent.has_value();
}

/// The value, or -1 where there is none.
Task<int> receive(Channel<Tracked>* channel) {
  const std::optional<Tracked> value = co_await channel->receive();
  co_return value ? value->get() : -1;
}

Task<> receive_all(Channel<Tracked>* channel, std::vector<int>* got) {
  while (std::optional<Tracked> value = co_await channel->receive()) got->push_back(value->get());
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Context other{context};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a channel keeps the order, also of senders that wait", "[coro][channel]") {
  Channel<Tracked> channel{2};
  CHECK(channel.capacity() == 2);
  Started one{context, send(&channel, 1)};
  Started two{context, send(&channel, 2)};
  CHECK(one.done());
  CHECK(two.done());
  CHECK(channel.size() == 2);
  Started three{context, send(&channel, 3)};
  Started four{context, send(&channel, 4)};
  CHECK_FALSE(three.done());
  Tracked five(5);
  CHECK_FALSE(channel.try_send(std::move(five)));
  CHECK(five.get() == 5);
  std::vector<int> got;
  Started receiving{context, receive_all(&channel, &got)};
  executor.run();
  CHECK(three.result());
  CHECK(four.result());
  CHECK(got == std::vector<int>{1, 2, 3, 4});
  CHECK(channel.try_send(std::move(five)));
  channel.close();
  executor.run();
  CHECK(receiving.done());
  CHECK(got == std::vector<int>{1, 2, 3, 4, 5});
}

TEST_CASE_METHOD(Fixture, "receivers that wait are served in their order, not inside send", "[coro][channel]") {
  Channel<Tracked> channel{1};
  Started a{context, receive(&channel)};
  Started b{context, receive(&channel)};
  CHECK(channel.try_send(Tracked(1)));
  CHECK(channel.try_send(Tracked(2)));
  CHECK(channel.try_send(Tracked(3)));
  CHECK_FALSE(channel.try_send(Tracked(4)));
  CHECK_FALSE(a.done());
  executor.run();
  CHECK(a.result() == 1);
  CHECK(b.result() == 2);
  CHECK(channel.try_receive()->get() == 3);
  CHECK_FALSE(channel.try_receive().has_value());
}

TEST_CASE_METHOD(Fixture, "a closed channel refuses what comes and hands out what is in it", "[coro][channel]") {
  Channel<Tracked> channel{1};
  Started in{context, send(&channel, 1)};
  Started waiting{context, send(&channel, 2)};
  channel.close();
  channel.close();
  CHECK(channel.closed());
  executor.run();
  CHECK(in.result());
  CHECK_FALSE(waiting.result());
  Started late{context, send(&channel, 3)};
  CHECK_FALSE(late.result());
  CHECK_FALSE(channel.try_send(Tracked(4)));
  Started first{context, receive(&channel)};
  Started second{context, receive(&channel)};
  CHECK(first.result() == 1);
  CHECK(second.result() == -1);
}

TEST_CASE_METHOD(Fixture, "in a cancelled context what is ready is done and what waits is Cancelled",
                 "[coro][channel][cancel]") {
  Channel<Tracked> channel{1};
  other.cancel(CancelReason::requested);
  Started none{other, receive(&channel)};
  CHECK(none.cancelled());
  Started room{other, send(&channel, 1)};
  CHECK(room.result());
  Started full{other, send(&channel, 2)};
  CHECK(full.cancelled());
  Started value{other, receive(&channel)};
  CHECK(value.result() == 1);
  channel.close();
  Started closed{other, receive(&channel)};
  CHECK(closed.result() == -1);
  Started refused{other, send(&channel, 3)};
  CHECK_FALSE(refused.result());
  CHECK(executor.idle());
}

TEST_CASE_METHOD(Fixture, "a value and a cancellation in one turn: the first wins and the value is not lost",
                 "[coro][channel][cancel]") {
  const bool value_first = GENERATE(false, true);
  Channel<Tracked> channel{1};
  Started a{other, receive(&channel)};
  Started b{context, receive(&channel)};
  if (!value_first) other.cancel(CancelReason::requested);
  CHECK(channel.try_send(Tracked(7)));
  if (value_first) other.cancel(CancelReason::requested);
  executor.run();
  REQUIRE(a.done());
  CHECK(a.cancelled() == !value_first);
  if (value_first) {
    CHECK(a.result() == 7);
    CHECK_FALSE(b.done());
    channel.close();
    executor.run();
  } else {
    CHECK(b.result() == 7);
  }
  CHECK(b.done());
}

TEST_CASE_METHOD(Fixture, "room and a cancellation in one turn: the first wins", "[coro][channel][cancel]") {
  const bool room_first = GENERATE(false, true);
  Channel<Tracked> channel{1};
  CHECK(channel.try_send(Tracked(1)));
  Started a{other, send(&channel, 2)};
  Started b{context, send(&channel, 3)};
  if (!room_first) other.cancel(CancelReason::requested);
  CHECK(channel.try_receive()->get() == 1);
  if (room_first) other.cancel(CancelReason::requested);
  executor.run();
  REQUIRE(a.done());
  CHECK(a.cancelled() == !room_first);
  CHECK(channel.try_receive()->get() == (room_first ? 2 : 3));
  executor.run();
  CHECK(b.done());
  CHECK(channel.size() == (room_first ? 1u : 0u));
}

TEST_CASE_METHOD(Fixture, "a close and a cancellation in one turn: the first wins", "[coro][channel][cancel]") {
  const bool close_first = GENERATE(false, true);
  Channel<Tracked> empty{1};
  Channel<Tracked> full{1};
  CHECK(full.try_send(Tracked(1)));
  Started receiving{other, receive(&empty)};
  Started sending{other, send(&full, 2)};
  if (!close_first) other.cancel(CancelReason::requested);
  empty.close();
  full.close();
  if (close_first) other.cancel(CancelReason::requested);
  executor.run();
  REQUIRE(receiving.done());
  REQUIRE(sending.done());
  CHECK(receiving.cancelled() == !close_first);
  CHECK(sending.cancelled() == !close_first);
  CHECK(full.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a race of two channels loses no value", "[coro][channel][when]") {
  Channel<Tracked> left{1};
  Channel<Tracked> right{1};
  auto body = [](Channel<Tracked>* one, Channel<Tracked>* two) -> Task<int> {
    auto any = co_await gyre::when_any(one->receive(), two->receive());
    int sum = 0;
    if (const auto& value = std::get<0>(any.results); value && *value) sum += (*value)->get();
    if (const auto& value = std::get<1>(any.results); value && *value) sum += (*value)->get();
    co_return sum;
  };
  SECTION("both in one turn") {
    Started started{context, body(&left, &right)};
    CHECK(right.try_send(Tracked(20)));
    CHECK(left.try_send(Tracked(1)));
    executor.run();
    CHECK(started.result() == 21);
  }
  SECTION("both before") {
    CHECK(right.try_send(Tracked(20)));
    CHECK(left.try_send(Tracked(1)));
    Started started{context, body(&left, &right)};
    executor.run();
    CHECK(started.result() == 21);
  }
  SECTION("one, the other keeps what comes later") {
    Started started{context, body(&left, &right)};
    CHECK(right.try_send(Tracked(20)));
    executor.run();
    CHECK(started.result() == 20);
    CHECK(left.try_send(Tracked(1)));
    CHECK(left.size() == 1);
  }
}

TEST_CASE("a channel moves what cannot be copied, in a ring that goes round", "[coro][channel]") {
  auto body = []() -> Task<int> {
    Channel<std::unique_ptr<int>> channel{0};
    CHECK(channel.capacity() == 1);
    auto produce = [](Channel<std::unique_ptr<int>>* to) -> Task<> {
      for (int value = 1; value <= 100; ++value) {
        const Result<void> sent = co_await to->send(std::make_unique<int>(value));
        CHECK(sent.has_value());
      }
      to->close();
    };
    auto consume = [](Channel<std::unique_ptr<int>>* from) -> Task<int> {
      int sum = 0;
      while (std::optional<std::unique_ptr<int>> value = co_await from->receive()) sum += **value;
      co_return sum;
    };
    auto [unit, sum] = co_await gyre::when_all(produce(&channel), consume(&channel));
    static_cast<void>(unit);
    co_return sum;
  };
  CHECK(sync_wait(body()) == 5050);
}

TEST_CASE("values that nobody took die with the channel, refused ones with their await", "[coro][channel]") {
  {
    Channel<Tracked> channel{3};
    CHECK(channel.try_send(Tracked(1)));
    CHECK(channel.try_send(Tracked(2)));
    CHECK(channel.try_receive()->get() == 1);
    CHECK(Tracked::living() == 1);
    channel.close();
    CHECK_FALSE(sync_wait(send(&channel, 3)));
    CHECK(Tracked::living() == 1);
  }
  CHECK(Tracked::all_well());
}

// All orders of: send, cancel of the receiver, close, one piece of work.
TEST_CASE("a receive ends exactly once in every order of send, cancellation, close and turn", "[coro][channel]") {
  std::string order = "clst";
  do {
    ManualExecutor executor;
    Context context{executor};
    Channel<Tracked> channel{1};
    bool accepted = false;
    Started receiving{context, receive(&channel)};
    for (const char step : order) {
      if (step == 's') accepted = channel.try_send(Tracked(7));
      if (step == 'c') context.cancel(CancelReason::requested);
      if (step == 'l') channel.close();
      if (step == 't' && !executor.idle()) executor.run_one();
    }
    executor.run();
    INFO(order);
    REQUIRE(receiving.done());
    CHECK(accepted == (order.find('s') < order.find('l')));
    const std::size_t first = std::min({order.find('s'), order.find('c'), order.find('l')});
    CHECK(receiving.cancelled() == (order[first] == 'c'));
    if (!receiving.cancelled()) CHECK(receiving.result() == (order[first] == 's' ? 7 : -1));
    CHECK(channel.size() == (accepted && order[first] == 'c' ? 1u : 0u));
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(Tracked::all_well());
}
