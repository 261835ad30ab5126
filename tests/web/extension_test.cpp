#include "../http/route_site.hpp"
#include "web_support.hpp"

#include <gyre/web/extension.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace gyre;
using gyre::test::body_of;
using gyre::test::request;
using gyre::test::RouteSite;
using gyre::test::with_routes;
using web_test::ask;
using web_test::get;

namespace {

struct User {
  std::string name;
};

/// Tells when it dies.
struct Trace {
  std::vector<int>* log;
  int number;

  Trace(std::vector<int>& to, int n) : log(&to), number(n) {}
  Trace(Trace&& other) noexcept : log(std::exchange(other.log, nullptr)), number(other.number) {}
  ~Trace() {
    if (log != nullptr) log->push_back(number);
  }
};

Task<Response> authenticate(Request& request, Next next) {
  const std::string_view name = request.header("authorization");
  if (!name.empty()) request.extensions().set(User{std::string{name}});
  return next(request);
}

constexpr std::string_view closing = "Connection: close\r\n";

}  // namespace

TEST_CASE("a handler takes what a middleware found out", "[web][extension]") {
  std::string heard;
  Router router;
  router.on_error([&](const ErrorReport& report) { heard = report.text; });
  router.use(authenticate);
  router.get("/who", [](Extension<User> user) { return user->name; });
  router.get("/later", [](Extension<User> user) -> Task<std::string> { co_return (*user).name; });
  router.get("/perhaps", [](std::optional<Extension<User>> user) { return user ? (*user)->name : "nobody"; });
  for (const char* path : {"/who", "/later", "/perhaps"}) {
    CHECK(ask(router, "GET", path, "Authorization: ann\r\n").body == "ann");
  }
  CHECK(get(router, "/perhaps") == "nobody");
  CHECK(heard.empty());
  CHECK(get(router, "/who") == "500");
  CHECK_THAT(heard, Catch::Contains("User: a middleware in front of this route must set it"));
}

TEST_CASE("extensions are told by their type, and the last one counts", "[web][extension]") {
  web_test::TestRequest test{"GET", "/"};
  Extensions& extensions = test.get().extensions();
  CHECK(extensions.find<int>() == nullptr);
  int& first = extensions.set(1);
  extensions.set(2L);
  extensions.set(std::string(100, 'x'));
  CHECK(*extensions.find<int>() == 1);
  extensions.set(3);
  CHECK(*extensions.find<int>() == 3);
  CHECK(first == 1);
  CHECK(*extensions.find<long>() == 2);
  CHECK(extensions.find<std::string>()->size() == 100);
  extensions.set(std::make_unique<int>(4));
  CHECK(**extensions.find<std::unique_ptr<int>>() == 4);
  test.get().reset();
  CHECK(extensions.find<int>() == nullptr);
}

TEST_CASE("extensions die with the request, the last one first", "[web][extension]") {
  std::vector<int> log;
  Router router;
  router.use([&log](Request& request, Next next) -> Task<Response> {
    request.extensions().set(Trace{log, 1});
    Response response = co_await next(request);
    request.extensions().set(Trace{log, 2});
    co_return response;
  });
  router.get("/", [&log](Extension<Trace> trace) {
    CHECK(log.empty());
    return std::to_string(trace->number);
  });
  loop_test::for_each_loop([&](Loop& loop) {
    log.clear();
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const std::string bytes = request("GET /", closing);
      const std::string answer = co_await site.ask(bytes);
      CHECK(body_of(answer) == "1");
    });
    CHECK(log == std::vector<int>{2, 1});
  });
}
