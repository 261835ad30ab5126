#include <gyre/compat/httplib.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace httplib = gyre::compat::httplib;
namespace detail = gyre::compat::httplib::detail;

TEST_CASE("fields have names in any case, and keep their order", "[httplib]") {
  httplib::Request request;
  request.set_header("Accept", "a");
  request.set_header("ACCEPT", "b");
  request.set_header("X", "c\r\nd");
  CHECK(request.get_header_value_count("accept") == 2);
  CHECK(request.get_header_value("aCCept", 1) == "b");
  CHECK(request.get_header_value("accept", 2).empty());
  CHECK_FALSE(request.has_header("x"));
  httplib::Response response;
  response.set_header("Content-Length", "18446744073709551615");
  CHECK(response.get_header_value<std::uint64_t>("content-length") == UINT64_MAX);
  CHECK(response.get_header_value<std::uint64_t>("age") == 0);
}

TEST_CASE("values of a query are found by their number", "[httplib]") {
  httplib::Request request;
  detail::parse_query_text("a=1&b=%20+x&a=2&a=1&=&c", request.params);
  CHECK(request.get_param_value_count("a") == 2);
  CHECK(request.get_param_value("a", 1) == "2");
  CHECK(request.get_param_value("a", 2).empty());
  CHECK(request.get_param_value("b") == "  x");
  CHECK(request.has_param("c"));
  CHECK(detail::params_to_query_str(request.params) == "a=1&a=2&b=%20%20x&c=");
  CHECK(httplib::append_query_params("/p?q=1", {{"a", "1"}}) == "/p?q=1&a=1");
  CHECK(httplib::append_query_params("/p", {{"a", "1"}}) == "/p?a=1");
}

TEST_CASE("text is encoded and decoded as cpp-httplib does it", "[httplib]") {
  CHECK(detail::base64_encode("user:pass") == "dXNlcjpwYXNz");
  CHECK(detail::encode_url("/a b+c'd;e,f\xC3?g=%") == "/a%20b%2Bc%27d%3Be%2Cf%C3?g=%");
  CHECK(detail::encode_query_param("a b&c=\xC3.~") == "a%20b%26c%3D%C3.~");
  CHECK(detail::decode_url("%41%u20AC+%zz%4", true) == "A\xE2\x82\xAC %zz%4");
  CHECK(detail::decode_url("a+b%", false) == "a+b%");
  CHECK(detail::decode_url("%uD800x", false) == "x");
  CHECK(detail::trim_copy(" \t a b\t ") == "a b");
  std::vector<std::string> parts;
  const char* const text = " a ,, b,\tc\t,";
  detail::split(text, nullptr, ',', [&](const char* begin, const char* end) { parts.emplace_back(begin, end); });
  CHECK(parts == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("files are known by their names", "[httplib]") {
  CHECK(detail::file_extension("/a.b/c.tar.gz") == "gz");
  CHECK(detail::file_extension("/a.b/c").empty());
  CHECK(detail::file_extension("/a.").empty());
  CHECK(std::string{detail::find_content_type("x.html", {})} == "text/html");
  CHECK(std::string{detail::find_content_type("x.html", {{"html", "text/x"}})} == "text/x");
  CHECK(detail::find_content_type("x.HTML", {}) == nullptr);
  CHECK(detail::is_valid_path("/a/../b/./c"));
  CHECK_FALSE(detail::is_valid_path("/a/../../b"));
  CHECK(std::string{detail::status_message(404)} == "Not Found");
  CHECK(std::string{detail::status_message(413)} == "Payload Too Large");
  CHECK(std::string{detail::status_message(299)} == "Internal Server Error");
}

TEST_CASE("headers are made from values", "[httplib]") {
  CHECK(httplib::make_range_header({{1, 10}, {20, -1}, {-1, 5}}).second == "bytes=1-10, 20-, -5");
  httplib::Ranges ranges;
  CHECK(detail::parse_range_header("bytes=1-10, 20-, -5", ranges));
  CHECK(ranges == httplib::Ranges{{1, 10}, {20, -1}, {-1, 5}});
  CHECK(httplib::make_basic_authentication_header("u", "p") ==
        std::pair<std::string, std::string>{"Authorization", "Basic dTpw"});
  CHECK(httplib::make_bearer_token_authentication_header("t", true) ==
        std::pair<std::string, std::string>{"Proxy-Authorization", "Bearer t"});
}

TEST_CASE("a match is read as std::smatch is", "[httplib]") {
  const std::string path = "/abc/12";
  httplib::Match match;
  CHECK_FALSE(match.ready());
  CHECK(match.empty());
  CHECK(match.str(1).empty());
  match.assign(path, {{0, 7}, {1, 3}, {httplib::Match::absent, 0}});
  REQUIRE(match.size() == 3);
  CHECK(match.str() == path);
  CHECK(match[1] == "abc");
  CHECK(match.position(1) == 1);
  CHECK(match.length(1) == 3);
  CHECK_FALSE(match[2].matched);
  CHECK_FALSE(match[9].matched);
  CHECK(match[2].str().empty());
  CHECK(match.prefix().str().empty());
  CHECK(match.suffix().str().empty());
  const std::string first = match[1];
  CHECK(first == "abc");
  match.clear();
  CHECK(match.ready());
  CHECK(match.size() == 0);
}

TEST_CASE("a redirect has a status of 300 to 399 and one line", "[httplib]") {
  httplib::Response response;
  response.set_redirect("/a", 200);
  CHECK(response.status == 302);
  response.set_redirect("/b\r\nX: y", 301);
  CHECK(response.status == 302);
  CHECK(response.get_header_value_count("Location") == 1);
}
