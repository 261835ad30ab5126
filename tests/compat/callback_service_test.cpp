#include "service_support.hpp"

#include <gyre/loop/loop_driver.hpp>
#include <gyre/loop/yield.hpp>

#include <each_loop.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_real_loop;
using service_test::Asked;
using service_test::Seen;
using service_test::with;

TEST_CASE("a service is asked without a connection", "[compat][service]") {
  Asked asked;
  asked.app.get("/plain/{name}", [](Path<std::string> name) { return "hello " + *name; });
  asked.app.get("/task", []() -> Task<std::string> {
    co_await sleep_for(1s);
    co_return "later";
  });
  asked.app.post("/echo", [](Request& request) {
    return Response{std::string{request.body()}}.with("X-Type", request.header(FieldId::content_type));
  });
  asked.app.post("/pieces", [](Body body) -> Task<std::string> {
    std::string text;
    for (;;) {
      const std::string_view piece = (co_await body.read()).value();
      if (piece.empty()) co_return text + "!";
      text += piece;
    }
  });

  ServiceAnswer answer = asked.get("/plain/J%C3%BCrgen?x=1");
  CHECK(answer.status == Status::ok);
  CHECK(answer.body == "hello J\u00fcrgen");
  CHECK(answer.field("content-type") == "text/plain; charset=utf-8");
  CHECK(answer.length == answer.body.size());
  CHECK(answer.complete);

  CHECK(asked.get("/task").body == "later");
  answer = asked.ask({.method = "POST", .target = "/echo", .fields = {{"content-type", "a/b"}}, .body = "text"});
  CHECK(answer.body == "text");
  CHECK(answer.field("x-type") == "a/b");
  CHECK(asked.ask({.method = "POST", .target = "/pieces", .body = "whole"}).body == "whole!");
  CHECK(asked.get("/nothing").status == Status::not_found);
  answer = asked.ask({.method = "HEAD", .target = "/plain/x"});
  CHECK(answer.body.empty());
  CHECK(answer.length == 7);
  CHECK(asked.ask({.method = "DELETE", .target = "/echo"}).status == Status::method_not_allowed);
}

TEST_CASE("a request to a service is checked like a client's", "[compat][service]") {
  Asked asked{with(&Limits::body, std::size_t{10})};
  asked.app.post("/", [](Request& request) {
    std::string text;
    for (const auto field : request.head()) text.append(field.name).append(" ");
    return text;
  });
  const auto status = [&](ServiceRequest request) { return asked.ask(std::move(request)).status; };
  CHECK(status({.method = "POST /x", .target = "/"}) == Status::bad_request);
  CHECK(status({.target = "/ HTTP/1.1\r\nx: y"}) == Status::bad_request);
  CHECK(status({.target = ""}) == Status::bad_request);
  CHECK(status({.fields = {{"a b", "c"}}}) == Status::bad_request);
  CHECK(status({.fields = {{"a", "b\r\nc: d"}}}) == Status::bad_request);
  CHECK(status({.fields = {{"host", "a"}, {"host", "b"}}}) == Status::bad_request);
  CHECK(status({.target = "/" + std::string(9000, 'x')}) == Status::uri_too_long);
  CHECK(status({.method = "POST", .target = "/", .body = "12345678901"}) == Status::content_too_large);
  // About a connection, and there is none.
  const ServiceAnswer answer = asked.ask({.method = "POST",
                                          .target = "/",
                                          .fields = {{"Content-Length", "7"},
                                                     {"Transfer-Encoding", "chunked"},
                                                     {"Connection", "close"},
                                                     {"Upgrade", "x"},
                                                     {"X-Own", "1"}},
                                          .body = "1234567890"});
  CHECK(answer.body == "X-Own Host Content-Length ");
}

TEST_CASE("what a handler throws becomes the answer of a service, and is reported", "[compat][service]") {
  Asked asked;
  std::string told;
  asked.app.on_error([&](const ErrorReport&) { told += "told "; });
  asked.app.get("/plain", []() -> std::string { throw std::runtime_error{"x"}; });
  asked.app.get("/task", []() -> Task<std::string> {
    co_await sleep_for(1ms);
    throw std::runtime_error{"x"};
  });
  asked.app.get("/http", []() -> std::string { throw HttpError{Status::conflict}; });
  asked.app.get("/cancelled", []() -> Task<std::string> {
    co_await sleep_for(1ms);
    throw Cancelled{};
  });
  CHECK(asked.get("/plain").status == Status::internal_server_error);
  CHECK(asked.get("/task").status == Status::internal_server_error);
  CHECK(asked.get("/http").status == Status::conflict);
  CHECK(asked.get("/cancelled").status == Status::internal_server_error);
  CHECK(told == "told told told ");
}

TEST_CASE("what a callback throws is reported, and nothing else happens", "[compat][service]") {
  Asked asked;
  int told = 0;
  asked.app.on_error([&](const ErrorReport&) { ++told; });
  asked.app.get("/", [] { return "x"; });
  asked.run([&](CallbackService& service) -> Task<> {
    service.ask({}, [](ServiceAnswer) { throw std::runtime_error{"x"}; });
    co_await sleep_for(1ms);
  });
  CHECK(told == 1);
}

TEST_CASE("a service's deadline is answered in time, and the handler is joined", "[compat][service]") {
  Asked asked{with(&Limits::handler, Duration{2s})};
  CancelReason reason = CancelReason::none;
  bool ended = false;
  asked.app.get("/slow", [&](Request& request) -> Task<std::string> {
    try {
      co_await sleep_for(1h);
    } catch (const Cancelled&) {
      reason = request.context().reason();
    }
    (void)co_await shield(1min, sleep_for(5s));
    ended = true;
    co_return "late";
  });
  asked.app.get("/own", [](Request& request) -> Task<std::string> {
    request.limit_deadline(1s, Status::gateway_timeout);
    co_await sleep_for(1h);
    co_return "";
  });
  Seen seen;
  Seen own;
  asked.run([&](CallbackService& service) -> Task<> {
    service.ask({.target = "/slow"}, seen.callbacks(asked.loop));
    service.ask({.target = "/own"}, own.callbacks(asked.loop));
    co_await sleep_for(10ms);
  });
  CHECK(seen.answer.status == Status::service_unavailable);
  CHECK(seen.when == TimePoint{} + 2s);
  CHECK(reason == CancelReason::deadline);
  CHECK(ended);
  CHECK(asked.loop.now() == TimePoint{} + 7s);
  CHECK(own.answer.status == Status::gateway_timeout);
  CHECK(own.when == TimePoint{} + 1s);
}

TEST_CASE("one request too many is refused", "[compat][service]") {
  Asked asked{{.requests = 2}};
  asked.app.get("/", []() -> Task<std::string> {
    co_await sleep_for(1s);
    co_return "x";
  });
  Seen seen[3];
  asked.run([&](CallbackService& service) -> Task<> {
    for (Seen& each : seen) service.ask({}, each.callbacks(asked.loop));
    co_await sleep_for(2s);
  });
  CHECK(seen[0].answer.status == Status::ok);
  CHECK(seen[1].answer.status == Status::ok);
  CHECK(seen[2].answer.status == Status::service_unavailable);
  CHECK(seen[2].answer.field("retry-after") == "1");
}

TEST_CASE("a stop drains a service, then cancels what is left", "[compat][service]") {
  Asked asked{{.drain = 3s}};
  asked.app.get("/{seconds}", [](Path<int> seconds) -> Task<std::string> {
    co_await sleep_for(std::chrono::seconds{*seconds});
    co_return "x";
  });
  Seen quick;
  Seen slow;
  Seen late;
  CallbackService* over = nullptr;
  {
    CallbackService service{asked.loop, asked.app, {.drain = 3s}};
    over = &service;
    asked.loop.run([](CallbackService& on, Loop& loop, Seen& a, Seen& b, Seen& c) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(on.serve());
      on.ask({.target = "/2"}, a.callbacks(loop));
      on.ask({.target = "/20"}, b.callbacks(loop));
      co_await next_turn();
      on.stop();
      on.stop();
      co_await sleep_for(1s);
      on.ask({.target = "/0"}, c.callbacks(loop));
      co_await scope.join();
    }(service, asked.loop, quick, slow, late));
    CHECK_THROWS_AS(over->ask({}, quick.callbacks(asked.loop)), Failure);
    service.stop();
  }
  CHECK(quick.answer.status == Status::ok);
  CHECK(slow.answer.status == Status::service_unavailable);
  CHECK(slow.when == TimePoint{} + 3s);
  CHECK(late.answer.status == Status::service_unavailable);
  CHECK((quick.answers == 1 && slow.answers == 1 && late.answers == 1));
}

TEST_CASE("a cancelled service drains, and says so", "[compat][service][cancel]") {
  SimLoop loop;
  App app;
  app.get("/", []() -> Task<std::string> {
    co_await sleep_for(1s);
    co_return "x";
  });
  CallbackService service{loop, app};
  Seen seen;
  service.ask({}, seen.callbacks(loop));
  LoopDriver driver{loop, service.serve()};
  driver.run_once();
  driver.cancel();
  while (driver.run_once()) {
  }
  CHECK_THROWS_AS(driver.result(), Cancelled);
  CHECK(seen.answer.body == "x");
}

TEST_CASE("a service is asked from eight threads at once", "[compat][service]") {
  for_each_real_loop([](Loop& loop) {
    constexpr int threads = 8;
    constexpr int each = 200;
    App app;
    app.get("/plain/{n}", [](Path<int> n) { return std::to_string(*n); });
    app.get("/task/{n}", [](Path<int> n) -> Task<std::string> {
      co_await next_turn();
      co_return std::to_string(*n);
    });
    app.get("/slow", []() -> Task<std::string> {
      co_await sleep_for(1h);
      co_return "";
    });
    CallbackService service{loop, app};
    const std::thread::id mine = std::this_thread::get_id();
    std::atomic<int> right = 0;
    std::atomic<int> cancelled = 0;
    std::atomic<int> left = threads;
    std::vector<std::thread> askers;
    for (int index = 0; index < threads; ++index) {
      askers.emplace_back([&, index] {
        for (int number = 0; number < each; ++number) {
          const int wanted = index * each + number;
          const char* const kind = number % 2 == 0 ? "/plain/" : "/task/";
          service.ask({.target = kind + std::to_string(wanted)}, [&, wanted](ServiceAnswer answer) {
            if (answer.body == std::to_string(wanted) && std::this_thread::get_id() == mine) ++right;
          });
          if (number % 10 == 0) {
            service
                .ask({.target = "/slow"},
                     [&](ServiceAnswer answer) {
                       if (answer.status == Status::client_closed_request) ++cancelled;
                     })
                .cancel();
          }
        }
        if (--left == 0) service.stop();
      });
    }
    loop.run(service.serve());
    for (std::thread& asker : askers) asker.join();
    CHECK(right == threads * each);
    CHECK(cancelled == threads * each / 10);
  });
}
