#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

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

/// The name of the route, and its parameters.
std::string seen(std::string_view route, const Request& request) {
  std::string text{route};
  for (unsigned i = 0; i < request.parameter_count(); ++i) {
    text.append(" [").append(request.parameter(i)).append("]");
  }
  return text;
}

/// Every pattern answers with itself and its parameters.
void add_all(Router& router, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    router.get(runtime(pattern), [pattern](const Request& request) { return seen(pattern, request); });
  }
}

struct Expected {
  const char* target;
  const char* answer;
};

void check(Router& router, const std::vector<Expected>& table) {
  for (const Expected& each : table) {
    INFO(each.target);
    CHECK(get(router, each.target) == each.answer);
  }
}

}  // namespace

TEST_CASE("the more specific segment wins, whatever was registered first", "[web][router]") {
  std::vector<std::string> patterns{"/{a}/{b}",  "/x/{b}",    "/{a}/y",          "/x/y",
                                    "/{all...}", "/x/{b...}", "/x/{b}/z/{c...}", "/x/y/z/w"};
  for (int order = 0; order < 2; ++order) {
    Router router;
    add_all(router, patterns);
    check(router, {
                      {"/x/y", "/x/y"},
                      {"/x/q", "/x/{b} [q]"},
                      {"/q/y", "/{a}/y [q]"},
                      {"/q/r", "/{a}/{b} [q] [r]"},
                      {"/x/y/z/w", "/x/y/z/w"},
                      {"/x/y/z/q", "/x/{b}/z/{c...} [y] [q]"},
                      {"/x/y/q", "/x/{b...} [y/q]"},
                      {"/x/y/", "/x/{b...} [y/]"},
                      {"/x/", "/x/{b...} []"},
                      {"/x", "/{all...} [x]"},
                      {"/q/r/s", "/{all...} [q/r/s]"},
                      {"/q/", "/{all...} [q/]"},
                      {"/", "/{all...} []"},
                  });
    std::reverse(patterns.begin(), patterns.end());
  }
}

TEST_CASE("a branch without a route is stepped back from", "[web][router]") {
  Router router;
  add_all(router, {"/a/b/c/d", "/a/{x}/c/e", "/{y}/b/c/f", "/{y}/{z}/{w}/g", "/a/b/{rest...}"});
  check(router, {
                    {"/a/b/c/d", "/a/b/c/d"},
                    {"/a/b/c/e", "/a/b/{rest...} [c/e]"},
                    {"/a/q/c/e", "/a/{x}/c/e [q]"},
                    {"/q/b/c/f", "/{y}/b/c/f [q]"},
                    {"/a/b/c/g", "/a/b/{rest...} [c/g]"},
                    {"/a/q/c/g", "/{y}/{z}/{w}/g [a] [q] [c]"},
                    {"/a/q/c/h", "404"},
                    {"/a/b", "404"},
                });
}

TEST_CASE("the method takes part in the match", "[web][router]") {
  Router router;
  router.get("/users/me", [] { return "me"; })
      .delete_("/users/{id}", [](Path<std::string> id) { return "delete " + *id; })
      .put("/{all...}", [](Path<std::string> all) { return "put " + *all; });
  CHECK(ask(router, "GET", "/users/me").body == "me");
  CHECK(ask(router, "DELETE", "/users/me").body == "delete me");
  CHECK(ask(router, "PUT", "/users/me").body == "put users/me");
  const auto refused = ask(router, "POST", "/users/me");
  CHECK(refused.status == 405);
  CHECK(refused.type == "application/problem+json");
  CHECK(refused.fields == "Allow: GET, HEAD, PUT, DELETE, OPTIONS\r\n");
  CHECK(ask(router, "GET", "/users/you").fields == "Allow: PUT, DELETE, OPTIONS\r\n");
}

TEST_CASE("a trailing slash is another route", "[web][router]") {
  Router router;
  add_all(router, {"/a", "/b/", "/c/{x}", "/d/{x}/"});
  check(router, {{"/a", "/a"},
                 {"/a/", "404"},
                 {"/b/", "/b/"},
                 {"/b", "404"},
                 {"/c/1", "/c/{x} [1]"},
                 {"/c/1/", "404"},
                 {"/d/1/", "/d/{x}/ [1]"},
                 {"/d/1", "404"},
                 {"/c/", "404"},
                 {"/d//", "404"},
                 {"//a", "404"}});
}

TEST_CASE("segments are split first and decoded once", "[web][router]") {
  Router router;
  add_all(router, {"/a", "/caf\xc3\xa9", "/a b", "/p/{x}", "/p/{x}/{y}", "/f/{path...}"});
  check(router, {
                    {"/%61", "/a"},
                    {"/caf%C3%A9", "/caf\xc3\xa9"},
                    {"/caf%c3%a9", "/caf\xc3\xa9"},
                    {"/a%20b", "/a b"},
                    {"/%2561", "404"},
                    {"/p/a%2Fb", "/p/{x} [a/b]"},
                    {"/p/%2Fa", "/p/{x} [/a]"},
                    {"/p/a%2fb/c", "/p/{x}/{y} [a/b] [c]"},
                    {"/p/%2561", "/p/{x} [%61]"},
                    {"/p/%25", "/p/{x} [%]"},
                    {"/p/a+b", "/p/{x} [a+b]"},
                    {"/p/%7Bx%7D", "/p/{x} [{x}]"},
                    {"/p/%5C", "/p/{x} [\\]"},
                    {"/f/a%20b/c%25", "/f/{path...} [a b/c%]"},
                    {"/f/a//b/", "/f/{path...} [a//b/]"},
                    {"/f/%61/b", "/f/{path...} [a/b]"},
                    {"/%66/x/y", "/f/{path...} [x/y]"},
                    {"/f/a%2Fb", "400"},
                    {"/f/x/a%2fb/y", "400"},
                    {"/f/%252F", "/f/{path...} [%2F]"},
                    {"/a?x=/b%2F..", "/a"},
                });
}

TEST_CASE("paths that no route may see", "[web][router]") {
  Router router;
  router.get("/{all...}", [](Request& request) { return seen("all", request); });
  for (const char* target : {"/.",      "/..",     "/a/.",    "/a/..",       "/../a",      "/a/../b", "/a/./b", "/%2e",
                             "/%2E%2e", "/.%2e/a", "/%2e./a", "/a/%2e%2e/b", "/a/%2e%2e",  "/%",      "/%4",    "/%zz",
                             "/a%",     "/a%0",    "/%00",    "/a/%00b",     "/x/y/%g0/z", "/a%2",    "/a%2/b"}) {
    INFO(target);
    CHECK(get(router, target) == "400");
    CHECK(ask(router, "GET", target).type == "application/problem+json");
  }
  check(router, {{"/...", "all [...]"},
                 {"/.a", "all [.a]"},
                 {"/a.", "all [a.]"},
                 {"/..a", "all [..a]"},
                 {"/%2e%2e%2e", "all [...]"},
                 {"/%252e%252e", "all [%2e%2e]"},
                 {"/x?..", "all [x]"}});
}

TEST_CASE("paths longer than any pattern", "[web][router]") {
  Router router;
  std::string deepest;
  for (int i = 0; i < 32; ++i) deepest += "/a";
  add_all(router, {deepest, "/a/{rest...}"});
  CHECK(get(router, deepest) == deepest);
  CHECK(get(router, deepest + "/a") == "/a/{rest...} [" + (deepest + "/a").substr(3) + "]");
  CHECK(get(router, deepest + "/") == "/a/{rest...} [" + (deepest + "/").substr(3) + "]");
  std::string longest = deepest;
  while (longest.size() < 4000) longest += "/b";
  CHECK(get(router, longest) == "/a/{rest...} [" + longest.substr(3) + "]");
  CHECK(get(router, longest + "/%61") == "/a/{rest...} [" + longest.substr(3) + "/a]");
  CHECK(get(router, longest + "/%2e") == "400");
  CHECK(get(router, longest + "/..") == "400");
  CHECK(get(router, longest + "/%00") == "400");
  CHECK(get(router, "/b" + longest) == "404");

  Router shallow;
  shallow.get("/x", [] { return ""; });
  CHECK(get(shallow, longest) == "404");
}

TEST_CASE("HEAD is answered by GET, or by its own route", "[web][router]") {
  Router router;
  router.get("/a", [](const Request& request) { return name(request.method()); })
      .get("/b", [] { return "get"; })
      .head("/b", [] { return Response{"head"}.with("x", "1"); })
      .post("/c", [] { return "post"; });
  CHECK(ask(router, "HEAD", "/a").body == "HEAD");
  CHECK(ask(router, "HEAD", "/b").fields == "x: 1\r\n");
  CHECK(ask(router, "HEAD", "/c").status == 405);
  CHECK(ask(router, "HEAD", "/none").status == 404);
}

TEST_CASE("OPTIONS answers itself, unless there is a route for it", "[web][router]") {
  Router router;
  router.get("/a", [] { return ""; }).post("/a", [] { return ""; }).options("/b", [] { return "own"; });
  router.put("/{x}/y", [](Path<int>) { return ""; }).route("PURGE", "/cache", [] { return "purged"; });
  const auto a = ask(router, "OPTIONS", "/a");
  CHECK(a.status == 204);
  CHECK(a.body.empty());
  CHECK(a.fields == "Allow: GET, HEAD, POST, OPTIONS\r\n");
  CHECK(ask(router, "OPTIONS", "/b").body == "own");
  CHECK(ask(router, "OPTIONS", "/7/y").fields == "Allow: PUT, OPTIONS\r\n");
  CHECK(ask(router, "OPTIONS", "/none").status == 404);
  const auto all = ask(router, "OPTIONS", "*");
  CHECK(all.status == 204);
  CHECK(all.fields == "Allow: GET, HEAD, POST, PUT, OPTIONS, PURGE\r\n");
}

TEST_CASE("methods by name", "[web][router]") {
  Router router;
  router.route("PURGE", "/cache", [] { return "purged"; })
      .route("GET", "/cache", [] { return "got"; })
      .route("LOCK", "/{x}", [](Path<std::string>) { return "locked"; })
      .route(gyre::Method::trace, "/cache", [] { return "traced"; });
  CHECK(ask(router, "PURGE", "/cache").body == "purged");
  CHECK(ask(router, "GET", "/cache").body == "got");
  CHECK(ask(router, "TRACE", "/cache").body == "traced");
  CHECK(ask(router, "LOCK", "/cache").body == "locked");
  CHECK(ask(router, "purge", "/cache").status == 405);
  CHECK(ask(router, "BREW", "/cache").fields == "Allow: GET, HEAD, OPTIONS, TRACE, PURGE, LOCK\r\n");
  CHECK(ask(router, "CONNECT", "host:443").status == 501);

  const auto none = [] { return ""; };
  CHECK_THAT(set_up_error([&] { router.route("NO METHOD", "/x", none); }), Catch::Contains("the method is no token"));
  CHECK_THAT(set_up_error([&] { router.route("", "/x", none); }), Catch::Contains("the method is no token"));
  CHECK_THAT(set_up_error([&] { router.route(gyre::Method::other, "/x", none); }), Catch::Contains("no token"));
  CHECK_THAT(set_up_error([&] { router.route("CONNECT", "/x", none); }), Catch::Contains("CONNECT"));
}

TEST_CASE("every method has its shorthand", "[web][router]") {
  Router router;
  router.get("/", [] { return "get"; })
      .post("/", [] { return "post"; })
      .put("/", [] { return "put"; })
      .patch("/", [] { return "patch"; })
      .delete_("/", [] { return "delete"; })
      .options("/", [] { return "options"; });
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    std::string lower{method};
    for (char& c : lower) c = static_cast<char>(c + ('a' - 'A'));
    CHECK(ask(router, method, "/").body == lower);
  }
}

TEST_CASE("two routes for the same requests are a set-up error with both lines", "[web][router]") {
  Router router;
  const int first = __LINE__ + 1;
  router.get("/users/{id}", [](Path<int> id) { return std::to_string(*id); });
  const int second = __LINE__ + 1;
  const auto again = [&] { router.get("/users/{name}", [](Path<std::string> name) { return *name; }); };
  const std::string text = set_up_error(again);
  CHECK_THAT(text, Catch::Contains("router_test.cpp:" + std::to_string(second) + ": GET \"/users/{name}\""));
  CHECK_THAT(text, Catch::Contains("\"/users/{id}\", registered at "));
  CHECK_THAT(text, Catch::EndsWith("router_test.cpp:" + std::to_string(first)));

  router.post("/users/{name}", [](Path<std::string> name) { return *name; });  // another method is no conflict
  router.get("/users/{rest...}", [](Path<std::string> rest) { return *rest; });
  router.route("PURGE", "/", [] { return ""; });
  CHECK_FALSE(set_up_error([&] { router.route("PURGE", "/", [] { return ""; }); }).empty());
  CHECK_FALSE(set_up_error([&] { router.get("/users/{r...}", [](Path<std::string> r) { return *r; }); }).empty());
  CHECK(router.routes().size() == 4);
  CHECK(get(router, "/users/7") == "7");
  CHECK(ask(router, "POST", "/users/x").body == "x");
}

TEST_CASE("the route table can be read and printed", "[web][router]") {
  Router router;
  const int line = __LINE__ + 1;
  router.get("/users/{id}", [](Path<int>) { return ""; }).delete_("/x", [] { return ""; });
  const auto routes = router.routes();
  REQUIRE(routes.size() == 2);
  CHECK(routes[0].method == "GET");
  CHECK(routes[0].pattern == "/users/{id}");
  CHECK(routes[0].where.line() == static_cast<unsigned>(line));
  CHECK(routes[1].method == "DELETE");
  const std::string place = std::string{routes[0].where.file_name()} + ":" + std::to_string(line) + "\n";
  CHECK(router.route_table() == "GET     /users/{id}  " + place + "DELETE  /x           " + place);
  CHECK(Router{}.route_table().empty());
}

TEST_CASE("handlers of every shape", "[web][router]") {
  struct Functor {
    const char* operator()() const noexcept { return "functor"; }
  };
  static const auto function = +[](Path<int> n) { return std::to_string(*n); };
  Router router;
  const Functor functor;
  const std::string captured = "captured by a coroutine";
  router.get("/functor", functor)
      .get("/pointer/{n}", function)
      .get("/noexcept", []() noexcept { return "noexcept"; })
      .get("/capture", [captured]() -> Task<std::string> { co_return captured; })
      .get("/mutable/request", [](Request& request) {
        request.clear_parameters();
        return "ok";
      });
  CHECK(get(router, "/functor") == "functor");
  CHECK(get(router, "/pointer/3") == "3");
  CHECK(get(router, "/noexcept") == "noexcept");
  CHECK(get(router, "/capture") == "captured by a coroutine");
  CHECK(get(router, "/mutable/request") == "ok");
}

TEST_CASE("a plain handler without middleware is called without a coroutine", "[web][router]") {
  using Kind = gyre::RequestHandler::Kind;
  Router router;
  router.get("/plain", [] { return ""; }).get("/task", []() -> Task<Response> { co_return ""; });
  const auto kind = [&](std::string_view target) {
    web_test::TestRequest request{"GET", target};
    return router.find(request.get()).kind();
  };
  CHECK(kind("/plain") == Kind::plain);
  CHECK(kind("/task") == Kind::coroutine);
  CHECK(kind("/none") == Kind::plain);
  // The other way to call a plain handler, for whoever needs a task.
  web_test::TestRequest request{"GET", "/plain"};
  CHECK(gyre::sync_wait(router.find(request.get()).start(request.get())).status() == Status::ok);
}

TEST_CASE("a found request that is looked up again has its own parameters only", "[web][router]") {
  Router router;
  add_all(router, {"/{a}/{b}"});
  web_test::TestRequest request{"GET", "/1/2"};
  router.find(request.get());
  router.find(request.get());
  CHECK(request.get().parameter_count() == 2);
}
