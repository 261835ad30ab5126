#include <gyre/net/endpoint.hpp>

#include <catch2/catch.hpp>

using namespace gyre;

TEST_CASE("endpoints are read from text and written as they were", "[net][endpoint]") {
  for (const std::string text :
       {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:65535", "[fe80::1]:1", "unix:/run/app.sock", "unix:@abstract"}) {
    const Result<Endpoint> endpoint = Endpoint::parse(text);
    REQUIRE(endpoint.has_value());
    CHECK(endpoint->text() == text);
    CHECK(endpoint->is_unix() == text.starts_with("unix:"));
  }
}

TEST_CASE("what is no endpoint is refused", "[net][endpoint]") {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 80", "127.0.0.1:80x",
        "localhost:80", "::1:80", "[::1]", "[::1", "[::g]:80", "1.2.3:80", "unix:"}) {
    CAPTURE(text);
    const Result<Endpoint> endpoint = Endpoint::parse(text);
    REQUIRE_FALSE(endpoint.has_value());
    CHECK(endpoint.error() == Errc::address_invalid);
  }
}

TEST_CASE("a Unix path may be as long as the system allows", "[net][endpoint]") {
  CHECK(Endpoint::unix_path(std::string(107, 'p')).has_value());
  CHECK_FALSE(Endpoint::unix_path(std::string(108, 'p')).has_value());
  CHECK(Endpoint::unix_path(std::string(107, 'p'))->host() == std::string(107, 'p'));
}
