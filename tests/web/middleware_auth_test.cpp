#include "middleware_support.hpp"

#include <gyre/web/extension.hpp>
#include <gyre/web/middleware/basic_auth.hpp>
#include <gyre/web/middleware/bearer_auth.hpp>
#include <gyre/wire/base64.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

using gyre::basic_auth;
using gyre::BasicUser;
using gyre::bearer_auth;
using gyre::BearerVerdict;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using gyre::test::request;
using web_test::Reply;
using web_test::reply;
using namespace std::chrono_literals;

namespace {

struct User {
  std::string name;
  int level;
};

std::string basic(std::string_view text) {
  std::string field = "Authorization: Basic ";
  gyre::wire::append_base64(field, gyre::as_bytes(text), gyre::wire::Base64::standard);
  return field + "\r\n";
}

Reply get(Router& router, std::string_view fields) { return reply(router, request("GET /", fields)); }

std::string user_of(const Request& request) {
  const User* user = request.extensions().find<User>();
  const BasicUser* basic_user = request.extensions().find<BasicUser>();
  return (user != nullptr ? user->name + std::to_string(user->level) : "?") + " " +
         std::string{basic_user != nullptr ? basic_user->name : "?"};
}

bool is_admin(std::string_view user, std::string_view password) {
  return user == "admin" && gyre::wire::equal_secrets(password, "pass:word");
}

}  // namespace

TEST_CASE("who gets past basic_auth", "[web][middleware][basic_auth]") {
  Router router;
  router.use(basic_auth("the \"files\"", is_admin));
  router.get("/", user_of);
  struct Row {
    std::string fields;
    int status;
  };
  const Row rows[] = {
      {basic("admin:pass:word"), 200},
      {basic("admin:pass"), 401},
      {basic("Admin:pass:word"), 401},
      {basic("admin"), 401},
      {basic(":"), 401},
      {"", 401},
      {"Authorization: Basic\r\n", 401},
      {"Authorization: Basic !!!\r\n", 401},
      {"Authorization: Bearer abc\r\n", 401},
      {"Authorization: \r\n", 401},
      {basic("admin:pass:word") + basic("admin:pass:word"), 401},
  };
  for (const Row& row : rows) {
    INFO(row.fields);
    const Reply answer = get(router, row.fields);
    CHECK(answer.status == row.status);
    CHECK(answer.body.starts_with(row.status == 200 ? "? admin" : "{"));
    CHECK(answer.field("WWW-Authenticate") ==
          (row.status == 200 ? "" : R"(Basic realm="the \"files\"", charset="UTF-8")"));
  }
  std::string lower = basic("admin:pass:word");
  lower.replace(lower.find("Basic"), 5, "bAsIc");
  CHECK(get(router, lower).status == 200);
  CHECK(reply(router, request("GET /missing")).status == 401);
  CHECK(web_test::keeps_connection(router, request("GET /")));
  CHECK_THROWS_AS(basic_auth("two\r\nlines", is_admin), gyre::SetupError);
}

TEST_CASE("a check may wait, see the request and find a principal", "[web][middleware][basic_auth]") {
  Router waiting;
  waiting.use(basic_auth("x", [](std::string_view user, std::string_view password) -> Task<std::optional<User>> {
    co_await gyre::sleep_for(10ms);
    if (password != "p") co_return std::nullopt;
    co_return User{std::string{user}, 3};
  }));
  waiting.get("/", user_of);
  CHECK(get(waiting, basic("ann:p")).body == "ann3 ann");
  CHECK(get(waiting, basic("ann:q")).status == 401);

  Router looking;
  looking.use(basic_auth("x", [](Request& request, std::string_view user, std::string_view) -> Task<bool> {
    request.extensions().set(User{"set", 1});
    co_return user == request.header("x-user");
  }));
  looking.get("/", user_of);
  CHECK(get(looking, basic("ann:") + "X-User: ann\r\n").body == "set1 ann");
  CHECK(get(looking, basic("ann:") + "X-User: bob\r\n").status == 401);

  Router failing;
  failing.use(
      basic_auth("x", [](std::string_view, std::string_view) -> bool { throw std::runtime_error{"no database"}; }));
  CHECK(get(failing, basic("ann:p")).status == 500);
  CHECK(get(failing, "").status == 401);
}

TEST_CASE("a refused upload is not read", "[web][middleware][basic_auth]") {
  Router router;
  router.use(basic_auth("x", is_admin));
  router.post("/", [](const Request& asked) { return std::string{asked.body()}; });
  const std::string upload = request("POST /", "Content-Length: 500000\r\nExpect: 100-continue\r\n");
  const std::string answer = web_test::raw_answer(router, upload);
  CHECK(answer.starts_with("HTTP/1.1 401 "));
  CHECK(answer.find("100 Continue") == std::string::npos);
}

TEST_CASE("who gets past bearer_auth", "[web][middleware][bearer_auth]") {
  Router router;
  router.use(bearer_auth(
      [](Request& request, std::string_view token) -> Task<BearerVerdict> {
        if (token == "late") co_await gyre::sleep_for(1s);
        if (token == "weak") co_return BearerVerdict::insufficient_scope;
        if (token != "good" && token != "late") co_return BearerVerdict::invalid_token;
        request.extensions().set(User{std::string{token}, 5});
        co_return BearerVerdict::accepted;
      },
      {.realm = "api", .scope = "read write"}));
  router.get("/", user_of);
  struct Row {
    std::string fields;
    int status;
    std::string_view challenge;
  };
  const Row rows[] = {
      {"Authorization: Bearer good\r\n", 200, ""},
      {"Authorization: bearer late\r\n", 200, ""},
      {"", 401, R"(Bearer realm="api", scope="read write")"},
      {"Authorization: Basic YTpi\r\n", 401, R"(Bearer realm="api", scope="read write")"},
      {"Authorization: Bearer bad\r\n", 401, R"(Bearer realm="api", error="invalid_token")"},
      {"Authorization: Bearer weak\r\n", 403, R"(Bearer realm="api", error="insufficient_scope", scope="read write")"},
      {"Authorization: Bearer\r\n", 400, R"(Bearer realm="api", error="invalid_request")"},
      {"Authorization: Bearer a b\r\n", 400, R"(Bearer realm="api", error="invalid_request")"},
      {"Authorization: Bearer good\r\nAuthorization: Bearer good\r\n", 400,
       R"(Bearer realm="api", error="invalid_request")"},
      {"Authorization: Bearer good\r\nAuthorization: Basic YTpi\r\n", 400,
       R"(Bearer realm="api", error="invalid_request")"},
      {"Authorization: Basic YTpi\r\nAuthorization: Bearer good\r\n", 400,
       R"(Bearer realm="api", error="invalid_request")"},
      {"Authorization: Basic YTpi\r\nAuthorization: Basic YTpi\r\n", 400,
       R"(Bearer realm="api", error="invalid_request")"},
  };
  for (const Row& row : rows) {
    INFO(row.fields);
    const Reply answer = get(router, row.fields);
    CHECK(answer.status == row.status);
    CHECK(answer.field("WWW-Authenticate") == row.challenge);
  }
  CHECK(get(router, "Authorization: Bearer late\r\n").body == "late5 ?");
}

TEST_CASE("the plain forms of a bearer check", "[web][middleware][bearer_auth]") {
  Router yes_or_no;
  yes_or_no.use(bearer_auth([](std::string_view token) { return gyre::wire::equal_secrets(token, "s3cret"); }));
  yes_or_no.get("/", [] { return "in"; });
  CHECK(get(yes_or_no, "Authorization: Bearer s3cret\r\n").body == "in");
  const Reply refused = get(yes_or_no, "Authorization: Bearer s3cre\r\n");
  CHECK(refused.status == 401);
  CHECK(refused.field("WWW-Authenticate") == R"(Bearer error="invalid_token")");
  CHECK(get(yes_or_no, "").field("WWW-Authenticate") == "Bearer");

  Router principal;
  principal.use(bearer_auth([](std::string_view token) -> std::optional<User> {
    if (token.empty() || token == "none") return std::nullopt;
    return User{std::string{token}, 9};
  }));
  principal.get("/", [](gyre::Extension<User> user) { return user->name; });
  CHECK(get(principal, "Authorization: Bearer zoe\r\n").body == "zoe");
  CHECK(get(principal, "Authorization: Bearer none\r\n").status == 401);
  CHECK_THROWS_AS(bearer_auth([](std::string_view) { return true; }, {.realm = "a\nb"}), gyre::SetupError);
}
