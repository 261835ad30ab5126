#include <gyre/wire/set_cookie.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace gyre::wire;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

/// The field's value, or the sentence on what is wrong.
std::string written(const SetCookie& cookie) {
  std::string out;
  const SetCookieError error = append_set_cookie(out, cookie);
  CHECK(error == check(cookie));
  CHECK((error == SetCookieError::none || out.empty()));
  return error == SetCookieError::none ? out : std::string(describe(error));
}

}  // namespace

TEST_CASE("a cookie is written with its attributes", "[wire][set_cookie]") {
  CHECK(written({.name = "id", .value = "abc"}) == "id=abc");
  CHECK(written({.name = "id", .value = ""}) == "id=");
  CHECK(written({.name = "id",
                 .value = "abc",
                 .path = "/a/b",
                 .domain = "www.example.org",
                 .max_age = 1h + 500ms,
                 .expires = 784'111'777,
                 .same_site = SameSite::none,
                 .secure = true,
                 .http_only = true,
                 .partitioned = true}) ==
        "id=abc; Path=/a/b; Domain=www.example.org; Max-Age=3600; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure; "
        "HttpOnly; SameSite=None; Partitioned");
  CHECK(written({.name = "a", .value = "", .max_age = 0s}) == "a=; Max-Age=0");
  CHECK(written({.name = "a", .value = "", .max_age = -5s}) == "a=; Max-Age=0");
  CHECK(written({.name = "a", .value = "1", .same_site = SameSite::lax}) == "a=1; SameSite=Lax");
  CHECK(written({.name = "a", .value = "1", .same_site = SameSite::strict}) == "a=1; SameSite=Strict");
  CHECK(written({.name = "__Host-a", .value = "1", .path = "/", .secure = true}) == "__Host-a=1; Path=/; Secure");
  CHECK(written({.name = "__Secure-a", .value = "1", .domain = "a.b", .secure = true}) ==
        "__Secure-a=1; Domain=a.b; Secure");
}

TEST_CASE("names and values that would say something else are refused", "[wire][set_cookie]") {
  for (const std::string_view name :
       {""sv, "a b"sv, "a="sv, "a;b"sv, "a\r\n"sv, "a\0"sv, "\xc3\xa4"sv, "\"a\""sv, "a,"sv}) {
    INFO(name);
    CHECK(check({.name = name, .value = "1"}) == SetCookieError::bad_name);
  }
  for (const std::string_view value : {" "sv, "a b"sv, "a;b"sv, "a,b"sv, "a\"b"sv, "\"a\""sv, "a\\b"sv, "a\r\nX: y"sv,
                                       "\0"sv, "\xc3\xa4"sv, "a\tb"sv, "\x7f"sv}) {
    INFO(value);
    CHECK(check({.name = "a", .value = value}) == SetCookieError::bad_value);
  }
  for (const std::string_view path : {"a"sv, "a/"sv, "/a;b"sv, "/a\r\n"sv, "/\0"sv, "/\xc3\xa4"sv, " /"sv}) {
    INFO(path);
    CHECK(check({.name = "a", .value = "1", .path = path}) == SetCookieError::bad_path);
  }
  for (const std::string_view domain : {"."sv, ".a.b"sv, "a."sv, "a..b"sv, "a b"sv, "a;b"sv, "a_b"sv, "-a"sv, "a-.b"sv,
                                        "a\r\n"sv, "b\xc3\xbc.de"sv, "a:80"sv, "[::1]"sv}) {
    INFO(domain);
    CHECK(check({.name = "a", .value = "1", .domain = domain}) == SetCookieError::bad_domain);
  }
  CHECK(check({.name = "a", .value = "1", .domain = std::string(64, 'a')}) == SetCookieError::bad_domain);
  CHECK(check({.name = "a", .value = "1", .domain = std::string(63, 'a')}) == SetCookieError::none);
}

TEST_CASE("cookies that user agents drop are refused", "[wire][set_cookie]") {
  CHECK(check({.name = "a", .value = std::string(4095, 'v')}) == SetCookieError::none);
  CHECK(check({.name = "a", .value = std::string(4096, 'v')}) == SetCookieError::too_large);
  CHECK(check({.name = "a", .value = "1", .path = "/" + std::string(1023, 'v')}) == SetCookieError::none);
  CHECK(check({.name = "a", .value = "1", .path = "/" + std::string(1024, 'v')}) == SetCookieError::too_large);
  for (const std::string_view name : {"__Secure-a"sv, "__secure-a"sv, "__SECURE-"sv}) {
    CHECK(check({.name = name, .value = "1"}) == SetCookieError::secure_prefix);
  }
  for (const std::string_view name : {"__Host-a"sv, "__host-a"sv, "__hOsT-"sv}) {
    CHECK(check({.name = name, .value = "1", .path = "/"}) == SetCookieError::host_prefix);
    CHECK(check({.name = name, .value = "1", .secure = true}) == SetCookieError::host_prefix);
    CHECK(check({.name = name, .value = "1", .path = "/a", .secure = true}) == SetCookieError::host_prefix);
    CHECK(check({.name = name, .value = "1", .path = "/", .domain = "a.b", .secure = true}) ==
          SetCookieError::host_prefix);
  }
  CHECK(check({.name = "_Host-a", .value = "1"}) == SetCookieError::none);
  CHECK(check({.name = "__Hos", .value = "1"}) == SetCookieError::none);
  CHECK(check({.name = "a", .value = "1", .same_site = SameSite::none}) == SetCookieError::same_site_none_not_secure);
  CHECK(check({.name = "a", .value = "1", .partitioned = true}) == SetCookieError::partitioned_not_secure);
}
