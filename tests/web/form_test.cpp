#include "flat_support.hpp"
#include "web_support.hpp"

#include <gyre/web/form.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

using gyre::Extracted;
using gyre::Form;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::post;
using namespace flat_test;

namespace {

constexpr std::string_view form_type = "Content-Type: application/x-www-form-urlencoded\r\n";

void add_routes(Router& router) {
  router.post("/", [](Form<Search> search) { return text_of(*search); })
      .post("/task", [](Form<Search> search) -> Task<std::string> { co_return text_of(*search); })
      .post("/maybe", [](std::optional<Form<Search>> search) { return search ? text_of(**search) : "no form"; })
      .post("/see", [](Extracted<Form<Search>> search) {
        return search ? text_of(**search) : std::string{search.rejection().members};
      });
}

}  // namespace

TEST_CASE("a form is read into a struct", "[web][form]") {
  Router router;
  add_routes(router);
  for (const char* target : {"/", "/task", "/maybe", "/see"}) {
    INFO(target);
    CHECK(post(router, target, "word=t+a&tags=a%26&tags=b&year=1999&page=3", form_type).body == "3 t a 1999 a& b");
    CHECK(post(router, target, "word=%C3%A9&year=", form_type).body == "1 \xc3\xa9 -");
  }
  CHECK(post(router, "/maybe", "").body == "no form");
  CHECK(post(router, "/maybe", "", form_type).status == 422);
  CHECK(post(router, "/maybe", "word=a").status == 415);
  CHECK(post(router, "/see", "", form_type).body == R"("errors":[{"field":"word","detail":"is required"}])");
}

TEST_CASE("what is no form, and what does not fit, has a status each", "[web][form]") {
  Router router;
  add_routes(router);
  std::string many = "word=a";
  for (int i = 0; i < 1000; ++i) many += "&x=";
  struct Case {
    std::string_view type;
    std::string_view body;
    int status;
    std::string_view problem;
  };
  constexpr std::string_view wrong_type = R"("detail":"the body must be application/x-www-form-urlencoded"})";
  for (const auto& [type, body, status, problem] : std::initializer_list<Case>{
           {"application/x-www-form-urlencoded", "word=a", 200, "1 a -"},
           {"Application/X-WWW-Form-Urlencoded; charset=utf-8", "word=a", 200, "1 a -"},
           {"application/x-www-form-urlencoded; charset", "word=a", 415, wrong_type},
           {"multipart/form-data; boundary=x", "word=a", 415, wrong_type},
           {"text/plain", "word=a", 415, wrong_type},
           {"", "word=a", 415, wrong_type},
           {"application/x-www-form-urlencoded", "word=a&b=%4", 400, R"("detail":"the form has a bad escape"})"},
           {"application/x-www-form-urlencoded", many, 413, R"("detail":"the form has too many fields"})"},
           {"application/x-www-form-urlencoded", "word=%ff&page=0&year=x", 422,
            R"("detail":"the form does not have the expected values","errors":[)"
            R"({"field":"word","detail":"must be UTF-8"},)"
            R"({"field":"year","detail":"must be an integer from -2147483648 to 2147483647"},)"
            R"({"field":"page","detail":"must be from 1 to 100"}]})"},
       }) {
    INFO(type << " " << body);
    const auto answer = post(router, "/", body, "Content-Type: " + std::string{type} + "\r\n");
    CHECK(answer.status == status);
    CHECK(web_test::problem_of(answer) == problem);
  }
}
