#include "flat_support.hpp"
#include "web_support.hpp"

#include <gyre/web/form.hpp>
#include <gyre/web/json.hpp>
#include <gyre/web/multipart.hpp>
#include <gyre/web/router.hpp>
#include <gyre/web/text.hpp>

#include <catch2/catch.hpp>

using gyre::Bytes;
using gyre::Extracted;
using gyre::Json;
using gyre::Router;
using gyre::Task;
using gyre::Text;
using web_test::post;

TEST_CASE("a body is text in UTF-8", "[web][text]") {
  Router router;
  router.post("/", [](Text text) { return "<" + std::string{*text} + ">"; })
      .post("/task", [](Text text) -> Task<std::string> { co_return "<" + std::string{*text} + ">"; });
  struct Case {
    std::string_view type;
    std::string_view body;
    int status;
    std::string_view answer;
  };
  constexpr std::string_view wrong_type = R"("detail":"the body must be text in UTF-8"})";
  constexpr std::string_view wrong_text = R"("detail":"the body is not UTF-8"})";
  for (const auto& [type, body, status, answer] : std::initializer_list<Case>{
           {"text/plain", "a", 200, "<a>"},
           {"text/plain; charset=UTF-8", "\xc3\xa9", 200, "<\xc3\xa9>"},
           {"text/plain; charset=\"utf-8\"", "", 200, "<>"},
           {"text/plain;charset=us-ascii", "a", 200, "<a>"},
           {"application/json", "[1]", 200, "<[1]>"},
           {"", "a", 200, "<a>"},
           {"text/plain; charset=latin1", "a", 415, wrong_type},
           {"text/plain; charset=\"\"", "a", 415, wrong_type},
           {"no type", "a", 415, wrong_type},
           {"text/plain", "\xe9", 400, wrong_text},
           {"text/plain", "a\xc3", 400, wrong_text},
           {"text/plain", "\xed\xa0\x80", 400, wrong_text},
           {"text/plain", "\xc0\xaf", 400, wrong_text},
       }) {
    INFO(type << " " << body);
    for (const char* target : {"/", "/task"}) {
      const auto got = post(router, target, body, "Content-Type: " + std::string{type} + "\r\n");
      CHECK(got.status == status);
      CHECK(web_test::problem_of(got) == answer);
    }
  }
}

TEST_CASE("a media type that is sent twice is none", "[web][text][json][form][multipart]") {
  Router router;
  router.post("/json", [](Json<int> number) { return std::to_string(*number); })
      .post("/form", [](gyre::Form<flat_test::Base> form) { return std::to_string(form->page); })
      .post("/text", [](Text text) { return std::string{*text}; })
      .post("/multipart", [](gyre::Multipart form) -> Task<std::string> {
        const bool found = (co_await form.next()).has_value();
        co_return found ? "part" : "none";
      });
  struct Case {
    const char* target;
    std::string type;
    std::string_view body;
    std::string_view answer;
  };
  for (const auto& [target, type, body, answer] : std::initializer_list<Case>{
           {"/json", "Content-Type: application/json\r\n", "5", "5"},
           {"/form", "Content-Type: application/x-www-form-urlencoded\r\n", "page=5", "5"},
           {"/text", "Content-Type: text/plain\r\n", "5", "5"},
           {"/multipart", "Content-Type: multipart/form-data; boundary=b\r\n", "--b--", "none"}}) {
    INFO(target);
    CHECK(post(router, target, body, type).body == answer);
    CHECK(post(router, target, body, type + "Content-Type: a/b\r\n").status == 415);
    CHECK(post(router, target, body, type + type).status == 415);
  }
}

TEST_CASE("a body is bytes, whatever they are", "[web][text]") {
  Router router;
  router.post("/", [](Bytes bytes) { return std::to_string(bytes.size()) + std::string{gyre::as_text(bytes)}; });
  CHECK(post(router, "/", std::string_view{"\0\xff", 2}, "Content-Type: no type\r\n").body ==
        std::string{"2\0\xff", 3});
  CHECK(post(router, "/", "").body == "0");
}

TEST_CASE("a body may be absent", "[web][text][json]") {
  Router router;
  router.post("/text", [](std::optional<Text> text) { return text ? std::string{**text} : "none"; })
      .post("/json", [](std::optional<Json<int>> number) { return number ? std::to_string(**number) : "none"; });
  CHECK(post(router, "/text", "").body == "none");
  CHECK(post(router, "/text", "", "Content-Type: text/plain\r\n").body.empty());
  CHECK(post(router, "/text", "a").body == "a");
  CHECK(post(router, "/json", "").body == "none");
  CHECK(post(router, "/json", "", "Content-Length: 5\r\n").status == 415);
  CHECK(post(router, "/json", "5", "Content-Type: application/json\r\n").body == "5");
  CHECK(post(router, "/json", "", "Content-Type: application/json\r\n").status == 400);
}

namespace {

/// An extractor of one's own that takes the body, and may be absent.
struct Signed {
  static constexpr gyre::TakesBody takes_body = gyre::TakesBody::whole;
  static bool is_present(const gyre::Request& request) { return request.head().find("x-sum").has_value(); }
  static Extracted<Signed> extract(gyre::Request& request) {
    if (request.header("x-sum") != std::to_string(request.body().size())) {
      return gyre::Rejection{gyre::Status::forbidden, "wrong sum"};
    }
    return Signed{request.body()};
  }
  std::string_view body;
};

}  // namespace

TEST_CASE("an extractor of one's own can take the body, and be absent", "[web][extract]") {
  Router router;
  router.post("/", [](Signed body) { return std::string{body.body}; }).post("/maybe", [](std::optional<Signed> body) {
    return body ? std::string{body->body} : "unsigned";
  });
  CHECK(post(router, "/", "abc", "X-Sum: 3\r\n").body == "abc");
  CHECK(post(router, "/", "abc").status == 403);
  CHECK(post(router, "/maybe", "abc").body == "unsigned");
  CHECK(post(router, "/maybe", "abc", "X-Sum: 3\r\n").body == "abc");
  CHECK(post(router, "/maybe", "abc", "X-Sum: 4\r\n").status == 403);
}
