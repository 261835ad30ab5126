#pragma once

#include <gyre/coro/generator.hpp>
#include <gyre/http/body.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/event_stream.hpp>
#include <gyre/http/service.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/file.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A service whose handlers do everything that handlers may do, well or badly. The first letter of the path says what,
/// the number behind it how much: "/w50" waits for 50 ms.
namespace gyre::test::mixed {

using namespace std::chrono_literals;

/// Counts something while it lives: what must be 0 when the server has stopped.
class Alive {
 public:
  explicit Alive(int& counter) noexcept : counter_(&counter) { ++*counter_; }
  Alive(const Alive& other) noexcept : Alive(*other.counter_) {}
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --*counter_; }

 private:
  int* counter_;
};

/// Waits and cannot be cancelled, as a task that waits for `offload`.
class StubbornSleep : private Timer {
 public:
  explicit StubbornSleep(Duration length) noexcept : Timer(&StubbornSleep::fire), length_(length) {}
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    Loop& loop = Loop::of(gyre::detail::context_of(handle));
    handle_ = handle;
    work_.loop = &loop;
    loop.arm(*this, time_after(loop.now(), length_));
  }
  void await_resume() const noexcept {}

 private:
  struct Resume : Work {
    explicit Resume(StubbornSleep& owner) noexcept : Work(&Resume::go), sleep(&owner) {}
    static void go(Work& work) noexcept { gyre::detail::resume(static_cast<Resume&>(work).sleep->handle_); }
    StubbornSleep* sleep;
    Loop* loop = nullptr;
  };
  static void fire(Timer& timer) noexcept {
    auto& self = static_cast<StubbornSleep&>(timer);
    self.work_.loop->schedule(self.work_);
  }

  Duration length_;
  std::coroutine_handle<> handle_;
  Resume work_{*this};
};

class MixedService;

/// What a handler is called with.
struct Call {
  MixedService* service;
  Request* request;
  unsigned number;  ///< From the path.
  Duration pause() const noexcept { return std::chrono::milliseconds{number}; }
};

class MixedService final : public Service {
 public:
  static constexpr std::string_view file_path = "/data";
  static constexpr std::size_t file_size = 150'000;

  MixedService();

  RequestHandler& find(Request& request) noexcept override;
  Response failed(Request& request, std::exception_ptr) noexcept override {
    return marked(request, {Status::internal_server_error, "failed"});
  }

  /// Every answer of a handler says to which request it belongs.
  static Response marked(Request& request, Response response) {
    response.add("X-Mark", request.parameter(0));
    return response;
  }
  /// A stream that is whole ends with "$" (a comment of events, too), or it never is: so that a cut one does not pass.
  static Response whole(Response response, bool ever = true) {
    response.add("X-Whole", ever ? "yes" : "never");
    return response;
  }

  std::vector<Method> methods;  ///< Of all requests, in their order.
  int running = 0;              ///< Handlers, streams and sessions at work.

 private:
  using Plain = Response (*)(Call);
  using Coroutine = Task<Response> (*)(Call);

  struct Route final : RequestHandler {
    Route(MixedService& owner, char name, Plain function, BodyUse use)
        : RequestHandler(Kind::plain, use), service(&owner), letter(name), plain(function) {}
    Route(MixedService& owner, char name, Coroutine function, BodyUse use)
        : RequestHandler(Kind::coroutine, use), service(&owner), letter(name), coroutine(function) {}
    Call call_of(Request& request) const;
    Response call(Request& request) override { return marked(request, plain(call_of(request))); }
    Task<Response> start(Request& request) override { return run(request, coroutine(call_of(request))); }
    static Task<Response> run(Request& request, Task<Response> task) {
      Response response = co_await std::move(task);
      co_return marked(request, std::move(response));
    }
    MixedService* service;
    char letter;
    Plain plain = nullptr;
    Coroutine coroutine = nullptr;
  };

  Route& add(char letter, Plain function, RequestHandler::BodyUse use) {
    return *routes_.emplace_back(std::make_unique<Route>(*this, letter, function, use));
  }
  Route& add(char letter, Coroutine function, RequestHandler::BodyUse use) {
    return *routes_.emplace_back(std::make_unique<Route>(*this, letter, function, use));
  }

  std::vector<std::unique_ptr<Route>> routes_;
};

// --- handlers --------------------------------------------------------------------------------------------------------

inline Response hello(Call call) { return "hello " + std::to_string(call.number); }
inline Response echo(Call call) { return call.request->body(); }
inline Response large(Call call) { return std::string(std::size_t{16} * call.number, 'z'); }
inline Response status(Call call) { return {Status{static_cast<std::uint16_t>(call.number % 600)}, "with a text"}; }
inline Response broken(Call) { throw 7; }
inline Response no_tunnel(Call) { return Status::not_implemented; }

inline Task<Response> task(Call call) {
  const Alive alive{call.service->running};
  const Result<void> collected = co_await call.request->collect();
  collected.value();
  co_return "task " + std::string{call.request->body()};
}

inline Task<Response> wait(Call call) {
  const Alive alive{call.service->running};
  co_await sleep_for(call.pause());
  co_return "waited";
}

/// Reads the body, slowly; a broken one becomes its status.
inline Task<Response> read_body(Call call) {
  const Alive alive{call.service->running};
  Body body{*call.request};
  std::size_t size = 0;
  for (unsigned count = 0;; ++count) {
    const Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) co_return "read " + std::to_string(size);
    size += piece->size();
    if (call.number != 0 && count < 20) co_await sleep_for(call.pause());
  }
}

/// Reads once or never, then answers.
inline Task<Response> leave_body(Call call) {
  const Alive alive{call.service->running};
  co_await sleep_for(call.pause());
  Body body{*call.request};
  if (call.number % 2 == 1) (void)co_await body.read();
  co_return "left";
}

inline Task<Response> collect(Call call) {
  const Alive alive{call.service->running};
  if (call.number % 2 == 1) co_await sleep_for(call.pause());
  const Result<void> collected = co_await call.request->collect();
  collected.value();
  co_await sleep_for(call.pause());
  co_return "collected " + std::string{call.request->body()};
}

inline Task<Response> fail(Call call) {
  const Alive alive{call.service->running};
  co_await sleep_for(call.pause());
  throw 7;
}

inline Task<Response> fail_after_reading(Call call) {
  const Alive alive{call.service->running};
  const Result<void> collected = co_await call.request->collect();
  if (collected) throw 7;
  co_return "no body";
}

inline Task<Response> inform(Call call) {
  const Alive alive{call.service->running};
  Response hints{Status::early_hints};
  hints.add("Link", "</style.css>");
  for (unsigned count = 0; count < call.number % 8; ++count) {
    (void)call.request->inform(hints);
    co_await sleep_for(1ms);
  }
  co_return "informed";
}

/// Works against two kinds of time limits.
inline Task<> nap(Call call) {
  const Alive alive{call.service->running};
  co_await sleep_for(call.pause());
}
inline Task<bool> read_once(Call call) {
  const Alive alive{call.service->running};
  Body body{*call.request};
  const Result<std::string_view> piece = co_await body.read();
  co_return piece.has_value();
}
inline Task<Response> limited(Call call) {
  const Alive alive{call.service->running};
  auto reading = within(20ms, read_once(call));
  const Result<bool> first = co_await std::move(reading);
  auto sleeping = within(20ms, nap(call));
  const Result<void> second = co_await std::move(sleeping);
  auto again = within(20ms, read_once(call));
  const Result<bool> third = co_await std::move(again);
  co_return first&& second&& third ? "in time" : "not in time";
}

/// Gives itself less time than it needs, or more.
inline Task<Response> shorten(Call call) {
  const Alive alive{call.service->running};
  call.request->limit_deadline(100ms);
  co_await sleep_for(call.pause());
  call.request->limit_deadline(20ms, Status::gateway_timeout);
  co_await sleep_for(call.number % 2 == 0 ? 10ms : 30ms);
  co_return "in time";
}

/// Is cancelled by its deadline, and then does what it should not.
inline Task<Response> defy(Call call) {
  const Alive alive{call.service->running};
  bool cancelled = false;
  try {
    co_await sleep_for(10s);
  } catch (const Cancelled&) {
    cancelled = true;
  }
  Body body{*call.request};
  if (cancelled) (void)co_await body.read();
  const Result<void> collected = co_await call.request->collect();
  (void)call.request->inform(Status::early_hints);
  const StubbornSleep rest{call.pause()};
  co_await StubbornSleep{call.pause()};
  co_return collected ? "late" : "late and without";
}

// --- streams ---------------------------------------------------------------------------------------------------------

enum class Fault : unsigned char { none, throws, too_much, too_little };

/// Writes `count` pieces of ten bytes and "$", or not quite.
inline auto pieces(Call call, unsigned count, Duration pause, Fault fault = Fault::none) {
  return [call, count, pause, fault](BodyWriter& out) -> Task<> {
    const Alive alive{call.service->running};
    for (unsigned index = 0; index < count; ++index) {
      co_await out.write("0123456789");
      if (pause != 0ms) co_await sleep_for(pause);
    }
    if (fault == Fault::throws) throw 7;
    if (fault == Fault::none) co_await out.write("$");
    if (fault == Fault::too_much) co_await out.write("$$$");
    out.add_trailer("X-Count", "1");
  };
}

inline unsigned few(Call call) { return call.number % 24; }
inline Duration short_pause(Call call) { return std::chrono::milliseconds{call.number % 7}; }

inline Response stream(Call call) {
  return MixedService::whole(Response::stream(pieces(call, few(call), short_pause(call))));
}
inline Response stream_many(Call call) { return MixedService::whole(Response::stream(pieces(call, call.number, 0ms))); }
inline Response stream_known(Call call) {
  const std::uint64_t size = few(call) * 10 + 1;
  return MixedService::whole(Response::stream(size, pieces(call, few(call), short_pause(call))));
}
inline Response stream_short(Call call) {
  const std::uint64_t size = few(call) * 10 + 1;
  return MixedService::whole(Response::stream(size, pieces(call, few(call), short_pause(call), Fault::too_little)),
                             false);
}
inline Response stream_long(Call call) {
  const std::uint64_t size = few(call) * 10 + 1;
  return MixedService::whole(Response::stream(size, pieces(call, few(call), short_pause(call), Fault::too_much)),
                             false);
}
inline Response stream_broken(Call call) {
  return MixedService::whole(Response::stream(pieces(call, few(call), short_pause(call), Fault::throws)), false);
}
inline Task<Response> stream_from_task(Call call) {
  const Alive alive{call.service->running};
  co_await sleep_for(call.pause());
  co_return stream(call);
}

/// Answers with the request's own bytes, while they are still needed.
inline Response stream_own_body(Call call) {
  Response response = Response::stream([call](BodyWriter& out) -> Task<> {
    const Alive alive{call.service->running};
    co_await sleep_for(short_pause(call));
    co_await out.write(call.request->target());
    co_await out.write(call.request->body());
    co_await out.write("$");
  });
  response.set_content_type(call.request->header("accept"));
  return MixedService::whole(std::move(response));
}

/// Reads the request while it answers.
inline Response stream_echo(Call call) {
  return MixedService::whole(Response::stream([call](BodyWriter& out) -> Task<> {
    const Alive alive{call.service->running};
    Body body{*call.request};
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) break;
      co_await out.write(*piece);
      if (call.number % 2 == 1) co_await out.flush();
    }
    co_await out.write("$");
  }));
}

inline Generator<std::string> numbers(Call call) {
  const Alive alive{call.service->running};
  for (unsigned number = 0; number < few(call); ++number) {
    co_await sleep_for(1ms);
    co_yield std::to_string(number) + ";";
  }
  co_yield "$";
}
inline Response generate(Call call) { return MixedService::whole(Response::generate(numbers(call))); }

inline Response events(Call call) {
  return MixedService::whole(event_stream(
      [call](EventStream& events) -> Task<> {
        const Alive alive{call.service->running};
        for (unsigned count = 0; count < few(call); ++count) {
          const ServerSentEvent event{.data = "tick\ntock"};
          co_await events.send(event);
          co_await sleep_for(call.pause());
        }
        co_await events.comment("$");
      },
      {.keep_alive = 10ms}));
}

/// The end of a file, or more than there is.
inline Task<Response> file(Call call) {
  const Alive alive{call.service->running};
  Result<File> opened = co_await File::open(std::string{MixedService::file_path});
  const std::uint64_t size = std::min<std::uint64_t>(std::uint64_t{call.number} * 500, MixedService::file_size);
  Response response = Response::file(std::move(opened).value(), MixedService::file_size - size, size);
  if (size == 0) co_return response;
  co_return MixedService::whole(std::move(response));
}
inline Task<Response> file_too_short(Call call) {
  const Alive alive{call.service->running};
  Result<File> opened = co_await File::open(std::string{MixedService::file_path});
  const std::uint64_t size = call.number + 1;
  co_return MixedService::whole(Response::file(std::move(opened).value(), MixedService::file_size - size, size + 1),
                                false);
}
inline Task<Response> file_in_chunks(Call call) {
  const Alive alive{call.service->running};
  Result<File> opened = co_await File::open(std::string{MixedService::file_path});
  auto file = std::make_shared<File>(std::move(opened).value());
  co_return MixedService::whole(Response::stream([call, file](BodyWriter& out) -> Task<> {
    const Alive writing{call.service->running};
    co_await out.write("<");
    co_await out.send_file(*file, 0, std::uint64_t{call.number} * 300);
    co_await out.write(">");
    co_await out.send_file(*file, 0, call.number % 5);
    co_await out.write("$");
  }));
}

inline Response upgrade(Call call) {
  return Response::upgrade("echo", [call](Stream stream, std::string early) -> Task<> {
    const Alive alive{call.service->running};
    std::string text = "early " + early;
    std::byte buffer[64];
    for (unsigned count = 0; count < 100; ++count) {
      auto writing = within(20s, stream.write(as_bytes(text)));
      const Result<Result<void>> written = co_await std::move(writing);
      if (!written || !*written) co_return;
      auto reading = within(20s, stream.read(buffer));
      const Result<Result<std::size_t>> size = co_await std::move(reading);
      if (!size || !*size || **size == 0) co_return;
      if (call.number == 7) throw 7;
      text.assign(as_text(Bytes{buffer, **size}));
    }
  });
}

// --- which path is which ---------------------------------------------------------------------------------------------

inline MixedService::MixedService() {
  using Use = RequestHandler::BodyUse;
  constexpr RouteOptions finish{.on_disconnect = OnDisconnect::finish};
  constexpr RouteOptions detach{.on_disconnect = OnDisconnect::detach};
  add('p', hello, Use::collected);
  add('j', hello, Use::ignored);
  add('e', echo, Use::collected);
  add('z', large, Use::collected);
  add('n', status, Use::collected);
  add('k', broken, Use::collected);
  add('t', task, Use::collected);
  add('w', wait, Use::collected);
  add('r', read_body, Use::streamed);
  add('i', leave_body, Use::streamed);
  add('c', collect, Use::collected);
  add('x', fail, Use::collected);
  add('y', fail_after_reading, Use::collected);
  add('I', inform, Use::collected);
  add('W', limited, Use::streamed);
  add('D', wait, Use::collected).set_options({.handler = 50ms});
  add('d', defy, Use::streamed).set_options({.body = 50, .handler = 50ms});
  add('a', wait, Use::collected).set_options(finish);
  add('b', wait, Use::collected).set_options(detach);
  add('f', collect, Use::collected).set_options(finish);
  add('g', read_body, Use::streamed).set_options(detach);
  add('h', shorten, Use::collected).set_options(detach);
  add('l', defy, Use::streamed).set_options({.body = 50, .handler = 50ms, .on_disconnect = OnDisconnect::finish});
  add('m', stream_from_task, Use::collected).set_options(finish);
  add('o', fail, Use::collected).set_options(finish);
  add('S', stream, Use::collected);
  add('s', stream_from_task, Use::collected);
  add('A', stream_many, Use::collected);
  add('L', stream_known, Use::ignored);
  add('M', stream_short, Use::collected);
  add('N', stream_long, Use::collected);
  add('T', stream_broken, Use::collected);
  add('q', stream_own_body, Use::collected);
  add('B', stream_echo, Use::streamed);
  add('G', generate, Use::collected);
  add('V', events, Use::collected);
  add('F', file, Use::collected).set_options({.write_stall = 1s, .rate = 1000});
  add('H', file_too_short, Use::collected);
  add('C', file_in_chunks, Use::collected);
  add('U', upgrade, Use::collected);
  add('\0', no_tunnel, Use::ignored);
}

inline RequestHandler& MixedService::find(Request& request) noexcept {
  request.add_parameter(request.arena().copy(std::to_string(methods.size())));
  methods.push_back(request.method());
  const std::string_view path = request.path();
  const char letter = path.size() < 2 || request.method() == Method::connect ? '\0' : path[1];
  for (const auto& route : routes_) {
    if (route->letter == letter) return *route;
  }
  return *routes_.front();
}

inline Call MixedService::Route::call_of(Request& request) const {
  constexpr unsigned requests_max = 40;  // so that a run has an end
  unsigned number = 0;
  const std::string_view path = request.path();
  for (const char digit : path.substr(std::min<std::size_t>(path.size(), 2))) {
    if (digit < '0' || digit > '9' || number > 200) break;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  const auto mark = static_cast<unsigned>(std::stoul(std::string{request.parameter(0)}));
  if (mark > requests_max) number = 0;
  return {service, &request, number};
}

}  // namespace gyre::test::mixed
