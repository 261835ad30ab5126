#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using gyre::Group;
using gyre::GroupAt;
using gyre::Middleware;
using gyre::Next;
using gyre::Path;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::runtime;
using gyre::Status;
using gyre::Task;
using web_test::ask;
using web_test::get;
using web_test::set_up_error;

namespace {

/// Puts its letter into the field x-way, the outermost last.
Middleware mark(const char* letter) {
  return [letter](Request& request, Next next) -> Task<Response> {
    Response response = co_await next(request);
    const std::string way = std::string{response.field("x-way")} + letter;
    response.set("x-way", way);
    co_return response;
  };
}

/// Which middleware an answer passed.
std::string way(Router& router, std::string_view method, std::string_view target) {
  web_test::TestRequest request{method, target};
  return std::string{web_test::answer(router, request.get()).field("x-way")};
}

std::string here(unsigned line) { return "group_test.cpp:" + std::to_string(line); }

void add_orders(GroupAt<"/orgs/{org}"> org) {
  org.get("/orders/{id}",
          [](Path<std::string, "org"> name, Path<int, "id"> id) { return *name + std::to_string(*id); });
}

const gyre::RequestHandler& handler_of(Router& router, std::string_view method, std::string_view target) {
  web_test::TestRequest request{method, target};
  return router.find(request.get());
}

}  // namespace

TEST_CASE("a group's routes begin with its prefix", "[web][group]") {
  Router router;
  Group api = router.group("/api");
  api.get("", [] { return "root"; }).get("/", [] { return "slash"; }).get("/users", [] { return "users"; });
  api.group("/v2").get("/users/{id}", [](Path<int> id) { return "v2 " + std::to_string(*id); });
  api.group("/v2").group("/deep").post("", [] { return "posted"; });
  CHECK(get(router, "/api") == "root");
  CHECK(get(router, "/api/") == "slash");
  CHECK(get(router, "/api/users") == "users");
  CHECK(get(router, "/api/v2/users/7") == "v2 7");
  CHECK(ask(router, "POST", "/api/v2/deep").body == "posted");
  CHECK(get(router, "/users") == "404");
  CHECK(ask(router, "GET", "/api/v2/deep").status == 405);
}

TEST_CASE("placeholders of a prefix are the first parameters", "[web][group]") {
  Router router;
  auto org = router.group("/v1").group<"/orgs/{org}">();
  org.get("", [](Path<std::string> name) { return *name; });
  auto team = org.group("/teams").group<"/{team}">();
  team.get("/{member}", [](Path<std::string, "org"> o, Path<int, "team"> t, Path<std::string, "member"> m) {
    return *o + " " + std::to_string(*t) + " " + *m;
  });
  add_orders(router.group<"/orgs/{org}">());
  CHECK(get(router, "/v1/orgs/acme") == "acme");
  CHECK(get(router, "/v1/orgs/acme/teams/3/ann") == "acme 3 ann");
  CHECK(get(router, "/v1/orgs/acme/teams/x/ann") == "400");
  CHECK(get(router, "/orgs/acme/orders/12") == "acme12");
  CHECK(ask(router, "GET", "/v1/orgs/acme/teams/x/ann").body.find("\\\"team\\\"") != std::string::npos);
}

TEST_CASE("prefixes and patterns that are known at run time only", "[web][group]") {
  Router router;
  Group tenant = router.group(runtime("/t/{tenant}"));
  tenant.get(runtime("/x/{id}"), [](Path<std::string> name, Path<int> id) { return *name + std::to_string(*id); });
  tenant.get("/all", [](const Request& request) { return std::string{request.parameter(0)}; });
  CHECK(get(router, "/t/a/x/1") == "a1");
  CHECK(get(router, "/t/a/all") == "a");
  CHECK_THAT(set_up_error([&] { tenant.get("/y", [] { return ""; }); }), Catch::Contains("more placeholders"));
  CHECK_THAT(set_up_error([&] { tenant.get(runtime("y"), [] { return ""; }); }), Catch::Contains("begin with \"/\""));
  CHECK_THAT(set_up_error([&] { tenant.get(runtime("/{tenant}"), [](Request&) { return ""; }); }),
             Catch::Contains("two placeholders of the same name"));
  CHECK_THAT(set_up_error([&] { router.group(runtime("/x/")); }), Catch::Contains("must not end with"));
  CHECK_THAT(set_up_error([&] { router.group(runtime("/{x...}")); }), Catch::Contains("rest placeholder"));
  CHECK_THAT(set_up_error([&] { router.group(runtime("x")); }), Catch::Contains("begin with \"/\""));
}

TEST_CASE("middleware of the router, of groups and of single routes is nested in that order", "[web][group]") {
  Router router;
  router.use(mark("a"));
  const Middleware shared = mark("s");
  Group api = router.group("/api").use(mark("b"), mark("c"));
  router.get("/", [] { return ""; });
  api.get("/x", [] { return ""; });
  api.with(shared, mark("d")).get("/y", [] { return ""; }).get("/z", [] { return ""; });
  router.with(shared).get("/w", []() -> Task<const char*> { co_return ""; });
  api.group("/in").use(shared).get("/v", [] { return ""; });
  CHECK(way(router, "GET", "/") == "a");
  CHECK(way(router, "GET", "/api/x") == "cba");
  CHECK(way(router, "GET", "/api/y") == "dscba");
  CHECK(way(router, "GET", "/api/z") == "dscba");
  CHECK(way(router, "GET", "/w") == "sa");
  CHECK(way(router, "GET", "/api/in/v") == "scba");
  CHECK(way(router, "GET", "/none") == "a");
}

TEST_CASE("a route without middleware stays free of coroutines beside those with", "[web][group]") {
  Router router;
  router.get("/plain", [] { return ""; });
  router.with(mark("a")).get("/wrapped", [] { return ""; });
  CHECK(handler_of(router, "GET", "/plain").kind() == gyre::RequestHandler::Kind::plain);
  CHECK(handler_of(router, "GET", "/wrapped").kind() == gyre::RequestHandler::Kind::coroutine);
  CHECK(handler_of(router, "GET", "/none").kind() == gyre::RequestHandler::Kind::plain);
}

TEST_CASE("what stands in for a route runs in the middleware that all routes of the path share", "[web][group]") {
  Router router;
  router.use(mark("a"));
  Group api = router.group("/api").use(mark("b"));
  api.get("/x", [] { return ""; });
  api.with(mark("c")).post("/x", [] { return ""; });
  api.with(mark("d")).post("/y", [] { return ""; });
  router.put("/api/y", [] { return ""; });
  CHECK(way(router, "POST", "/api/x") == "cba");
  CHECK(way(router, "OPTIONS", "/api/x") == "ba");
  CHECK(way(router, "DELETE", "/api/x") == "ba");
  CHECK(way(router, "OPTIONS", "/api/y") == "a");
  CHECK(way(router, "GET", "/api/none") == "a");
}

TEST_CASE("use in a group comes before its first route, with both lines", "[web][group]") {
  Router router;
  Group api = router.group("/api");
  Group inner = api.group("/in");
  const unsigned first = __LINE__ + 1;
  inner.get("/x", [] { return ""; });
  const std::string text = set_up_error([&] { api.use(mark("a")); });
  CHECK_THAT(text, Catch::Contains("GET \"/api/in/x\""));
  CHECK_THAT(text, Catch::EndsWith(here(first)));
  CHECK(set_up_error([&] { router.group("/other").use(mark("a")).get("", [] { return ""; }); }).empty());
  CHECK(way(router, "GET", "/other") == "a");
}

TEST_CASE("a group's limits hold where the route has none of its own", "[web][group]") {
  using namespace std::chrono_literals;
  Router router;
  Group api = router.group("/api", {.body = 10, .handler = 5s});
  api.get("/a", [] { return ""; });
  api.get("/b", [] { return ""; }, {.body = 20});
  api.group("/c", {.rate = 7}).get("", [] { return ""; }, {.handler = 1s});
  api.group<"/{d}">({.body = 30}).get("", [](Path<int>) { return ""; });
  router.with(mark("x")).get("/e", [] { return ""; }, {.body = 5});
  CHECK(handler_of(router, "GET", "/api/a").limits().body == 10U);
  CHECK(handler_of(router, "GET", "/api/a").limits().handler == gyre::Duration{5s});
  CHECK(handler_of(router, "GET", "/api/b").limits().body == 20U);
  CHECK(handler_of(router, "GET", "/api/b").limits().handler == gyre::Duration{5s});
  CHECK(handler_of(router, "GET", "/api/c").limits().body == 10U);
  CHECK(handler_of(router, "GET", "/api/c").limits().rate == 7U);
  CHECK(handler_of(router, "GET", "/api/c").limits().handler == gyre::Duration{1s});
  CHECK(handler_of(router, "GET", "/api/1").limits().body == 30U);
  CHECK(handler_of(router, "GET", "/e").limits().body == 5U);
  CHECK_FALSE(handler_of(router, "GET", "/none").limits().body);
}

TEST_CASE("routes of different groups may conflict", "[web][group]") {
  Router router;
  const unsigned first = __LINE__ + 1;
  router.get("/api/{x}", [](Path<int>) { return ""; });
  const std::string text = set_up_error([&] { router.group("/api").get("/{y}", [](Path<int>) { return ""; }); });
  CHECK_THAT(text, Catch::Contains("GET \"/api/{y}\" matches the same requests as \"/api/{x}\""));
  CHECK_THAT(text, Catch::EndsWith(here(first)));
}

TEST_CASE("the table tells hosts, parameters and middleware", "[web][group]") {
  Router router;
  const int line = __LINE__ + 1;
  router.host("api.test").use(mark("a")).group<"/o/{org}">().get("/{n}", [](Path<std::string>, Path<int>) {
    return "";
  });
  router.get("/all/{x}", [](Request&) { return ""; });
  const auto routes = router.routes();
  REQUIRE(routes.size() == 2);
  CHECK(routes[0].host.empty());
  CHECK(routes[0].middleware == 0);
  REQUIRE(routes[0].parameters.size() == 1);
  CHECK(routes[0].parameters[0].name == "x");
  CHECK(routes[0].parameters[0].type.empty());
  CHECK(routes[1].host == "api.test");
  CHECK(routes[1].pattern == "/o/{org}/{n}");
  CHECK(routes[1].middleware == 1);
  REQUIRE(routes[1].parameters.size() == 2);
  CHECK(routes[1].parameters[0].name == "org");
  CHECK(routes[1].parameters[0].type == "string");
  CHECK(routes[1].parameters[1].type == "int");
  const std::string file = std::string{routes[0].where.file_name()} + ":";
  CHECK(router.route_table() == "GET  /all/{x}              0  " + file + std::to_string(routes[0].where.line()) +
                                    "\n" + "GET  api.test/o/{org}/{n}  1  " + file + std::to_string(line) + "\n");
}
