#include "middleware_support.hpp"

#include <gyre/web/middleware/access_log.hpp>
#include <gyre/web/middleware/deadline.hpp>
#include <gyre/web/middleware/recover.hpp>
#include <gyre/web/middleware/request_id.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using gyre::access_log;
using gyre::AccessLogFormat;
using gyre::HttpError;
using gyre::Next;
using gyre::recover;
using gyre::Request;
using gyre::request_id;
using gyre::RequestIdTrust;
using gyre::Response;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using gyre::test::request;
using web_test::Reply;
using web_test::reply;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

gyre::Middleware log_into(Lines& lines, AccessLogFormat format = AccessLogFormat::text) {
  return access_log({.format = format, .sink = [&lines](std::string_view line) { lines.emplace_back(line); }});
}

void add_routes(Router& router) {
  router.get("/", [] { return "hello"; })
      .get("/slow",
           []() -> Task<const char*> {
             co_await gyre::sleep_for(1500ms + 25us);
             co_return "slow";
           })
      .get("/none", [] { return Status::no_content; })
      .get("/gone", []() -> const char* { throw HttpError{Status::gone, "no more"}; })
      .get("/fault", []() -> const char* { throw std::runtime_error{"secret"}; })
      .get("/odd",
           []() -> Task<const char*> {
             throw 7;
             co_return "";
           })
      .get("/stream",
           [] { return Response::stream([](gyre::BodyWriter& out) -> Task<> { co_await out.write("text"); }); });
}

/// The line without the time and the peer.
std::string tail(const std::string& line) {
  constexpr std::string_view peer = "Z 127.0.0.1 ";
  const std::size_t at = line.find(peer);
  return at == std::string::npos ? line : line.substr(at + peer.size());
}

}  // namespace

TEST_CASE("a line for each request", "[web][middleware][access_log]") {
  struct Row {
    std::string_view line;
    std::string_view logged;
  };
  const Row rows[] = {
      {"GET /?a=b", R"(GET "/?a=b" 200 5 0.000000 - "")"},
      {"HEAD /", R"(HEAD "/" 200 0 0.000000 - "")"},
      {"GET /slow", R"(GET "/slow" 200 4 1.500025 - "")"},
      {"GET /none", R"(GET "/none" 204 0 0.000000 - "")"},
      {"GET /missing", R"(GET "/missing" 404 55 0.000000 - "")"},
      {"PATCH /", R"(PATCH "/" 405 64 0.000000 - "")"},
      {"PURGE /", R"(PURGE "/" 405 64 0.000000 - "")"},
      {"GET /stream", R"(GET "/stream" 200 - 0.000000 - "")"},
      {"GET /fault", R"(GET "/fault" 500 67 0.000000 - "")"},
      {"GET /../etc", R"(GET "/../etc" 400 57 0.000000 - "")"},
  };
  for (const Row& row : rows) {
    Lines lines;
    Router router;
    router.use(log_into(lines));
    add_routes(router);
    INFO(row.line);
    const Reply answer = reply(router, request(row.line));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("2026-01-01T00:00:0"));
    CHECK(tail(lines[0]) == row.logged);
  }
}

TEST_CASE("a line of JSON", "[web][middleware][access_log]") {
  Lines lines;
  Router router;
  router.use(log_into(lines, AccessLogFormat::json), request_id({.trust = RequestIdTrust::client}));
  add_routes(router);
  (void)reply(router, request("GET /slow", "User-Agent: a \"b\" \\ \xc3\xa4\tz\r\nX-Request-Id: id-7\r\n"));
  (void)reply(router, request("GET /stream"));
  REQUIRE(lines.size() == 2);
  CHECK(
      lines[0] ==
      R"({"time":"2026-01-01T00:00:01.500Z","peer":"127.0.0.1","method":"GET","target":"/slow","status":200,"bytes":4,)"
      R"("seconds":1.500025,"request_id":"id-7","user_agent":"a \u0022b\u0022 \u005c \u00c3\u00a4\u0009z"})");
  CHECK(lines[1].find(R"("bytes":null,)") != std::string::npos);
}

TEST_CASE("nothing that a client sends breaks out of its line", "[web][middleware][access_log]") {
  Lines lines;
  Router router;
  router.use(log_into(lines));
  add_routes(router);
  (void)reply(router, request("GET /%0d%0aGET?\"a\\b\"", "User-Agent: \"\\x\xff\" 200\r\n"));
  REQUIRE(lines.size() == 1);
  CHECK(tail(lines[0]) == R"(GET "/%0d%0aGET?\x22a\x5cb\x22" 404 55 0.000000 - "\x22\x5cx\xff\x22 200")");
}

TEST_CASE("what was cancelled is logged with its reason", "[web][middleware][access_log]") {
  Lines lines;
  Router router;
  router.use(log_into(lines));
  router.get("/wait", []() -> Task<const char*> {
    co_await gyre::sleep_for(1h);
    co_return "";
  });
  web_test::AskOptions options;
  options.server.limits.handler = 2s;
  CHECK(reply(router, request("GET /wait"), options).status == 503);
  REQUIRE(lines.size() == 1);
  CHECK(tail(lines[0]) == R"(GET "/wait" 503 - 2.000000 - "")");

  gyre::SimLoop loop;
  gyre::test::with_routes(loop, router, [](gyre::test::RouteSite& site) -> Task<> {
    {
      gyre::test::ClientStream stream = co_await site.connect();
      co_await gyre::test::send(stream, request("GET /wait"));
      co_await gyre::sleep_for(3s);
    }
    co_await site.quiet();
  });
  REQUIRE(lines.size() == 2);
  CHECK(tail(lines[1]) == R"(GET "/wait" 499 - 3.000000 - "")");
}

TEST_CASE("what is logged of a deadline is what was sent", "[web][middleware][access_log]") {
  Lines lines;
  Router router;
  router.use(log_into(lines));
  const auto wait = []() -> Task<const char*> {
    co_await gyre::sleep_for(1h);
    co_return "";
  };
  const auto answer_late = []() -> Task<const char*> {
    try {
      co_await gyre::sleep_for(1h);
    } catch (const gyre::Cancelled&) {
    }
    co_return "too late";
  };
  const auto fail_late = []() -> Task<const char*> {
    try {
      co_await gyre::sleep_for(1h);
    } catch (const gyre::Cancelled&) {
    }
    throw 7;
    co_return "";
  };
  constexpr gyre::RouteOptions route{.handler = 2s, .deadline_status = Status::gateway_timeout};
  router.get("/route", wait, route).get("/answers", answer_late, route).get("/fails", fail_late, route);
  gyre::Group limited = router.group("/middleware");
  limited.use(gyre::deadline(2s, {.status = Status::gateway_timeout}));
  limited.get("", wait);
  for (const std::string_view path : {"/route", "/answers", "/fails", "/middleware"}) {
    CAPTURE(path);
    lines.clear();
    const Reply answer = reply(router, request("GET " + std::string{path}));
    CHECK(answer.status == 504);
    REQUIRE(lines.size() == 1);
    CHECK(tail(lines[0]) == "GET \"" + std::string{path} + R"(" 504 - 2.000000 - "")");
  }
}

TEST_CASE("Cancelled out of a request that was not is logged as it is answered", "[web][middleware][access_log]") {
  Lines lines;
  Router router;
  router.use(log_into(lines));
  router.get("/", []() -> Task<const char*> {
    throw gyre::Cancelled{};
    co_return "";
  });
  CHECK(reply(router, request("GET /")).status == 500);
  REQUIRE(lines.size() == 1);
  CHECK(tail(lines[0]) == R"(GET "/" 500 - 0.000000 - "")");
}

TEST_CASE("a sink that throws costs no answer", "[web][middleware][access_log]") {
  Router router;
  router.use(access_log({.sink = [](std::string_view) { throw std::runtime_error{"disk full"}; }}));
  add_routes(router);
  CHECK(reply(router, request("GET /")).body == "hello");
}

TEST_CASE("request ids", "[web][middleware][request_id]") {
  Router trusting;
  Router wary;
  for (Router* router : {&trusting, &wary}) {
    router->use(request_id({.trust = router == &trusting ? RequestIdTrust::client : RequestIdTrust::none}));
    router->get("/", [](const Request& request) { return std::string{request_id_of(request)}; });
    router->get("/own", [](const Request&) { return Response{"x"}.with("x-request-id", "handler's"); });
  }
  const std::string longest(128, 'x');
  struct Row {
    std::string fields;
    std::string taken;  ///< Empty: a new one.
  };
  const Row rows[] = {
      {"", ""},
      {"X-Request-Id: abc-123\r\n", "abc-123"},
      {"x-request-id: " + longest + "\r\n", longest},
      {"x-request-id: " + longest + "x\r\n", ""},
      {"X-Request-Id:\r\n", ""},
      {"X-Request-Id: two words\r\n", ""},
      {"X-Request-Id: \"quoted\"\r\n", ""},
      {"X-Request-Id: a\r\nX-Request-Id: b\r\n", ""},
  };
  for (const Row& row : rows) {
    INFO(row.fields);
    const Reply trusted = reply(trusting, request("GET /", row.fields));
    if (!row.taken.empty()) CHECK(trusted.body == row.taken);
    if (row.taken.empty()) CHECK(trusted.body.size() == 32);
    CHECK(trusted.field("X-Request-Id") == trusted.body);
    const Reply untrusted = reply(wary, request("GET /", row.fields));
    CHECK(untrusted.body.size() == 32);
    CHECK(untrusted.body.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(untrusted.field("X-Request-Id") == untrusted.body);
  }
  const std::vector<Reply> two = web_test::replies(wary, request("GET /") + request("GET /"));
  REQUIRE(two.size() == 2);
  CHECK(two[0].body != two[1].body);
  CHECK(reply(wary, request("GET /own")).field("X-Request-Id").size() == 32);
  CHECK(reply(wary, request("GET /missing")).field("X-Request-Id").size() == 32);
}

TEST_CASE("the header of a request id can be chosen, but not any", "[web][middleware][request_id]") {
  Router router;
  router.use(request_id({.header = "Trace", .trust = RequestIdTrust::client}));
  router.get("/", [] { return ""; });
  CHECK(reply(router, request("GET /", "trace: t1\r\n")).field("Trace") == "t1");
  CHECK_THROWS_WITH(request_id({.header = "no name"}), Catch::Contains("\"no name\""));
  CHECK_THROWS_AS(request_id({.header = "Content-Length"}), gyre::SetupError);
  gyre::Router bare;
  bare.get("/", [](const Request& request) { return std::string{request_id_of(request)} + "."; });
  CHECK(reply(bare, request("GET /")).body == ".");
}

TEST_CASE("recover makes an answer of an exception", "[web][middleware][recover]") {
  std::vector<std::string> reported;
  std::vector<int> seen;
  Router router;
  int hook_calls = 0;
  router.on_error([&](const gyre::ErrorReport&) { ++hook_calls; });
  const auto watch = [&](Request& asked, Next next) -> Task<Response> {
    Response response = co_await next(asked);
    seen.push_back(code(response.status()));
    co_return std::move(response);
  };
  router.use(watch, recover({.on_error = [&](const gyre::ErrorReport& report) {
               reported.push_back(std::string{report.request.path()} + " " + std::string{report.text});
             }}));
  add_routes(router);
  CHECK(reply(router, request("GET /")).status == 200);
  const Reply gone = reply(router, request("GET /gone"));
  CHECK(gone.status == 410);
  CHECK(gone.body.find("no more") != std::string::npos);
  const Reply fault = reply(router, request("GET /fault"));
  CHECK(fault.status == 500);
  CHECK(fault.body.find("secret") == std::string::npos);
  CHECK(reply(router, request("GET /odd")).status == 500);
  CHECK(seen == std::vector<int>{200, 410, 500, 500});
  CHECK(reported == std::vector<std::string>{"/fault secret", "/odd unknown exception"});
  CHECK(hook_calls == 0);
  CHECK(web_test::keeps_connection(router, request("GET /fault")));
}

TEST_CASE("without a hook of its own recover tells the router's, and failure handlers answer",
          "[web][middleware][recover]") {
  struct Odd {};
  std::vector<std::string> heard;
  std::vector<int> seen;
  Router router;
  router.on_error([&](const gyre::ErrorReport& report) { heard.emplace_back(report.text); });
  router.on_failure<Odd>([](Request&, const Odd&) { return Status::conflict; });
  const auto watch = [&](Request& asked, Next next) -> Task<Response> {
    Response response = co_await next(asked);
    seen.push_back(code(response.status()));
    co_return std::move(response);
  };
  Lines lines;
  router.use(log_into(lines), watch, recover());
  router.get("/odd", []() -> const char* { throw Odd{}; });
  router.get("/fault", []() -> const char* { throw std::runtime_error{"told once"}; });
  CHECK(reply(router, request("GET /odd")).status == 409);
  CHECK(reply(router, request("GET /fault")).status == 500);
  CHECK(seen == std::vector<int>{409, 500});
  CHECK(heard == Lines{"told once"});
  REQUIRE(lines.size() == 2);
  CHECK(tail(lines[0]) == R"(GET "/odd" 409 0 0.000000 - "")");
}

TEST_CASE("the log answers what is thrown, and the hook hears of it once", "[web][middleware][access_log]") {
  Lines lines;
  int heard = 0;
  Router router;
  router.on_error([&](const gyre::ErrorReport&) { ++heard; });
  router.use(log_into(lines));
  add_routes(router);
  CHECK(reply(router, request("GET /fault")).status == 500);
  CHECK(reply(router, request("GET /gone")).status == 410);
  CHECK(heard == 1);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].find(R"("/gone" 410 )") != std::string::npos);
}

TEST_CASE("recover lets a cancellation pass, and a hook fail", "[web][middleware][recover]") {
  Router router;
  router.use(recover({.on_error = [](const gyre::ErrorReport&) { throw 1; }}));
  router.get("/fault", []() -> const char* { throw std::runtime_error{"x"}; });
  router.get("/wait", []() -> Task<const char*> {
    co_await gyre::sleep_for(1h);
    co_return "";
  });
  CHECK(reply(router, request("GET /fault")).status == 500);
  CHECK(reply(router, request("GET /wait")).status == 503);
}
