#include "web_support.hpp"

#include <gyre/web/router.hpp>
#include <gyre/web/state.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using gyre::Group;
using gyre::Middleware;
using gyre::Next;
using gyre::Path;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::State;
using gyre::Status;
using gyre::Task;
using web_test::ask;
using web_test::get;
using web_test::set_up_error;

namespace {

Middleware stamp(const char* text) {
  return [text](Request& request, Next next) -> Task<Response> {
    Response response = co_await next(request);
    response.add("x-stamp", text);
    co_return response;
  };
}

std::string here(unsigned line) { return "mount_test.cpp:" + std::to_string(line); }

struct Stock {
  int amount;
};

/// A router as a library would give it.
Router shop() {
  Router router;
  router.use(stamp("shop"));
  router.state(Stock{3});
  router.get("", [] { return "front"; })
      .get("/items/{id}", [](Path<int, "id"> id) { return "item " + std::to_string(*id); })
      .get("/stock", [](State<Stock> stock) { return std::to_string(stock->amount); })
      .get("/throws", []() -> const char* { throw std::runtime_error{"shop"}; });
  router.not_found([] { return Response{Status::not_found, "the shop has no such page"}; });
  Group admin = router.group("/admin", {.body = 7});
  admin.use(stamp("admin")).get("/all", [] { return "all"; });
  admin.not_found([] { return Response{Status::not_found, "admin"}; });
  return router;
}

}  // namespace

TEST_CASE("a mounted router answers below its prefix as it did alone", "[web][mount]") {
  Router router;
  router.use(stamp("outer"));
  router.get("/", [] { return "home"; });
  router.get("/{all...}", [](Path<std::string> all) { return "all " + *all; });
  router.mount("/shop", shop());
  CHECK(get(router, "/") == "home");
  CHECK(get(router, "/shop") == "front");
  CHECK(get(router, "/shop/items/7") == "item 7");
  CHECK(get(router, "/shop/items/x") == "400");
  CHECK(get(router, "/shop/stock") == "3");
  CHECK(get(router, "/shop/admin/all") == "all");
  CHECK(ask(router, "GET", "/shop/none").body == "the shop has no such page");
  CHECK(ask(router, "GET", "/shop/").body == "the shop has no such page");
  CHECK(ask(router, "GET", "/shop/admin/none").body == "admin");
  CHECK(get(router, "/shopping") == "all shopping");
  CHECK(ask(router, "GET", "/shop/items/7").fields == "x-stamp: shop\r\nx-stamp: outer\r\n");
  CHECK(ask(router, "GET", "/shop/none").fields == "x-stamp: shop\r\nx-stamp: outer\r\n");
  CHECK(ask(router, "GET", "/shop/admin/all").fields == "x-stamp: admin\r\nx-stamp: shop\r\nx-stamp: outer\r\n");
  CHECK(ask(router, "POST", "/shop/stock").fields ==
        "Allow: GET, HEAD, OPTIONS\r\nx-stamp: shop\r\nx-stamp: outer\r\n");
  CHECK(ask(router, "GET", "/").fields == "x-stamp: outer\r\n");
  router.check();
}

TEST_CASE("without a fallback of its own a mounted router has the outer one's", "[web][mount]") {
  Router inner;
  inner.use(stamp("inner")).get("/x", [] { return "x"; });
  Router router;
  router.not_found([] { return Response{Status::not_found, "outer"}; });
  router.get("/{all...}", [](Path<std::string>) { return "all"; });
  router.mount("/in", std::move(inner));
  CHECK(ask(router, "GET", "/in/none").body == "outer");
  CHECK(ask(router, "GET", "/in/none").fields == "x-stamp: inner\r\n");
}

TEST_CASE("a mounted router's hooks hear of its failures", "[web][mount]") {
  std::vector<std::string> heard;
  Router quiet;
  quiet.get("/x", []() -> const char* { throw std::runtime_error{"quiet"}; });
  Router loud;
  loud.on_error([&](const gyre::ErrorReport& report) { heard.push_back("loud " + std::string{report.text}); });
  loud.get("/x", []() -> const char* { throw std::runtime_error{"x"}; });
  loud.get("/known", []() -> const char* { throw std::invalid_argument{"x"}; });
  loud.on_failure<std::invalid_argument>([](Request&, const std::invalid_argument&) { return "known"; });
  Router router;
  router.on_error([&](const gyre::ErrorReport& report) { heard.push_back("outer " + std::string{report.text}); });
  router.get("/known", []() -> const char* { throw std::invalid_argument{"y"}; });
  router.mount("/quiet", std::move(quiet)).mount("/loud", std::move(loud));
  CHECK(get(router, "/quiet/x") == "500");
  CHECK(get(router, "/loud/x") == "500");
  CHECK(get(router, "/loud/known") == "known");
  CHECK(get(router, "/known") == "500");
  CHECK(heard == std::vector<std::string>{"outer quiet", "loud x", "outer y"});
}

TEST_CASE("routers are mounted in routers, in groups and below placeholders", "[web][mount]") {
  Router leaf;
  leaf.get("/{b}", [](Path<int> b) { return "leaf " + std::to_string(*b); });
  leaf.get("/{b}/{c...}", [](Path<int> b, Path<std::string> c) { return std::to_string(*b) + " " + *c; });
  Router middle;
  middle.mount("/leaf", std::move(leaf));
  middle.get("/{m}", [](Path<std::string> m) { return "middle " + *m; });
  Router router;
  auto tenant = router.group<"/t/{tenant}">({.body = 9});
  tenant.mount("/in", std::move(middle));
  CHECK(get(router, "/t/acme/in/leaf/7") == "leaf 7");
  CHECK(get(router, "/t/acme/in/leaf/7/x/y") == "7 x/y");
  CHECK(get(router, "/t/acme/in/other") == "middle other");
  CHECK(ask(router, "GET", "/t/acme/in/leaf/x").body.find("\\\"b\\\"") != std::string::npos);
  const auto routes = router.routes();
  REQUIRE(routes.size() == 3);
  CHECK(routes[0].pattern == "/t/{tenant}/in/leaf/{b}");
  REQUIRE(routes[0].parameters.size() == 2);
  CHECK(routes[0].parameters[0].type.empty());
  CHECK(routes[0].parameters[1].type == "int");
  web_test::TestRequest request{"GET", "/t/acme/in/x"};
  CHECK(router.find(request.get()).limits().body == 9U);
}

TEST_CASE("a host can be a router of its own", "[web][mount]") {
  Router router;
  router.get("/", [] { return "home"; });
  Router site;
  site.get("/", [] { return "site"; });
  site.not_found([] { return Response{Status::not_found, "site has none"}; });
  router.host("site.test").mount("", std::move(site));
  CHECK(ask(router, "GET", "http://site.test/").body == "site");
  CHECK(ask(router, "GET", "http://site.test/x").body == "site has none");
  CHECK(ask(router, "GET", "http://other.test/").body == "home");
}

TEST_CASE("handles to a mounted router's groups stay good", "[web][mount]") {
  Router inner;
  Group group = inner.group("/g");
  Router router;
  router.mount("/in", std::move(inner));
  group.get("/x", [] { return "x"; });
  CHECK(get(router, "/in/g/x") == "x");
}

TEST_CASE("what cannot be mounted is a set-up error with the lines", "[web][mount]") {
  const auto inner_with = [](auto set_up) {
    Router inner;
    set_up(inner);
    return inner;
  };
  Router router;
  const unsigned first = __LINE__ + 1;
  router.get("/in/x", [] { return ""; });
  const unsigned second = __LINE__ + 1;
  auto conflicting = inner_with([](Router& inner) { inner.get("/x", [] { return ""; }); });
  const std::string conflict = set_up_error([&] { router.mount("/in", std::move(conflicting)); });
  CHECK_THAT(conflict, Catch::Contains(here(second) + ": GET \"/in/x\""));
  CHECK_THAT(conflict, Catch::EndsWith(here(first)));

  const unsigned mounted = __LINE__ + 1;
  router.mount("/a", Router{});
  const std::string taken = set_up_error([&] { router.mount("/a", Router{}); });
  CHECK_THAT(taken, Catch::Contains("the paths below \"/a\""));
  CHECK_THAT(taken, Catch::EndsWith(here(mounted)));

  auto hosted = inner_with([](Router& inner) { inner.host("a.test"); });
  CHECK_THAT(set_up_error([&] { router.mount("/h", std::move(hosted)); }), Catch::Contains("it has hosts"));
  CHECK_THAT(set_up_error([&] { router.mount("/self", std::move(router)); }), Catch::Contains("into itself"));

  Router twice;
  twice.group<"/{x}">().mount("/y", inner_with([](Router& inner) { inner.get("/{z}", [](Path<int>) { return ""; }); }));
  auto same = inner_with([](Router& inner) { inner.get("/{x}", [](Path<int>) { return ""; }); });
  CHECK_THAT(set_up_error([&] { twice.group<"/{x}">().mount("/z", std::move(same)); }),
             Catch::Contains("two placeholders of the same name"));
}

TEST_CASE("a mounted router's states and the outer one's are one set", "[web][mount]") {
  Router router;
  router.mount("/shop", shop());
  router.get("/stock", [](State<Stock> stock) { return std::to_string(stock->amount); });
  CHECK(get(router, "/stock") == "3");
  const std::string text = set_up_error([&] { router.mount("/other", shop()); });
  CHECK_THAT(text, Catch::Contains("Stock") && Catch::Contains("already, added at"));
}

TEST_CASE("the empty pattern is for what is mounted or has a prefix", "[web][mount]") {
  Router router;
  const unsigned line = __LINE__ + 1;
  router.get("", [] { return ""; });
  CHECK_THAT(set_up_error([&] { router.check(); }), Catch::Contains(here(line) + ": GET \"\""));
}

TEST_CASE("a router can be moved", "[web][mount]") {
  Router first;
  Group group = first.group("/g");
  Router second{std::move(first)};
  group.get("/x", [] { return "x"; });
  second.get("/y", [] { return "y"; });
  CHECK(get(second, "/g/x") == "x");
  first = std::move(second);
  CHECK(get(first, "/y") == "y");
}
