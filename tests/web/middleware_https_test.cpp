#include "middleware_support.hpp"
#include "web_support.hpp"

#include <gyre/web/middleware/hsts.hpp>
#include <gyre/web/middleware/https_redirect.hpp>
#include <gyre/web/middleware/recover.hpp>
#include <proxy_bytes.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using gyre::hsts;
using gyre::https_redirect;
using gyre::HttpsRedirectOptions;
using gyre::Router;
using gyre::SchemeTrust;
using gyre::Status;
using web_test::Reply;
using web_test::set_up_error;

using namespace std::chrono_literals;

namespace {

enum class Scheme : unsigned char { http, https };

/// Asks with a head that is given as it is, behind a proxy that says how the client came to it.
Reply ask(Router& router, Scheme scheme, std::string_view head) {
  web_test::AskOptions options;
  options.server.proxies = {"0.0.0.0/0", "::/0"};
  const std::string proxy = proxy_test::ipv4_header(proxy_test::tls_element(scheme == Scheme::https ? 1 : 0));
  const std::string bytes = proxy + std::string{head} + "Connection: close\r\n\r\n";
  return web_test::reply(router, bytes, options);
}

std::string head(std::string_view line, std::string_view fields = {}) {
  return std::string{line} + " HTTP/1.1\r\nHost: example.org\r\n" + std::string{fields};
}

void add_routes(Router& router) {
  router.get("/", [] { return "served"; })
      .post("/", [] { return "posted"; })
      .get("/open/{rest...}", [](gyre::Path<std::string>) { return "open"; })
      .get("/thrown", []() -> std::string { throw 7; })
      .get("/own", [] { return gyre::Response{"own"}.with("Strict-Transport-Security", "max-age=5"); });
}

Router redirecting(HttpsRedirectOptions options = {}) {
  Router router;
  router.use(https_redirect(std::move(options)));
  add_routes(router);
  return router;
}

}  // namespace

TEST_CASE("a request without https is sent to the same place with it", "[web][middleware][https_redirect]") {
  struct Row {
    std::string_view head;  // up to where "Connection: close" follows
    int status;
    std::string_view location;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\nHost: example.org\r\n", 308, "https://example.org/"},
      {"GET / HTTP/1.1\r\nHost: example.org:8080\r\n", 308, "https://example.org/"},
      {"GET / HTTP/1.1\r\nHost: EXAMPLE.org:\r\n", 308, "https://EXAMPLE.org/"},
      {"GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n", 308, "https://[2001:db8::1]/"},
      {"GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n", 308, "https://192.0.2.1/"},
      {"GET /missing/a%2Fb?q=1&r=%20 HTTP/1.1\r\nHost: a\r\n", 308, "https://a/missing/a%2Fb?q=1&r=%20"},
      {"GET //b.example/c HTTP/1.1\r\nHost: a\r\n", 308, "https://a//b.example/c"},
      {"GET /\"<>\\^`{|}?\"<>\\^`{|} HTTP/1.1\r\nHost: a\r\n", 308,
       "https://a/%22%3C%3E%5C%5E%60%7B%7C%7D?%22%3C%3E%5C%5E%60%7B%7C%7D"},
      {"GET http://target.example:81/x?y HTTP/1.1\r\nHost: target.example:81\r\n", 308, "https://target.example/x?y"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n", 308, "https://a/"},
      {"HEAD / HTTP/1.1\r\nHost: a\r\n", 308, "https://a/"},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n", 308, "https://a"},
      {"GET / HTTP/1.0\r\nHost: a\r\n", 308, "https://a/"},
      {"GET / HTTP/1.0\r\n", 400, ""},
      {"GET / HTTP/1.1\r\nHost:\r\n", 400, ""},
      {"GET / HTTP/1.1\r\nHost: a b\r\n", 400, ""},
      {"GET / HTTP/1.1\r\nHost: a@b\r\n", 400, ""},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n", 400, ""},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400, ""},
  };
  Router router = redirecting();
  for (const Row& row : rows) {
    INFO(row.head);
    const Reply reply = ask(router, Scheme::http, row.head);
    CHECK(reply.status == row.status);
    CHECK(reply.field("Location") == row.location);
    CHECK(reply.body.find("served") == std::string::npos);
  }
  CHECK(ask(router, Scheme::https, head("GET /")).body == "served");
  CHECK(ask(router, Scheme::https, head("POST /", "Content-Length: 0\r\n")).body == "posted");
  CHECK(ask(router, Scheme::https, head("GET /missing")).status == 404);
}

TEST_CASE("which status a redirection to https has", "[web][middleware][https_redirect]") {
  struct Row {
    Status status;
    int get;
    int post;
  };
  for (const Row& row : {Row{Status::permanent_redirect, 308, 308}, Row{Status::moved_permanently, 301, 308},
                         Row{Status::temporary_redirect, 307, 307}, Row{Status::found, 302, 307}}) {
    Router router = redirecting({.status = row.status, .port = 8443});
    CHECK(ask(router, Scheme::http, head("GET /")).status == row.get);
    CHECK(ask(router, Scheme::http, head("HEAD /")).status == row.get);
    const Reply posted = ask(router, Scheme::http, head("POST /", "Content-Length: 0\r\n"));
    CHECK(posted.status == row.post);
    CHECK(posted.field("Location") == "https://example.org:8443/");
    CHECK(ask(router, Scheme::http, head("DELETE /")).status == row.post);
  }
}

TEST_CASE("some paths are served without https", "[web][middleware][https_redirect]") {
  Router router = redirecting({.left_alone = "/open/"});
  CHECK(ask(router, Scheme::http, head("GET /open/token")).body == "open");
  CHECK(ask(router, Scheme::http, head("GET /open")).status == 308);
  CHECK(ask(router, Scheme::http, head("GET /Open/token")).status == 308);
  CHECK(ask(router, Scheme::http, head("GET /open/../")).status == 400);
  CHECK(ask(router, Scheme::http, head("GET /?/open/")).status == 308);
  CHECK(ask(router, Scheme::https, head("GET /")).status == 200);
}

TEST_CASE("X-Forwarded-Proto counts only where it is trusted", "[web][middleware][https_redirect][hsts]") {
  struct Row {
    std::string_view fields;
    Scheme scheme;
    bool https;  // where it is trusted
  };
  const Row rows[] = {
      {"X-Forwarded-Proto: https\r\n", Scheme::http, true},
      {"x-forwarded-proto: HTTPS\r\n", Scheme::http, true},
      {"X-Forwarded-Proto: http\r\n", Scheme::https, false},
      {"X-Forwarded-Proto: https, http\r\n", Scheme::http, false},
      {"X-Forwarded-Proto: https\r\nX-Forwarded-Proto: https\r\n", Scheme::https, false},
      {"X-Forwarded-Proto: wss\r\n", Scheme::https, false},
      {"X-Forwarded-Proto:\r\n", Scheme::https, false},
      {"", Scheme::https, true},
      {"", Scheme::http, false},
  };
  Router careful = redirecting();
  Router trusting = redirecting({.trust = SchemeTrust::forwarded});
  Router promising;
  promising.use(hsts({.trust = SchemeTrust::forwarded}));
  add_routes(promising);
  for (const Row& row : rows) {
    INFO(row.fields);
    CHECK(ask(careful, row.scheme, head("GET /", row.fields)).status == (row.scheme == Scheme::https ? 200 : 308));
    CHECK(ask(trusting, row.scheme, head("GET /", row.fields)).status == (row.https ? 200 : 308));
    CHECK(ask(promising, row.scheme, head("GET /", row.fields)).field("Strict-Transport-Security").empty() !=
          row.https);
  }
}

TEST_CASE("what a redirection to https cannot be set up with", "[web][middleware][https_redirect]") {
  for (const Status status : {Status::ok, Status::see_other, Status::not_modified, Status::bad_request}) {
    CHECK_THAT(set_up_error([&] { (void)https_redirect({.status = status}); }),
               Catch::Contains("https_redirect: the status has to be 301, 302, 307 or 308"));
  }
  CHECK_THAT(set_up_error([] { (void)https_redirect({.port = 0}); }), Catch::Contains("port 0"));
  CHECK_THAT(set_up_error([] { (void)https_redirect({.left_alone = "open"}); }), Catch::Contains("\"open\""));
}

TEST_CASE("answers by https promise to stay there", "[web][middleware][hsts]") {
  struct Row {
    gyre::HstsOptions options;
    std::string_view value;
  };
  const Row rows[] = {
      {{}, "max-age=31536000"},
      {{.max_age = 0s}, "max-age=0"},
      {{.max_age = 1999ms}, "max-age=1"},
      {{.max_age = 24h * 30, .include_subdomains = true}, "max-age=2592000; includeSubDomains"},
      {{.include_subdomains = true, .preload = true}, "max-age=31536000; includeSubDomains; preload"},
  };
  for (const Row& row : rows) {
    Router router;
    router.use(hsts(row.options), gyre::recover());
    add_routes(router);
    INFO(row.value);
    for (const std::string_view line : {"GET /", "HEAD /", "GET /missing", "GET /thrown", "GET /own"}) {
      INFO(line);
      const Reply secure = ask(router, Scheme::https, head(line));
      CHECK(secure.field("Strict-Transport-Security") == row.value);
      const bool own = line == "GET /own";
      CHECK(ask(router, Scheme::http, head(line)).field("Strict-Transport-Security") == (own ? "max-age=5" : ""));
    }
  }
}

TEST_CASE("what cannot be promised", "[web][middleware][hsts]") {
  CHECK_THAT(set_up_error([] { (void)hsts({.max_age = -1s}); }), Catch::Contains("hsts: max_age is negative"));
  CHECK_THAT(set_up_error([] { (void)hsts({.preload = true}); }), Catch::Contains("hsts: preload needs"));
  CHECK_THAT(set_up_error([] { (void)hsts({.max_age = 24h * 364, .include_subdomains = true, .preload = true}); }),
             Catch::Contains("hsts: preload needs"));
}
