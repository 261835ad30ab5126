#include "web_support.hpp"

#include <gyre/web/cookies.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

using gyre::Cookies;
using gyre::Router;
using gyre::Task;
using web_test::ask;

TEST_CASE("the cookies of a request", "[web][cookies]") {
  Router router;
  router
      .get("/all",
           [](Cookies cookies) {
             std::string text;
             for (const auto& [name, value] : cookies) text.append(name).append("=").append(value).append(";");
             return text;
           })
      .get("/one",
           [](Cookies cookies) -> Task<std::string> { co_return std::string{cookies.get("b").value_or("none")}; });
  struct Case {
    const char* fields;
    std::string_view all;
    std::string_view one;
  };
  for (const auto& [fields, all, one] : std::initializer_list<Case>{
           {"", "", "none"},
           {"Cookie:\r\n", "", "none"},
           {"Cookie: a=1; b=2\r\n", "a=1;b=2;", "2"},
           {"Cookie: b=\"x\"; b=y; B=z\r\n", "b=x;b=y;B=z;", "x"},
           {"Cookie: bad; b=\xff; b=; c=1\r\n", "b=;c=1;", ""},
           {"Cookie: a=1\r\nAccept: b=3\r\nCookie: ;\r\ncookie: b=2; c=3\r\nSet-Cookie: b=1\r\n", "a=1;b=2;c=3;", "2"},
           {"Cookie: bad\r\nCookie: also bad\r\n", "", "none"},
       }) {
    INFO(fields);
    CHECK(ask(router, "GET", "/all", fields).body == all);
    CHECK(ask(router, "GET", "/one", fields).body == one);
  }
}

TEST_CASE("all Cookie fields of a request share one limit", "[web][cookies]") {
  std::string fields;
  for (int field = 0; field < 20; ++field) {
    fields += "Cookie: ";
    for (int i = 0; i < 8; ++i) fields += i == 0 ? "bad; " : "c=1; ";
    fields += "\r\n";
  }
  web_test::TestRequest request{"GET", "/", fields};
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& cookie : Cookies{request.get()}) ++count;
  CHECK(count == 87);  // of 100 pairs, one in eight is skipped
}
