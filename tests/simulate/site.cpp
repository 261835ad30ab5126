#include "site.hpp"

#include "ledger.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/shield.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/file.hpp>

namespace gyre::simulate {
namespace {

using namespace std::chrono_literals;
using Visitor = Path<unsigned, "visitor">;
using Index = Path<unsigned, "index">;
using Number = Path<unsigned, "number">;

Duration pause(Number number) { return std::chrono::milliseconds{*number % 64}; }

/// Every answer of a handler says to which request of its connection it belongs.
Response marked(Index index, Response response) {
  response.add("X-Mark", std::to_string(*index));
  return response;
}
/// As in the log of answers: one that is cut must not look whole.
Response whole(Response response, bool ever = true) {
  response.add("X-Whole", ever ? "yes" : "never");
  return response;
}

Response plain(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  return marked(index, "plain " + std::to_string(*number));
}
Response large(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  return marked(index, std::string(std::size_t{100} * *number, 'z'));
}
Response plain_body(Visitor visitor, Index index, Number, Request& request) {
  const AtWork at_work{{*visitor, *index}};
  return marked(index, std::string{request.body()});
}

Task<Response> wait(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  co_await sleep_for(pause(number));
  co_return marked(index, "waited");
}

/// Until the client leaves.
Task<Response> wait_long(Visitor visitor, Index index, Number) {
  const AtWork at_work{{*visitor, *index}};
  co_await sleep_for(20s);
  co_return marked(index, "waited long");
}

/// Runs to its end whatever the client does.
Task<Response> finish(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  Context& context = co_await this_context();
  co_await sleep_for(pause(number) * 5);
  if (context.reason() == CancelReason::client_gone) ledger->blame("a handler that finishes was cancelled");
  co_return marked(index, "finished");
}

Task<Response> late(Visitor visitor, Index index, Number) {
  const AtWork at_work{{*visitor, *index}};
  co_await sleep_for(10s);
  co_return marked(index, "never");
}

/// Goes on for a while after its deadline.
Task<Response> late_and_stubborn(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  auto clean_up = shield(1s, sleep_for(70ms + pause(number)));
  const Result<void> done = co_await std::move(clean_up);
  co_return marked(index, done ? "late" : "later");
}

Task<Response> fail(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  co_await sleep_for(pause(number));
  throw HttpError{Status::conflict, "on purpose"};
}

Response stream(Visitor visitor, Index index, Number number, bool broken) {
  const RequestName name{*visitor, *index};
  const unsigned count = *number % 24;
  const Duration length = pause(number) / 8;
  return whole(Response::stream([name, count, length, broken](BodyWriter& out) -> Task<> {
                 const AtWork at_work{name};
                 for (unsigned piece = 0; piece < count; ++piece) {
                   co_await out.write("0123456789");
                   co_await sleep_for(length);
                 }
                 if (broken) throw 7;
                 co_await out.write("$");
               }),
               !broken);
}

Task<Response> file(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  Result<File> opened = co_await File::open(std::string{file_path});
  if (!opened) co_return marked(index, Status::not_found);
  const std::uint64_t size = std::uint64_t{*number} * 100 + 1;
  co_return marked(index, whole(Response::file(std::move(*opened), file_size - size, size)));
}

Task<int> after(Duration length, int value) {
  co_await sleep_for(length);
  co_return value;
}

Task<Response> race(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  const auto any = co_await when_any(after(pause(number), 1), after(20ms, 2));
  if (any.first > 1) ledger->blame("a race without a winner");
  co_return marked(index, "raced");
}

Task<Response> all(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  const TimePoint start = co_await now();
  auto limited = within(30ms, after(pause(number), 1));
  const auto [first, second] = co_await when_all(std::move(limited), after(10ms, 2));
  const TimePoint end = co_await now();
  if (second != 2) ledger->blame("a wrong result");
  if (ledger->exact_time) {
    const bool in_time = pause(number) <= 30ms;
    if (pause(number) != 30ms && first.has_value() != in_time) ledger->blame("a limit does not hold");
    const Duration length = std::max<Duration>(10ms, std::min<Duration>(30ms, pause(number)));
    if (end - start != length) ledger->blame("a timer is late");
  }
  co_return marked(index, first ? "in time" : "not in time");
}

/// Sends through the channel that all handlers share, and takes one out again.
Task<Response> queue(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  const Result<void> sent = co_await ledger->channel.send(*number);
  co_await sleep_for(pause(number) / 4);
  const std::optional<unsigned> received = co_await ledger->channel.receive();
  co_return marked(index, sent && received ? "queued" : "closed");
}

Task<Response> locked(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  const Semaphore::Permit permit = co_await ledger->permits.acquire();
  const auto lock = co_await ledger->mutex.lock();
  if (++ledger->inside != 1) ledger->blame("two hold one mutex");
  struct Leave {
    Leave() = default;
    Leave(const Leave&) = delete;
    Leave& operator=(const Leave&) = delete;
    ~Leave() { --ledger->inside; }
  } const leave;
  co_await sleep_for(pause(number) / 8);
  co_return marked(index, "locked");
}

Task<Response> offloaded(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  auto job = offload([](unsigned value) { return value + 1; }, *number);
  const unsigned result = co_await std::move(job);
  if (result != *number + 1) ledger->blame("a wrong result");
  co_return marked(index, "offloaded");
}

/// Something with a callback that a timer calls.
class Later : private Timer {
 public:
  Later() noexcept : Timer(&Later::fire) {}
  void start(Loop& loop, Duration length, CompletionCallback<int> callback) {
    callback_.emplace(std::move(callback));
    loop.arm(*this, time_after(loop.now(), length));
  }
  void cancel() noexcept {
    disarm();
    callback_.reset();
  }

 private:
  static void fire(Timer& timer) noexcept {
    auto& self = static_cast<Later&>(timer);
    const CompletionCallback<int> callback = std::move(*self.callback_);
    self.callback_.reset();
    callback(7);
  }
  std::optional<CompletionCallback<int>> callback_;
};

Task<Response> called_back(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  Context& context = co_await this_context();
  Loop& loop = Loop::of(context);
  Later later;
  const Duration length = pause(number);
  const auto start = [&](CompletionCallback<int> callback) { later.start(loop, length, std::move(callback)); };
  const auto cancel = [&]() noexcept { later.cancel(); };
  auto waiting = from_callback<int>(start, cancel);
  const Result<int> result = co_await std::move(waiting);
  co_return marked(index, result ? "called back" : "cancelled");
}

Task<Response> dropped(Visitor visitor, Index index, Number) {
  const AtWork at_work{{*visitor, *index}};
  auto waiting = from_callback<int>([](const CompletionCallback<int>&) {});
  const Result<int> result = co_await std::move(waiting);
  if (result) ledger->blame("a result that nobody gave");
  co_return marked(index, "dropped");
}

/// Undoes its work when it is cancelled.
Task<Response> rollback(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  bool cancelled = false;
  try {
    co_await sleep_for(pause(number));
  } catch (const Cancelled&) {
    cancelled = true;
  }
  if (cancelled) {
    auto undo = shield(100ms, sleep_for(5ms));
    const Result<void> undone = co_await std::move(undo);
    if (!undone) ledger->blame("a shielded sleep was cut short");
    throw Cancelled{};
  }
  co_return marked(index, "done");
}

Task<> child(unsigned number, Event* event) {
  co_await sleep_for(std::chrono::milliseconds{number % 32});
  if (number % 5 == 4) throw HttpError{Status::bad_gateway, "a child failed"};
  event->set();
}

Task<Response> children(Visitor visitor, Index index, Number number) {
  const AtWork at_work{{*visitor, *index}};
  Event event;
  const auto body = [number = *number, &event](Scope& scope) -> Task<> {
    for (unsigned each = 0; each < 3; ++each) scope.spawn(child, number + each, &event);
    co_await event.wait();
  };
  auto joined = with_scope(body);
  co_await std::move(joined);
  co_return marked(index, "joined");
}

Task<Response> collect(Visitor visitor, Index index, Number number, Request& request) {
  const AtWork at_work{{*visitor, *index}};
  co_await sleep_for(pause(number));
  co_return marked(index, std::string{request.body()});
}

Task<Response> read(Visitor visitor, Index index, Number number, Body body) {
  const AtWork at_work{{*visitor, *index}};
  std::size_t size = 0;
  for (unsigned count = 0;; ++count) {
    const Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) co_return marked(index, "read " + std::to_string(size));
    size += piece->size();
    if (count < 8) co_await sleep_for(pause(number) / 8);
  }
}

Response echo(Visitor visitor, Index index, Number, Request& request) {
  const RequestName name{*visitor, *index};
  return marked(index, whole(Response::stream([name, &request](BodyWriter& out) -> Task<> {
                  const AtWork at_work{name};
                  Body body{request};
                  for (;;) {
                    const Result<std::string_view> piece = co_await body.read();
                    if (piece.value().empty()) break;
                    co_await out.write(*piece);
                  }
                  co_await out.write("$");
                })));
}

/// Does not want the body.
Task<Response> leave(Visitor visitor, Index index, Number number, Body) {
  const AtWork at_work{{*visitor, *index}};
  co_await sleep_for(pause(number));
  co_return marked(index, "left");
}

}  // namespace

void add_routes(Router& router) {
  router.get("/{visitor}/{index}/plain/{number}", plain);
  router.get("/{visitor}/{index}/large/{number}", large);
  router.get("/{visitor}/{index}/wait/{number}", wait);
  router.get("/{visitor}/{index}/wait-long/{number}", wait_long);
  router.get("/{visitor}/{index}/finish/{number}", finish, {.on_disconnect = OnDisconnect::finish});
  router.get("/{visitor}/{index}/detach/{number}", finish, {.on_disconnect = OnDisconnect::detach});
  router.post("/{visitor}/{index}/finish-read/{number}", read, {.on_disconnect = OnDisconnect::finish});
  router.get("/{visitor}/{index}/late/{number}", late, {.handler = 50ms});
  router.get("/{visitor}/{index}/late-and-stubborn/{number}", late_and_stubborn, {.handler = 50ms});
  router.get("/{visitor}/{index}/fail/{number}", fail);
  router.get("/{visitor}/{index}/stream/{number}", [](Visitor visitor, Index index, Number number) {
    return marked(index, stream(visitor, index, number, false));
  });
  router.get("/{visitor}/{index}/stream-broken/{number}", [](Visitor visitor, Index index, Number number) {
    return marked(index, stream(visitor, index, number, true));
  });
  router.get("/{visitor}/{index}/file/{number}", file);
  router.get("/{visitor}/{index}/race/{number}", race);
  router.get("/{visitor}/{index}/all/{number}", all);
  router.get("/{visitor}/{index}/queue/{number}", queue);
  router.get("/{visitor}/{index}/locked/{number}", locked);
  router.get("/{visitor}/{index}/offload/{number}", offloaded);
  router.get("/{visitor}/{index}/callback/{number}", called_back);
  router.get("/{visitor}/{index}/dropped/{number}", dropped);
  router.get("/{visitor}/{index}/rollback/{number}", rollback);
  router.get("/{visitor}/{index}/children/{number}", children);
  router.post("/{visitor}/{index}/collect/{number}", collect);
  router.post("/{visitor}/{index}/read/{number}", read);
  router.post("/{visitor}/{index}/echo/{number}", echo);
  router.post("/{visitor}/{index}/leave/{number}", leave);
  router.post("/{visitor}/{index}/plain-body/{number}", plain_body);
}

}  // namespace gyre::simulate
