#include "web_support.hpp"

#include <gyre/web/content.hpp>
#include <gyre/web/created.hpp>
#include <gyre/web/html.hpp>
#include <gyre/web/json.hpp>
#include <gyre/web/problem.hpp>
#include <gyre/web/redirect.hpp>
#include <gyre/web/router.hpp>

#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using web_test::ask;

namespace {

struct Case {
  std::string_view path;
  int status;
  std::string_view type;
  std::string_view fields;
  std::string_view body;
};

void check_all(Service& service, std::initializer_list<Case> cases) {
  for (const Case& each : cases) {
    INFO(each.path);
    const web_test::Answer answer = ask(service, "GET", each.path);
    CHECK(answer.status == each.status);
    CHECK(answer.type == each.type);
    CHECK(answer.fields == each.fields);
    CHECK(answer.body == each.body);
  }
}

constexpr std::string_view plain = "text/plain; charset=utf-8";
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view json = "application/json";
constexpr std::string_view problem = "application/problem+json";

}  // namespace

TEST_CASE("a pair gives any answer another status", "[web][respond]") {
  Router router;
  router.get("/text", [] { return std::pair{Status::accepted, "later"}; })
      .get("/string", [] { return std::pair{Status::accepted, std::string(3, 's')}; })
      .get("/json", [] { return std::pair{Status::created, Json{7}}; })
      .get("/response", [] { return std::pair{Status::gone, Response{"gone"}}; })
      .get("/some", [] { return std::pair{Status::accepted, std::optional{"some"}}; })
      .get("/none", [] { return std::pair{Status::accepted, std::optional<std::string>{}}; })
      .get("/maybe", [] { return std::optional{std::pair{Status::accepted, "maybe"}}; })
      .get("/task", []() -> Task<std::pair<Status, std::string>> { co_return {Status::accepted, "task"}; });
  check_all(router, {{"/text", 202, plain, "", "later"},
                     {"/string", 202, plain, "", "sss"},
                     {"/json", 201, json, "", "7"},
                     {"/response", 410, plain, "", "gone"},
                     {"/some", 202, plain, "", "some"},
                     {"/none", 404, problem, "", R"({"type":"about:blank","title":"Not Found","status":404})"},
                     {"/maybe", 202, plain, "", "maybe"},
                     {"/task", 202, plain, "", "task"}});
}

TEST_CASE("HTML and other content", "[web][respond]") {
  static const std::string kept = "<p>kept";
  Router router;
  router.get("/literal", [] { return Html{"<p>"}; })
      .get("/string", [] { return Html{std::string(20, 'h')}; })
      .get("/kept", [] { return Html{kept}; })
      .get("/later", [] { return std::pair{Status::accepted, Html{"<p>"}}; })
      .get("/svg", [] { return Content{"image/svg+xml", "<svg/>"}; })
      .get("/bytes", [] { return Content{std::string{"image/"} + "png", std::string("\x89PNG\0", 5)}; })
      .get("/bad", [] { return Content{"a\r\nb", "x"}; });
  check_all(router, {{"/literal", 200, html, "", "<p>"},
                     {"/string", 200, html, "", "hhhhhhhhhhhhhhhhhhhh"},
                     {"/kept", 200, html, "", "<p>kept"},
                     {"/later", 202, html, "", "<p>"},
                     {"/svg", 200, "image/svg+xml", "", "<svg/>"},
                     {"/bytes", 200, "image/png", "", {"\x89PNG\0", 5}}});
  CHECK(ask(router, "GET", "/bad").status == 500);
}

TEST_CASE("redirects, and what was created", "[web][respond]") {
  Router router;
  router.get("/303", [] { return Redirect::see_other("/there?a=1#b"); })
      .get("/307", [] { return Redirect::temporary("https://example.org/a%20b"); })
      .get("/308", [] { return Redirect::permanent("../up"); })
      .get("/302", [] { return Redirect::found("?page=2"); })
      .get("/301", [] { return Redirect::moved_permanently("/x"); })
      .get("/with", [] { return Redirect::see_other("/").with("x-mark", "1"); })
      .get("/created", [] { return Created{"/orders/7"}; })
      .get("/created/text", [] { return Created{"/orders/7", "an order"}; })
      .get("/created/json", [] { return Created{"/orders/7", Json{7}}; })
      .get("/created/nothing", [] { return Created{"/orders/7", std::optional<std::string>{}}; })
      .get("/created/problem", [] { return Created{"/orders/7", Problem{Status::conflict}}; });
  check_all(router,
            {{"/303", 303, "", "Location: /there?a=1#b\r\n", ""},
             {"/307", 307, "", "Location: https://example.org/a%20b\r\n", ""},
             {"/308", 308, "", "Location: ../up\r\n", ""},
             {"/302", 302, "", "Location: ?page=2\r\n", ""},
             {"/301", 301, "", "Location: /x\r\n", ""},
             {"/with", 303, "", "Location: /\r\nx-mark: 1\r\n", ""},
             {"/created", 201, "", "Location: /orders/7\r\n", ""},
             {"/created/text", 201, plain, "Location: /orders/7\r\n", "an order"},
             {"/created/json", 201, json, "Location: /orders/7\r\n", "7"},
             {"/created/nothing", 404, problem, "", R"({"type":"about:blank","title":"Not Found","status":404})"},
             {"/created/problem", 409, problem, "", R"({"type":"about:blank","title":"Conflict","status":409})"}});
}

TEST_CASE("a Location cannot say more than a place", "[web][respond]") {
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {""sv, "/a\r\nSet-Cookie: a=b"sv, "/a b"sv, "/\0"sv, "/\xc3\xa4"sv, "/\\example.org"sv, "/\""sv, "/<b>"sv,
        "/\t"sv, "/\x7f"sv, "/{id}"sv, "/`"sv, "/|"sv, "/^"sv}) {
    INFO(bad);
    CHECK_THROWS_AS(Redirect::see_other(bad), Failure);
    CHECK_THROWS_AS(Created{bad}, Failure);
  }
}

TEST_CASE("a problem with all its members", "[web][respond]") {
  Router router;
  router.get("/plain", [] { return Problem{Status::conflict}; })
      .get("/unnamed", [] { return Problem{Status{499 + 100}}; })
      .get("/full",
           [] {
             return Problem{Status::forbidden}
                 .type("https://shop.example/out-of-credit")
                 .title("You do not have enough credit.")
                 .detail("Your balance is \"30\".")
                 .instance("/account/12")
                 .member("balance", 30)
                 .member("big", std::uint64_t{18'446'744'073'709'551'615U})
                 .member("rate", 0.5)
                 .member("odd", std::nan(""))
                 .member("closed", false)
                 .member("na\"me", "te\"xt")
                 .member_json("accounts", R"(["/account/12"])");
           })
      .get("/bad", [] { return Problem{Status::conflict}.member("status", 200); });
  check_all(router,
            {{"/plain", 409, problem, "", R"({"type":"about:blank","title":"Conflict","status":409})"},
             {"/unnamed", 599, problem, "", R"({"type":"about:blank","status":599})"},
             {"/full", 403, problem, "",
              R"({"type":"https://shop.example/out-of-credit","title":"You do not have enough credit.","status":403,)"
              R"("detail":"Your balance is \"30\".","instance":"/account/12","balance":30,)"
              R"("big":18446744073709551615,"rate":0.5,"odd":null,"closed":false,"na\"me":"te\"xt",)"
              R"("accounts":["/account/12"]})"}});
  CHECK(ask(router, "GET", "/bad").status == 500);
}

TEST_CASE("cookies are checked before they go out", "[web][respond]") {
  Router router;
  router
      .get("/set",
           [] {
             Response response{"x"};
             response.set_cookie({.name = "a", .value = "1", .path = "/", .max_age = 1h, .same_site = SameSite::lax});
             response.set_cookie({.name = "__Host-b", .value = "2", .path = "/", .secure = true, .http_only = true});
             return response;
           })
      .get("/with", [] { return Redirect::see_other("/").with_cookie({.name = "a", .value = "1"}); })
      .get("/remove", [] {
        Response response{Status::no_content};
        response.remove_cookie({.name = "__Secure-a", .value = "not \" to be sent", .path = "/", .secure = true});
        return response;
      });
  check_all(router,
            {{"/set", 200, plain,
              "Set-Cookie: a=1; Path=/; Max-Age=3600; SameSite=Lax\r\n"
              "Set-Cookie: __Host-b=2; Path=/; Secure; HttpOnly\r\n",
              "x"},
             {"/with", 303, "", "Location: /\r\nSet-Cookie: a=1\r\n", ""},
             {"/remove", 204, "",
              "Set-Cookie: __Secure-a=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure\r\n", ""}});
  Response response;
  const SetCookie bad[] = {{.name = "a b", .value = "1"},
                           {.name = "a", .value = "1; Domain=evil.example"},
                           {.name = "a", .value = "1\r\nX: y"},
                           {.name = "__Host-a", .value = "1"},
                           {.name = "a", .value = "1", .same_site = SameSite::none}};
  for (const SetCookie& cookie : bad) {
    INFO(cookie.name << "=" << cookie.value);
    CHECK_THROWS_AS(response.set_cookie(cookie), std::invalid_argument);
  }
  CHECK(response.fields().empty());
}
