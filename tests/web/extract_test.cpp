#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

using gyre::Extracted;
using gyre::Path;
using gyre::Rejection;
using gyre::Request;
using gyre::Response;
using gyre::Result;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::ask;
using web_test::get;

namespace {

struct Slug {
  std::string text;
  static std::optional<Slug> from_segment(std::string_view text) {
    if (text.size() > 4) return std::nullopt;
    return Slug{std::string{text}};
  }
};

struct Even {
  int number;
  static Result<Even> from_segment(std::string_view text) {
    const Result<int> number = gyre::wire::parse_integer<int>(text);
    if (!number) return number.error();
    if (*number % 2 != 0) return gyre::Errc::invalid_argument;
    return Even{*number};
  }
};

struct Secret {
  static Extracted<Secret> from_segment(std::string_view text) {
    if (text != "open") return Rejection{Status::not_found, "no such door"};
    return Secret{};
  }
};

struct User {
  std::string name;
  static Extracted<User> extract(Request& request) {
    const std::string_view name = request.header("authorization");
    if (name.empty()) return Rejection{Status::unauthorized, "who are you?"};
    return User{std::string{name}};
  }
};

struct Always {
  static Always extract(const Request&) { return {}; }
};

int counted = 0;
struct Counting {
  static Extracted<Counting> extract(Request&) {
    ++counted;
    return Counting{};
  }
};

struct Throwing {
  static Extracted<Throwing> extract(Request&) { throw gyre::HttpError{Status::conflict, "busy"}; }
};

/// Only movable, and without a default.
struct Handle {
  explicit Handle(int value) : number(std::make_unique<int>(value)) {}
  std::unique_ptr<int> number;
  static Extracted<Handle> extract(Request&) { return Handle{5}; }
};

}  // namespace

/// A type that nobody here can change.
struct Foreign {
  int length;
};
template <>
struct gyre::FromSegment<Foreign> {
  static std::optional<Foreign> read(std::string_view text) { return Foreign{static_cast<int>(text.size())}; }
};
template <>
struct gyre::Extract<Foreign> {
  static Extracted<Foreign> extract(Request& request) { return Foreign{static_cast<int>(request.target().size())}; }
};

TEST_CASE("path parameters of every integer type, to their limits", "[web][extract]") {
  Router router;
  router.get("/i8/{n}", [](Path<std::int8_t> n) { return std::to_string(*n); })
      .get("/u8/{n}", [](Path<std::uint8_t> n) { return std::to_string(*n); })
      .get("/i16/{n}", [](Path<short> n) { return std::to_string(*n); })
      .get("/i32/{n}", [](Path<int> n) { return std::to_string(*n); })
      .get("/u32/{n}", [](Path<unsigned> n) { return std::to_string(*n); })
      .get("/i64/{n}", [](Path<long long> n) { return std::to_string(*n); })
      .get("/u64/{n}", [](Path<std::uint64_t> n) { return std::to_string(*n); });

  for (const char* good :
       {"/i8/-128", "/i8/127", "/u8/0", "/u8/255", "/i16/-32768", "/i32/2147483647", "/i32/-2147483648",
        "/u32/4294967295", "/i64/9223372036854775807", "/i64/-9223372036854775808", "/u64/18446744073709551615"}) {
    const std::string path = good;
    INFO(path);
    CHECK(get(router, path) == path.substr(path.rfind('/') + 1));
  }
  CHECK(get(router, "/i32/007") == "7");
  CHECK(get(router, "/i32/%31%32") == "12");

  for (const char* bad : {"/i8/128",
                          "/i8/-129",
                          "/u8/256",
                          "/u8/-1",
                          "/u8/-0",
                          "/i16/32768",
                          "/i32/2147483648",
                          "/i32/-2147483649",
                          "/u32/4294967296",
                          "/i64/9223372036854775808",
                          "/u64/18446744073709551616",
                          "/u64/99999999999999999999999",
                          "/i32/1x",
                          "/i32/x",
                          "/i32/+1",
                          "/i32/%201",
                          "/i32/1%20",
                          "/i32/0x10",
                          "/i32/1.0",
                          "/i32/--1",
                          "/i32/-",
                          "/i32/1%2F2"}) {
    INFO(bad);
    CHECK(get(router, bad) == "400");
  }
  CHECK(get(router, "/i32/") == "404");  // a placeholder is never empty
}

TEST_CASE("a parameter that cannot be read is a problem that names it", "[web][extract]") {
  Router router;
  router.get("/a/{x}/b/{count}", [](Path<std::string>, Path<std::uint8_t>) { return ""; })
      .get("/f/{ratio}", [](Path<double>) { return ""; })
      .get("/b/{flag}", [](Path<bool>) { return ""; })
      .get("/s/{slug}", [](Path<Slug>) { return ""; });
  const auto answer = ask(router, "GET", "/a/b/b/256");
  CHECK(answer.status == 400);
  CHECK(answer.type == "application/problem+json");
  CHECK(answer.body == R"({"type":"about:blank","title":"Bad Request","status":400,)"
                       R"("detail":"path parameter \"count\" must be an integer from 0 to 255"})");
  CHECK_THAT(ask(router, "GET", "/f/x").body, Catch::Contains(R"(path parameter \"ratio\" must be a number)"));
  CHECK_THAT(ask(router, "GET", "/b/x").body, Catch::Contains(R"(path parameter \"flag\" must be true or false)"));
  CHECK_THAT(ask(router, "GET", "/s/long-one").body, Catch::Contains(R"(path parameter \"slug\" has no valid value)"));
}

TEST_CASE("path parameters that are no integers", "[web][extract]") {
  Router router;
  router.get("/v/{t}", [](Path<std::string_view> t) { return *t; })
      .get("/s/{t}", [](Path<std::string> t) { return *std::move(t); })
      .get("/b/{t}", [](Path<bool> t) { return *t ? "yes" : "no"; })
      .get("/d/{t}", [](Path<double> t) { return *t == 2.5 ? "right" : "wrong"; })
      .get("/f/{t}", [](Path<float> t) { return *t == -0.5F ? "right" : "wrong"; })
      .get("/slug/{t}", [](Path<Slug> t) { return t->text; })
      .get("/even/{t}", [](Path<Even> t) { return std::to_string(t->number); })
      .get("/secret/{t}", [](Path<Secret>) { return "in"; })
      .get("/foreign/{t}", [](Path<Foreign> t) { return std::to_string(t->length); });
  CHECK(get(router, "/v/a%20b") == "a b");
  CHECK(get(router, "/v/a+b") == "a+b");
  CHECK(get(router, "/s/%C3%A9") == "\xc3\xa9");
  CHECK(get(router, "/b/true") == "yes");
  CHECK(get(router, "/b/false") == "no");
  CHECK(get(router, "/b/1") == "400");
  CHECK(get(router, "/d/2.5") == "right");
  CHECK(get(router, "/d/25e-1") == "right");
  CHECK(get(router, "/f/-0.5") == "right");
  for (const char* bad : {"/d/nan", "/d/inf", "/d/1e999", "/d/2.5x", "/d/+2.5", "/d/%202", "/d/0x1p1", "/f/1e39"}) {
    INFO(bad);
    CHECK(get(router, bad) == "400");
  }
  CHECK(get(router, "/slug/abcd") == "abcd");
  CHECK(get(router, "/slug/abcde") == "400");
  CHECK(get(router, "/even/8") == "8");
  CHECK(get(router, "/even/7") == "400");
  CHECK(get(router, "/secret/open") == "in");
  CHECK(ask(router, "GET", "/secret/shut").status == 404);
  CHECK_THAT(ask(router, "GET", "/secret/shut").body, Catch::Contains("no such door"));
  CHECK(get(router, "/foreign/12345") == "5");
}

TEST_CASE("extractors of one's own", "[web][extract]") {
  Router router;
  router.get("/me", [](User user, Always, const Request& request) { return user.name + std::string{request.path()}; })
      .get("/task", [](User user) -> Task<std::string> { co_return user.name; })
      .get("/see", [](Extracted<User> user) { return user ? Response{user->name} : Response{user.rejection().detail}; })
      .get("/see/{n}", [](Extracted<Path<int>> n) { return n ? std::to_string(**n) : "no number"; })
      .get("/foreign", [](Foreign foreign) { return std::to_string(foreign.length); })
      .get("/handle", [](Handle handle) { return std::to_string(*handle.number); })
      .get("/task/handle", [](Handle handle) -> Task<std::string> { co_return std::to_string(*handle.number); })
      .get("/throwing", [](Throwing) { return "never"; })
      .get("/task/throwing", [](Throwing) -> Task<const char*> { co_return "never"; });
  CHECK(ask(router, "GET", "/me", "Authorization: ann\r\n").body == "ann/me");
  CHECK(ask(router, "GET", "/task", "Authorization: bob\r\n").body == "bob");
  for (const char* path : {"/me", "/task"}) {
    const auto refused = ask(router, "GET", path);
    CHECK(refused.status == 401);
    CHECK_THAT(refused.body, Catch::Contains("\"detail\":\"who are you?\""));
  }
  CHECK(get(router, "/see") == "who are you?");
  CHECK(get(router, "/see/4") == "4");
  CHECK(get(router, "/see/four") == "no number");
  CHECK(get(router, "/foreign") == "8");
  CHECK(get(router, "/handle") == "5");
  CHECK(get(router, "/task/handle") == "5");
  CHECK(get(router, "/throwing") == "409");
  CHECK(get(router, "/task/throwing") == "409");
}

TEST_CASE("extraction ends at the first rejection", "[web][extract]") {
  Router router;
  router.get("/{a}/{b}", [](Path<int>, Counting, Path<int>, Counting) { return "ran"; });
  counted = 0;
  CHECK(get(router, "/1/2") == "ran");
  CHECK(counted == 2);
  CHECK(get(router, "/x/2") == "400");
  CHECK(counted == 2);
  CHECK(get(router, "/1/x") == "400");
  CHECK(counted == 3);
}
