#include <gyre/http/response.hpp>

#include <gyre/base/error.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using gyre::Failure;
using gyre::Response;
using gyre::Status;

namespace {

std::string longer(char c) { return std::string(300, c); }

}  // namespace

TEST_CASE("what a response is made of", "[http][response]") {
  CHECK(Response{}.status() == Status::ok);
  CHECK(Response{}.body().empty());
  CHECK(Response{}.content_type().empty());
  CHECK(Response{Status::no_content}.status() == Status::no_content);
  CHECK(Response{"text"}.body() == "text");
  CHECK(Response{"text"}.content_type() == "text/plain; charset=utf-8");
  CHECK(Response{Status::gone, "text"}.status() == Status::gone);
  CHECK(Response{std::string{"short"}}.body() == "short");
  CHECK(Response{Status::created, longer('x')}.body() == longer('x'));
  CHECK(Response{"<p>"}.with_content_type("text/html").content_type() == "text/html");
  CHECK(Response{""}.content_type() == "text/plain; charset=utf-8");
}

TEST_CASE("borrowed text is not copied", "[http][response]") {
  const std::string text = longer('b');
  const Response response{std::string_view{text}};
  CHECK(response.body().data() == text.data());
}

TEST_CASE("a moved response keeps body, type and fields, whoever owns them", "[http][response]") {
  for (const std::string& body : {std::string{"tiny"}, longer('m')}) {
    Response first{Status::created, std::string{body}};
    first.add("etag", "\"1\"").add("content-type", std::string{"text/x-"} + "made");
    Response second{std::move(first)};
    CHECK(first.body().empty());
    CHECK(first.fields().empty());
    Response third{"other"};
    third.add("x", "lost");
    third = std::move(second);
    Response& same = third;
    third = std::move(same);
    CHECK(third.status() == Status::created);
    CHECK(third.body() == body);
    CHECK(third.content_type() == "text/x-made");
    CHECK(third.fields() == "etag: \"1\"\r\n");
  }
}

TEST_CASE("fields in order, found in any case", "[http][response]") {
  Response response = Response{"x"}.with("ETag", "\"1\"").with("set-cookie", "a=1").with("Set-Cookie", "b=2");
  CHECK(response.fields() == "ETag: \"1\"\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n");
  CHECK(response.field("etag") == "\"1\"");
  CHECK(response.field("SET-COOKIE") == "a=1");
  CHECK(response.field("vary").empty());
  CHECK(response.field("e").empty());
  CHECK(response.field("Content-Type") == "text/plain; charset=utf-8");
  response.add("empty", "");
  CHECK(response.field("empty").empty());
  CHECK(response.fields().ends_with("empty: \r\n"));
}

TEST_CASE("fields beyond every block's size", "[http][response]") {
  Response response;
  std::string wanted;
  for (int i = 0; i < 300; ++i) {
    response.add("x-" + std::to_string(i), longer('v'));
    wanted += "x-" + std::to_string(i) + ": " + longer('v') + "\r\n";
  }
  CHECK(response.fields() == wanted);
  CHECK(response.field("X-299") == longer('v'));
}

TEST_CASE("a field's value may be a view of another one", "[http][response]") {
  Response response;
  response.add("first", longer('1'));
  for (int i = 0; i < 8; ++i) response.add("copy", response.field("first"));
  CHECK(response.fields().size() == 300 + 9 + 8 * 308);
  response.set("first", response.field("first").substr(1));
  CHECK(response.field("first") == longer('1').substr(1));
  response.add("content-type", "a/b").add("content-type", response.content_type().substr(0, 2));
  CHECK(response.content_type() == "a/");
}

TEST_CASE("set replaces, remove removes", "[http][response]") {
  Response response;
  response.add("a", "1").add("b", "2").add("A", "3");
  response.set("a", "4");
  CHECK(response.fields() == "b: 2\r\na: 4\r\n");
  response.set("c", "5");
  response.remove("B");
  CHECK(response.fields() == "a: 4\r\nc: 5\r\n");
  CHECK_THROWS_AS(response.set("a", "x\r\ny: z"), Failure);
  CHECK(response.field("a") == "4");
  response.remove("a").remove("c").remove("nothing");
  CHECK(response.fields().empty());
  response.add("d", "6");
  CHECK(response.fields() == "d: 6\r\n");

  Response typed{"x"};
  typed.set("Content-Type", "text/css");
  CHECK(typed.content_type() == "text/css");
  CHECK(typed.fields().empty());
  typed.remove("content-type");
  CHECK(typed.content_type().empty());
  Response bare;
  bare.remove("x");
  CHECK(bare.fields().empty());
}

TEST_CASE("a handler cannot break the framing", "[http][response]") {
  Response response;
  for (const char* name : {"", "a b", "a:", "a\r\n", "caf\xc3\xa9", "Content-Length", "transfer-encoding", "CONNECTION",
                           "Date", "Keep-Alive", "upgrade", "TE", "Trailer", "Proxy-Connection"}) {
    INFO(name);
    CHECK_THROWS_AS(response.add(name, "1"), Failure);
  }
  using namespace std::string_view_literals;
  for (const std::string_view value : {"a\r\nb"sv, "a\nb"sv, "a\rb"sv, "\0"sv, "a\x7f"sv, "\x01"sv}) {
    CHECK_THROWS_AS(response.add("x", value), Failure);
    CHECK_THROWS_AS(response.add("content-type", value), Failure);
    CHECK_THROWS_AS(response.set_content_type(value), Failure);
  }
  CHECK(response.fields().empty());
  CHECK(response.content_type().empty());
  CHECK_NOTHROW(response.add("x", "tab\tand \xc3\xa9"));
}

TEST_CASE("a new body of any kind", "[http][response]") {
  Response response{std::string{"first"}};
  response.set_body("literal");
  CHECK(response.body() == "literal");
  response.set_body(longer('2'));
  CHECK(response.body() == longer('2'));
  const std::string copied = "copied";
  response.set_body(copied);
  CHECK(response.body().data() != copied.data());
  CHECK(response.body() == "copied");
  CHECK(response.content_type() == "text/plain; charset=utf-8");
}

TEST_CASE("problems", "[http][response]") {
  const Response plain = Response::problem(Status::not_found);
  CHECK(plain.status() == Status::not_found);
  CHECK(plain.content_type() == "application/problem+json");
  CHECK(plain.body() == R"({"type":"about:blank","title":"Not Found","status":404})");
  CHECK(Response::problem(Status::conflict).body() == R"({"type":"about:blank","title":"Conflict","status":409})");
  CHECK(Response::problem(Status{498}).body() == R"({"type":"about:blank","status":498})");
  CHECK(Response::problem(Status::not_found, "no \"x\"\\\n").body() ==
        R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no \"x\"\\\n"})");
}

TEST_CASE("the fixed problems read as the built ones", "[http][response]") {
  for (int number = 400; number < 600; ++number) {
    const Status status{static_cast<std::uint16_t>(number)};
    std::string built{Response::problem(status, "x").body()};
    built.replace(built.find(R"(,"detail":"x")"), 13, "");
    CHECK(Response::problem(status).body() == built);
  }
}

TEST_CASE("bytes that are no UTF-8 do not get into a problem", "[http][response]") {
  const auto detail = [](std::string_view text) {
    const std::string body{Response::problem(Status::conflict, text).body()};
    const std::size_t begin = body.find(R"("detail":")") + 10;
    return body.substr(begin, body.size() - begin - 2);
  };
  for (const char* good :
       {"\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\x7f"}) {
    CHECK(detail(good) == good);
  }
  const std::string bad = "\\ufffd";
  CHECK(detail(std::string{"a\xff"} + "b") == "a" + bad + "b");
  CHECK(detail("\xc3") == bad);
  CHECK(detail("\xc0\xaf") == bad + bad);
  CHECK(detail("\xe0\x80\x80") == bad + bad + bad);
  CHECK(detail("\xed\xa0\x80") == bad + bad + bad);
  CHECK(detail("\xf4\x90\x80\x80") == bad + bad + bad + bad);
  CHECK(detail("\xf0\x9f\x98") == bad + bad + bad);
  CHECK(detail(std::string{"\xe2\x82"} + "a") == bad + bad + "a");
}
