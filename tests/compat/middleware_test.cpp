#include "compat_support.hpp"

#include <gyre/compat/callback_middleware.hpp>
#include <gyre/compat/callback_report.hpp>

#include <functional>
#include <stdexcept>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

/// Knows by the query what to do: "?do=next" and so on.
Middleware by_query(std::vector<NextCallback>& kept) {
  return callback_middleware([&kept](const Request& request, Responder res, NextCallback next) {
    const std::string_view what = request.query("do").value_or("");
    res.set("x-seen", "yes").set("x-row", "middleware").cookie({.name = "m", .value = "1"});
    if (what == "next") return next();
    if (what == "twice") {
      next();
      return next();
    }
    if (what == "answer") return res.status(403).send("refused");
    if (what == "error") return next(std::runtime_error{"bad"});
    if (what == "null") return next(std::exception_ptr{});
    if (what == "status") return next(Status::conflict);
    if (what == "text") return next("bad text");
    if (what == "throw") throw HttpError{Status::gone};
    if (what == "later") return kept.push_back(std::move(next));
    // neither
  });
}

}  // namespace

TEST_CASE("contract 11: a callback middleware goes on, answers, fails, or does neither", "[compat]") {
  App app;
  Told told{app};
  std::vector<NextCallback> kept;
  app.use(by_query(kept));
  app.get("/", [](Request&) -> Task<Response> {
    co_return Response{"inner"}.with("x-row", "route").with("set-cookie", "r=1");
  });
  app.post("/length", [](Request& request) { return std::to_string(request.body().size()); });
  compat_test::run(app, [&](Client& client) -> Task<> {
    for (const char* what : {"next", "twice", "null"}) {
      const Answer answer = co_await client.get("/?do=" + std::string{what});
      CHECK(answer.body() == "inner");
      CHECK(answer.header("x-seen") == "yes");
      CHECK(answer.header("x-row") == "route");
      std::size_t cookies = 0;
      for (const AnswerField& field : answer.fields()) cookies += equal_ignoring_case(field.name, "set-cookie");
      CHECK(cookies == 2);
    }
    const Answer refused = co_await client.get("/?do=answer");
    CHECK(refused.status() == Status::forbidden);
    CHECK(refused.body() == "refused");
    CHECK(refused.header("x-seen") == "yes");
    for (const char* what : {"error", "text", "neither"}) {
      const Answer failed = co_await client.get("/?do=" + std::string{what});
      CHECK(failed.status() == Status::internal_server_error);
    }
    const Answer conflict = co_await client.get("/?do=status");
    CHECK(conflict.status() == Status::conflict);
    const Answer gone = co_await client.get("/?do=throw");
    CHECK(gone.status() == Status::gone);
    const Answer none = co_await client.get("/none?do=next");
    CHECK(none.status() == Status::not_found);
    const Answer posted = co_await client.post("/length?do=next", std::string(5000, 'x'));
    CHECK(posted.body() == "5000");

    const auto go_on = [&]() -> Task<> {
      co_await sleep_for(3s);
      kept.back()();
      kept.clear();
    };
    const auto [later, done] = co_await when_all(client.get("/?do=later"), go_on());
    CHECK(later.body() == "inner");
    CHECK(later.elapsed() == 3s);
  });
  CHECK(told.count("answered at") == 1);             // next twice, once
  CHECK(told.count("last copy of its reply") == 1);  // neither, once
  CHECK(told.count("bad") == 10);
  CHECK(told.texts().size() == 12);
}

TEST_CASE("contract 11: in a handler next is the route's 404, and next(error) a failure", "[compat]") {
  struct Unpaid {};
  App app;
  app.render_problems([](Request&, Status status, std::string_view) {
    return Response{status, "our page of " + std::to_string(code(status))};
  });
  Told told{app};
  app.on_failure<Unpaid>([](Request&, const Unpaid&) { return Status::payment_required; });
  app.get("/next", callback_handler([](const Request&, Responder, NextCallback next) { next(); }));
  app.get("/error", callback_handler(
                        [](const Request&, Responder, NextCallback next) { next(std::make_exception_ptr(Unpaid{})); }));
  app.get("/neither", callback_handler([](const Request&, Responder, NextCallback) {}));
  compat_test::run(app, [](Client& client) -> Task<> {
    const Answer next = co_await client.get("/next");
    CHECK(next.body() == "our page of 404");
    const Answer error = co_await client.get("/error");
    CHECK(error.status() == Status::payment_required);
    const Answer neither = co_await client.get("/neither");
    CHECK(neither.body() == "our page of 500");
  });
  CHECK(counted(app, "/neither") == "requests 5, dropped 5");
}

TEST_CASE("contract 11: a filter refuses or goes on", "[compat]") {
  App app;
  std::vector<std::function<void()>> kept;
  const Middleware filter = callback_filter(
      [&](const Request& request, std::function<void(Response)>&& refuse, std::function<void()>&& go_on) {
        if (request.header("x-key").empty()) return refuse({Status::unauthorized, "no key"});
        kept.push_back(std::move(go_on));
      });
  app.with(filter).get("/", [] { return "inner"; });
  compat_test::run(app, [&](Client& client) -> Task<> {
    const Answer refused = co_await client.get("/");
    CHECK(refused.status() == Status::unauthorized);
    const auto go_on = [&]() -> Task<> {
      co_await sleep_for(1s);
      kept.back()();
      kept.clear();
    };
    TestRequest request{Method::get, "/"};
    request.field("x-key", "1");
    const auto [answer, done] = co_await when_all(client.send(request), go_on());
    CHECK(answer.body() == "inner");
    CHECK(answer.elapsed() == 1s);
  });
}

TEST_CASE("contract 11: a pair of functions before and after", "[compat]") {
  App app;
  const auto before = [](const Request& request, Response& response) {
    response.set("x-before", "1");
    if (!request.query("stop")) return false;
    response.set_status(Status::forbidden).set_body("stopped");
    return true;
  };
  const auto quiet = [](const Request& request, Response& response) {
    response.set("x-quiet", "1");
    if (request.query("quiet")) response.set_body("quiet");
  };
  const auto after = [](const Request&, Response& response) {
    response.add("x-after", std::to_string(code(response.status())));
  };
  app.use(before_after(before, after), before_after(quiet, [](const Request&, Response&) {}));
  app.get("/", [] { return "inner"; });
  compat_test::run(app, [](Client& client) -> Task<> {
    const Answer inner = co_await client.get("/");
    CHECK(inner.body() == "inner");
    CHECK(inner.header("x-before") == "1");
    CHECK(inner.header("x-quiet") == "1");
    CHECK(inner.header("x-after") == "200");
    const Answer stopped = co_await client.get("/?stop");
    CHECK(stopped.body() == "stopped");
    CHECK(stopped.header("x-after") == "403");
    CHECK(stopped.header("x-quiet").empty());
    const Answer quiet_answer = co_await client.get("/?quiet");
    CHECK(quiet_answer.body() == "quiet");
    CHECK(quiet_answer.header("x-after") == "200");
  });
}

TEST_CASE("contract 16: the report shows the most troublesome route first", "[compat]") {
  App app;
  app.get("/fine", callback_handler([](const Request&, Reply reply) { reply("fine"); }));
  app.host("example.com").post("/twice/{id}", callback_handler([](const Request&, Reply reply) {
                                 reply("first");
                                 reply("second");
                               }));
  app.get("/native", [] { return "native"; });
  app.get("/dropped", callback_handler([](const Request&, Reply) {}));
  Told told{app};
  gyre::testing::run(app, [](Client& client) -> Task<> {
    for (int i = 0; i < 10; ++i) (void)co_await client.get("/fine");
    (void)co_await client.get("/dropped");
    TestRequest request{Method::post, "/twice/1"};
    request.field("Host", "example.com").body("");
    for (int i = 0; i < 2; ++i) (void)co_await client.send(request);
  });
  CHECK(callback_routes(app).size() == 3);
  const std::string report = callback_report(app);
  INFO(report);
  const std::size_t twice = report.find("POST example.com/twice/{id}\n");
  const std::size_t dropped = report.find("GET /dropped\n");
  const std::size_t fine = report.find("GET /fine\n");
  REQUIRE(fine != std::string::npos);
  CHECK(twice < dropped);
  CHECK(dropped < fine);
  CHECK(report.starts_with("requests  in_call  later  twice"));
  const std::string metrics = callback_metrics(app);
  INFO(metrics);
  CHECK(metrics.find("# TYPE gyre_callback_twice_total counter\n") != std::string::npos);
  CHECK(metrics.find("gyre_callback_twice_total{method=\"POST\",route=\"example.com/twice/{id}\"} 2\n") !=
        std::string::npos);
  CHECK(metrics.find("gyre_callback_requests_total{method=\"GET\",route=\"/fine\"} 10\n") != std::string::npos);
}
