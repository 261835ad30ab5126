#include "flat_support.hpp"

#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>
#include <gyre/web/form.hpp>
#include <gyre/web/headers.hpp>
#include <gyre/web/json.hpp>
#include <gyre/web/query.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace flat_test;

namespace {

void add_routes(App& app) {
  app.get("/path/{n}", [](Path<int> n) { return std::to_string(*n); });
  app.get("/query", [](Query<Search> search) { return text_of(*search); });
  app.get("/header", [](Header<"X-Key"> key) { return std::string{*key}; });
  app.get("/headers", [](Headers<Renamed> fields) { return fields->class_; });
  app.get("/cookies", [](Cookies cookies) { return std::string{cookies.get("a").value_or("none")}; });
  app.post("/form", [](Form<Search> search) { return text_of(*search); });
  app.post("/json", [](Json<Search> search) { return text_of(*search); });
  app.post("/text", [](Text text) { return std::string{*text}; });
  app.post("/bytes", [](Bytes bytes) { return std::to_string(bytes.size()); });
  app.post("/body", [](Body body) -> Task<std::string> {
    std::string text;
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return text;
      text += *piece;
    }
  });
  app.post("/multipart", [](Multipart form) -> Task<std::string> {
    std::string text;
    while (auto part = co_await form.next()) {
      const std::string content = co_await part->text();
      text += content;
    }
    co_return text;
  });
}

struct Case {
  std::string_view target;
  std::string_view field;  // its name and value, or a Content-Type
  std::string_view value;
  std::string body;
  int status;
  std::string_view answer;  // is in the answer's body
};

const std::initializer_list<Case> cases{
    {"/path/5", "", "", "", 200, "5"},
    {"/path/x", "", "", "", 400, "path parameter"},
    {"/query?word=a", "", "", "", 200, "1 a -"},
    {"/query?page=0", "", "", "", 400, R"("errors":[{"parameter":)"},
    {"/header", "x-key", "5", "", 200, "5"},
    {"/header", "", "", "", 400, "is required"},
    {"/headers", "class", "5", "", 400, R"("errors":[{"header":"Userid")"},
    {"/cookies", "Cookie", "a=5", "", 200, "5"},
    {"/cookies", "Cookie", "\xff", "", 200, "none"},
    {"/form", "Content-Type", "application/x-www-form-urlencoded", "word=a", 200, "1 a -"},
    {"/form", "Content-Type", "application/x-www-form-urlencoded", "page=0", 422, R"("errors":[{"field":)"},
    {"/form", "Content-Type", "application/x-www-form-urlencoded", "a=%", 400, "bad escape"},
    {"/form", "Content-Type", "text/plain", "word=a", 415, "must be application/x-www-form-urlencoded"},
    {"/json", "Content-Type", "application/json", R"({"word":"a"})", 200, "1 a -"},
    {"/json", "Content-Type", "application/json", "{}", 422, R"("errors":[{"pointer":)"},
    {"/json", "Content-Type", "application/json", "{", 400, "not JSON"},
    {"/json", "Content-Type", "text/plain", "{}", 415, "must be application/json"},
    {"/text", "Content-Type", "text/plain", "abc", 200, "abc"},
    {"/text", "Content-Type", "text/plain", "\xff", 400, "not UTF-8"},
    {"/text", "Content-Type", "text/plain; charset=x", "abc", 415, "must be text in UTF-8"},
    {"/bytes", "", "", "abc", 200, "3"},
    {"/body", "", "", "abc", 200, "abc"},
    {"/multipart", "Content-Type", "multipart/form-data; boundary=b", "--b--", 200, ""},
    {"/multipart", "Content-Type", "multipart/form-data; boundary=b", "--bx", 400, "no delimiter"},
    {"/multipart", "Content-Type", "multipart/form-data", "--b--", 400, "boundary"},
    {"/multipart", "Content-Type", "text/plain", "--b--", 415, "must be multipart/form-data"},
};

constexpr std::string_view body_targets[] = {"/form", "/json", "/text", "/bytes", "/body", "/multipart"};

}  // namespace

TEST_CASE("a rejected request is answered, and its connection goes on", "[web][extract]") {
  App app;
  add_routes(app);
  testing::run_seeds(app, 3, [](testing::Client& client) -> Task<> {
    for (const Case& each : cases) {
      INFO(each.target << " " << each.value << " " << each.body);
      testing::TestRequest request{each.body.empty() ? Method::get : Method::post, each.target};
      if (!each.field.empty()) request.field(each.field, each.value);
      if (!each.body.empty()) request.body(each.body);
      const testing::Answer answer = co_await client.send(std::move(request));
      CHECK(code(answer.status()) == each.status);
      CHECK_THAT(std::string{answer.body()}, Catch::Contains(std::string{each.answer}));
      CHECK((answer.status() == Status::ok || answer.header("content-type") == "application/problem+json"));
      CHECK(answer.keep_alive());
    }
  });
}

TEST_CASE("a body that is too large is refused before its extractor looks", "[web][extract]") {
  App app;
  add_routes(app);
  testing::run(app, [](testing::Client& client) -> Task<> {
    for (const std::string_view target : body_targets) {
      INFO(target);
      testing::Connection connection = co_await client.connect();
      const std::string head = "POST " + std::string{target} +
                               " HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                               "Content-Length: 2000000\r\n\r\n";
      co_await connection.write(head);
      const testing::Answer answer = co_await connection.read_answer(Method::post);
      CHECK(answer.status() == Status::content_too_large);
      CHECK(!answer.keep_alive());
    }
  });
}

TEST_CASE("a client that says no more is told so, and its connection ends", "[web][extract]") {
  App app;
  add_routes(app);
  testing::run(app, [](testing::Client& client) -> Task<> {
    for (const std::string_view target : body_targets) {
      INFO(target);
      testing::Connection connection = co_await client.connect();
      const std::string head = "POST " + std::string{target} +
                               " HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                               "Content-Length: 20\r\n\r\n--b";
      co_await connection.write(head);
      const testing::Answer answer = co_await connection.read_answer(Method::post);
      CHECK(answer.status() == Status::request_timeout);
      CHECK(!answer.keep_alive());
    }
  });
}
