#include <gyre/base/result.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using gyre::Errc;
using gyre::Error;
using gyre::Result;

namespace {

// Counts its living instances, so that a test sees a missed or doubled destructor.
struct Counted {
  explicit Counted(int& count) : living(&count) { ++*living; }
  Counted(Counted&& other) noexcept : living(other.living) { ++*living; }
  Counted(const Counted& other) : living(other.living) { ++*living; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*living; }
  int* living;
};

}  // namespace

TEST_CASE("a result holds a value or an error", "[base][result]") {
  const Result<int> value = 7;
  REQUIRE(value);
  CHECK(*value == 7);
  CHECK(value.value() == 7);

  const Result<int> error = Errc::not_found;
  REQUIRE_FALSE(error);
  CHECK(error.error() == Errc::not_found);
}

TEST_CASE("an error converts to an error even where the value could be made from it", "[base][result]") {
  struct FromError {
    FromError(Error) {}
    FromError(Errc) {}
  };
  CHECK_FALSE(Result<FromError>{Errc::closed});
  CHECK_FALSE(Result<FromError>{Error{Errc::closed}});
}

TEST_CASE("value() throws Cancelled for a cancellation and Failure for the rest", "[base][result]") {
  Result<int> cancelled = Errc::cancelled;
  CHECK_THROWS_AS(cancelled.value(), gyre::Cancelled);
  Result<void> refused = Error{Errc::connection_refused};
  CHECK_THROWS_AS(refused.value(), gyre::Failure);
  CHECK_NOTHROW(Result<void>{}.value());
}

TEST_CASE("a result of a move-only type is moved out of", "[base][result]") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  Result<std::unique_ptr<int>> moved = std::move(result);
  const std::unique_ptr<int> inner = std::move(moved).value();
  CHECK(*inner == 3);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Result<std::unique_ptr<int>>>);
}

TEST_CASE("assignment changes between value and error and destroys what was held", "[base][result]") {
  int living = 0;
  {
    Result<Counted> result{Counted{living}};
    CHECK(living == 1);
    result = Result<Counted>{Errc::closed};
    CHECK(living == 0);
    REQUIRE_FALSE(result);
    result = Result<Counted>{Counted{living}};
    CHECK(living == 1);
    const Result<Counted> copy = result;
    CHECK(living == 2);
    REQUIRE(copy);
  }
  CHECK(living == 0);
}

TEST_CASE("a result is written through its arrow and star", "[base][result]") {
  Result<std::string> result = "abc";
  result->push_back('d');
  CHECK(*result == "abcd");
  CHECK(*std::move(result) == "abcd");
}
