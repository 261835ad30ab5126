#include "web_support.hpp"

#include <gyre/web/internal/host_table.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <string>

using gyre::Group;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using gyre::internal::HostTable;
using web_test::set_up_error;

namespace {

/// Asks as that host, in the way of a proxy: the target's authority comes before Host.
std::string as(Router& router, std::string_view host, std::string_view path = "/") {
  const auto answer = web_test::ask(router, "GET", "http://" + std::string{host} + std::string{path});
  return answer.status == 200 ? answer.body : std::to_string(answer.status);
}

}  // namespace

TEST_CASE("the most specific host has the request", "[web][host]") {
  Router router;
  router.get("/", [] { return "default"; }).get("/only", [] { return "default only"; });
  router.host("api.example.com").get("/", [] { return "api"; });
  router.host("*.example.com").get("/", [] { return "any"; });
  router.host("*.eu.example.com").get("/", [] { return "any eu"; });
  router.host("[::1]").get("/", [] { return "v6"; });
  router.host("127.0.0.1").get("/", [] { return "v4"; });
  struct Expected {
    const char* host;
    const char* answer;
  };
  for (const Expected& each : {Expected{"api.example.com", "api"},
                               {"API.Example.COM", "api"},
                               {"api.example.com:8080", "api"},
                               {"api.example.com.", "api"},
                               {"api.example.com.:80", "api"},
                               {"www.example.com", "any"},
                               {"a.b.example.com", "any"},
                               {"a.eu.example.com", "any eu"},
                               {"a.b.eu.example.com", "any eu"},
                               {"eu.example.com", "any"},
                               {"example.com", "default"},
                               {"notexample.com", "default"},
                               {"xapi.example.com.evil.test", "default"},
                               {"[::1]", "v6"},
                               {"[::1]:8080", "v6"},
                               {"[::2]", "default"},
                               {"127.0.0.1:1", "v4"},
                               {"localhost", "default"}}) {
    INFO(each.host);
    CHECK(as(router, each.host) == each.answer);
  }
  CHECK(as(router, "api.example.com", "/only") == "404");
  CHECK(as(router, "other.test", "/only") == "default only");
  const std::string longest(300, 'a');
  CHECK(as(router, longest) == "default");
}

TEST_CASE("without an authority in the target the Host field decides", "[web][host]") {
  Router router;
  router.get("/", [] { return "default"; });
  router.host("TEST").get("/", [] { return "test"; });  // what a `TestRequest` has
  CHECK(web_test::get(router, "/") == "test");
  CHECK(as(router, "other") == "default");
}

TEST_CASE("a host has fallbacks, middleware and methods of its own inside the router's", "[web][host]") {
  Router router;
  router.use([](gyre::Request& request, gyre::Next next) -> Task<gyre::Response> {
    gyre::Response response = co_await next(request);
    response.add("x-all", "1");
    co_return response;
  });
  Group api = router.host("api.test");
  api.get("/x", [] { return "x"; });
  api.not_found([] { return gyre::Response{Status::not_found, "api"}; });
  router.post("/y", [] { return "y"; });
  const auto unknown = web_test::ask(router, "GET", "http://api.test/y");
  CHECK(unknown.status == 404);
  CHECK(unknown.body == "api");
  CHECK(unknown.fields == "x-all: 1\r\n");
  CHECK(web_test::ask(router, "PUT", "http://api.test/x").fields == "Allow: GET, HEAD, OPTIONS\r\nx-all: 1\r\n");
  CHECK(web_test::ask(router, "OPTIONS", "http://other.test/y").fields == "Allow: POST, OPTIONS\r\nx-all: 1\r\n");
  CHECK(web_test::ask(router, "GET", "http://other.test/none").body != "api");
  router.host("API.test.").get("/again", [] { return "the same host"; });
  CHECK(as(router, "api.test", "/again") == "the same host");
  CHECK(as(router, "api.test", "/%") == "400");
}

TEST_CASE("what is no host is a set-up error", "[web][host]") {
  for (const char* name :
       {"", "*", "*.", "a b", "a:80", "http://a", "a/b", "*.*.a", "a.*", "x*.a", "*.[::1]", "[::1", ".a", "%61"}) {
    INFO(name);
    Router router;
    CHECK_THAT(set_up_error([&] { router.host(name); }), Catch::Contains("is no host"));
  }
  CHECK(HostTable::normal_form("*.Example.COM.") == "*.example.com");
}
