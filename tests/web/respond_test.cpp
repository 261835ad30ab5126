#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using gyre::Response;
using gyre::Result;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::ask;
using web_test::get;

namespace shop {

struct Item {
  int number;
};
Response to_response(const Item& item) {
  return Response{Status::created, "item " + std::to_string(item.number)}.with("location", "/items/1");
}

/// Asked for its own conversion first, although it also converts to a text.
struct Both {
  operator std::string_view() const { return "text"; }
};
Response to_response(const Both&) { return "own"; }

}  // namespace shop

TEST_CASE("what a plain handler may return", "[web][respond]") {
  static const std::string kept = "kept";
  Router router;
  router.get("/literal", [] { return "literal"; })
      .get("/view", [] { return std::string_view{kept}; })
      .get("/string", [] { return std::string(100, 's'); })
      .get("/reference", []() -> const std::string& { return kept; })
      .get("/status", [] { return Status::accepted; })
      .get("/response", [] { return Response{Status::gone, "gone"}; })
      .get("/item", [] { return shop::Item{4}; })
      .get("/both", [] { return shop::Both{}; })
      .get("/some", [] { return std::optional{shop::Item{5}}; })
      .get("/none", [] { return std::optional<std::string>{}; })
      .get("/good", []() -> Result<const char*> { return "good"; })
      .get("/bad", []() -> Result<const char*> { return gyre::Errc::not_found; });
  CHECK(get(router, "/literal") == "literal");
  CHECK(ask(router, "GET", "/literal").type == "text/plain; charset=utf-8");
  CHECK(get(router, "/view") == "kept");
  CHECK(get(router, "/string") == std::string(100, 's'));
  CHECK(get(router, "/reference") == "kept");
  CHECK(get(router, "/status") == "202");
  CHECK(ask(router, "GET", "/status").body.empty());
  CHECK(ask(router, "GET", "/status").type.empty());
  CHECK(ask(router, "GET", "/response").status == 410);
  CHECK(ask(router, "GET", "/item").body == "item 4");
  CHECK(ask(router, "GET", "/item").fields == "location: /items/1\r\n");
  CHECK(get(router, "/both") == "own");
  CHECK(ask(router, "GET", "/some").body == "item 5");
  CHECK(get(router, "/none") == "404");
  CHECK(ask(router, "GET", "/none").type == "application/problem+json");
  CHECK(get(router, "/good") == "good");
  CHECK(get(router, "/bad") == "500");
}

TEST_CASE("what a task handler may return", "[web][respond]") {
  Router router;
  router.get("/literal", []() -> Task<const char*> { co_return "literal"; })
      .get("/string", []() -> Task<std::string> { co_return std::string(100, 's'); })
      .get("/status", []() -> Task<Status> { co_return Status::accepted; })
      .get("/response", []() -> Task<Response> { co_return "response"; })
      .get("/item", []() -> Task<shop::Item> { co_return shop::Item{4}; })
      .get("/none", []() -> Task<std::optional<shop::Item>> { co_return std::nullopt; })
      .get("/good", []() -> Task<Result<std::string>> { co_return std::string{"good"}; })
      .get("/bad", []() -> Task<Result<std::string>> { co_return gyre::Errc::closed; });
  CHECK(get(router, "/literal") == "literal");
  CHECK(get(router, "/string") == std::string(100, 's'));
  CHECK(get(router, "/status") == "202");
  CHECK(get(router, "/response") == "response");
  CHECK(ask(router, "GET", "/item").body == "item 4");
  CHECK(get(router, "/none") == "404");
  CHECK(get(router, "/good") == "good");
  CHECK(get(router, "/bad") == "500");
}
