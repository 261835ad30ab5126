#include "web_support.hpp"

#include <gyre/web/conditions.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using web_test::ask;

namespace {

constexpr Duration new_year = std::chrono::seconds{1'767'225'600};  // 2026

/// Tells what the request's conditions mean for a content of 100 bytes, and which ranges it asks for.
std::string told(Request& request) {
  const wire::Validators current{.entity_tag = wire::EntityTag{"a"}, .last_modified = 1'767'225'599};
  const wire::Precondition condition = check_conditions(request, current, new_year);
  wire::ByteRange room[2];
  const wire::RangeAnswer wanted = wanted_ranges(request, condition, 100, room);
  std::string text = std::to_string(static_cast<int>(condition));
  for (const wire::ByteRange& range : wanted.ranges) {
    text += " " + std::to_string(range.first) + "-" + std::to_string(range.last);
  }
  return wanted.kind == wire::RangeAnswer::Kind::unsatisfiable ? text + " none" : text;
}

std::string told_for(std::string_view fields, std::string_view method = "GET") {
  Router router;
  router.get("/", told).post("/", told);
  return ask(router, method, "/", fields).body;
}

const std::string proceed = std::to_string(static_cast<int>(wire::Precondition::proceed));
const std::string ignore_range = std::to_string(static_cast<int>(wire::Precondition::ignore_range));
const std::string not_modified = std::to_string(static_cast<int>(wire::Precondition::not_modified));
const std::string failed = std::to_string(static_cast<int>(wire::Precondition::failed));

}  // namespace

TEST_CASE("a request's conditions, against what there is", "[web][conditions]") {
  CHECK(told_for("") == proceed);
  CHECK(told_for("If-None-Match: \"a\"\r\n") == not_modified);
  CHECK(told_for("If-None-Match: \"b\"\r\nIf-None-Match: \"a\"\r\n") == not_modified);
  CHECK(told_for("If-None-Match: \"b\"\r\n") == proceed);
  CHECK(told_for("If-None-Match: \"a\"\r\n", "POST") == failed);
  CHECK(told_for("If-Match: \"b\"\r\nIf-Match: \"a\"\r\n") == proceed);
  CHECK(told_for("If-Match: \"b\"\r\n") == failed);
  CHECK(told_for("If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n") == not_modified);
  CHECK(told_for("If-Unmodified-Since: Thu, 01 Jan 2025 00:00:00 GMT\r\n") == failed);
}

TEST_CASE("a field that must stand once and stands twice is no condition", "[web][conditions]") {
  constexpr std::string_view twice =
      "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
  CHECK(told_for(twice) == proceed);
  CHECK(told_for("Range: bytes=0-1\r\nRange: bytes=0-1\r\n") == proceed);
}

TEST_CASE("the ranges of a GET, unless its conditions say otherwise", "[web][conditions]") {
  CHECK(told_for("Range: bytes=3-7\r\n") == proceed + " 3-7");
  CHECK(told_for("Range: bytes=0-1, 98-\r\n") == proceed + " 0-1 98-99");
  CHECK(told_for("Range: bytes=100-\r\n") == proceed + " none");
  CHECK(told_for("Range: bytes=3-7\r\n", "POST") == proceed);
  CHECK(told_for("Range: bytes=3-7\r\nIf-Range: \"a\"\r\n") == proceed + " 3-7");
  CHECK(told_for("Range: bytes=3-7\r\nIf-Range: \"b\"\r\n") == ignore_range);
}
