#include <gyre/wire/byteranges.hpp>
#include <gyre/wire/range.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

/// "0-4 9-9", "whole" or "unsatisfiable".
std::string parsed(std::string_view field, std::uint64_t size, std::size_t room_size = 16) {
  std::array<ByteRange, 128> room;
  const RangeAnswer answer = parse_range(field, size, std::span(room).first(room_size));
  if (answer.kind == RangeAnswer::Kind::whole) return "whole";
  if (answer.kind == RangeAnswer::Kind::unsatisfiable) return "unsatisfiable";
  std::string text;
  for (const ByteRange& range : answer.ranges) {
    CHECK(range.first <= range.last);
    CHECK(range.last < size);
    text += (text.empty() ? "" : " ") + std::to_string(range.first) + "-" + std::to_string(range.last);
  }
  return text;
}

struct Row {
  std::string_view field;
  std::uint64_t size;
  std::string_view result;
};
constexpr std::uint64_t huge = UINT64_MAX;
const Row rows[] = {
    // RFC 9110 14.1.2
    {"bytes=0-499", 10'000, "0-499"},
    {"bytes=500-999", 10'000, "500-999"},
    {"bytes=-500", 10'000, "9500-9999"},
    {"bytes=9500-", 10'000, "9500-9999"},
    {"bytes=0-0,-1", 10'000, "0-0 9999-9999"},
    {"bytes= 0-999, 4500-5499, -1000", 10'000, "0-999 4500-5499 9000-9999"},
    {"bytes=500-600,601-999", 10'000, "500-999"},
    {"bytes=500-700,601-999", 10'000, "500-999"},
    // Ends
    {"bytes=0-", 1, "0-0"},
    {"bytes=0-0", 1, "0-0"},
    {"bytes=0-99", 10, "0-9"},
    {"bytes=9-9", 10, "9-9"},
    {"bytes=-99", 10, "0-9"},
    {"bytes=-10", 10, "0-9"},
    {"bytes=00-01", 10, "0-1"},
    {"bytes=0-18446744073709551615", 10, "0-9"},
    {"bytes=0-99999999999999999999999", 10, "0-9"},
    {"bytes=-99999999999999999999999", 10, "0-9"},
    {"bytes=18446744073709551614-", huge, "18446744073709551614-18446744073709551614"},
    {"bytes=0-", huge, "0-18446744073709551614"},
    {"BYTES=0-1", 10, "0-1"},
    {"bytes=0-1,,\t, 3-4,", 10, "0-1 3-4"},
    // Order, and what is made one
    {"bytes=8-9,0-1", 10, "8-9 0-1"},
    {"bytes=5-9,0-4", 10, "0-9"},
    {"bytes=8-9,0-1,2-3", 10, "8-9 0-3"},
    {"bytes=0-1,8-9,2-3", 10, "0-3 8-9"},
    {"bytes=0-5,3-8", 10, "0-8"},
    {"bytes=0-9,3-4", 10, "0-9"},
    {"bytes=3-4,0-9", 10, "0-9"},
    {"bytes=0-1,0-1", 10, "0-1"},
    {"bytes=0-4,2-6,6-9", 10, "0-9"},
    {"bytes=0-4,2-6,5-9", 10, "0-9"},
    // Three that have a byte in common
    {"bytes=0-1,0-1,0-1", 10, "whole"},
    {"bytes=0-9,1-8,2-7", 10, "whole"},
    {"bytes=2-7,1-8,0-9", 10, "whole"},
    {"bytes=0-4,2-6,4-9", 10, "whole"},
    {"bytes=0-9,0-1,1-2", 10, "whole"},
    {"bytes=0-,0-,0-", 10, "whole"},
    {"bytes=0-9,1-2,4-5", 10, "0-9"},
    {"bytes=0-0,9-9,0-9", 10, "0-9"},
    // Cannot be satisfied
    {"bytes=10-", 10, "unsatisfiable"},
    {"bytes=10-20", 10, "unsatisfiable"},
    {"bytes=-0", 10, "unsatisfiable"},
    {"bytes=0-0", 0, "unsatisfiable"},
    {"bytes=99999999999999999999999-", 10, "unsatisfiable"},
    {"bytes=18446744073709551615-", huge, "unsatisfiable"},
    {"bytes=10-,20-30,-0", 10, "unsatisfiable"},
    {"bytes=10-,0-1,-0", 10, "0-1"},
    {"bytes=-5", 0, "whole"},
    {"bytes=0-0,-5", 0, "whole"},
    // No ranges of bytes
    {"", 10, "whole"},
    {"bytes", 10, "whole"},
    {"bytes=", 10, "whole"},
    {"bytes=,", 10, "whole"},
    {"bytes=-", 10, "whole"},
    {"bytes=--1", 10, "whole"},
    {"bytes=1", 10, "whole"},
    {"bytes=2-1", 10, "whole"},
    {"bytes=0-1,2-1", 10, "whole"},
    {"bytes=20-19", 10, "whole"},
    {"bytes=0-1,x", 10, "whole"},
    {"bytes=0 -1", 10, "whole"},
    {"bytes=0- 1", 10, "whole"},
    {"bytes=+0-1", 10, "whole"},
    {"bytes=0x0-1", 10, "whole"},
    {"bytes=0-1-2", 10, "whole"},
    {"bytes=0-1;2-3", 10, "whole"},
    {"bytes =0-1", 10, "whole"},
    {" bytes=0-1", 10, "whole"},
    {"items=0-1", 10, "whole"},
    {"bytes:0-1", 10, "whole"},
    {"bytes=0-1\0"sv, 10, "whole"},
};

}  // namespace

TEST_CASE("ranges of bytes", "[wire][range]") {
  for (const Row& row : rows) {
    INFO(row.field);
    CHECK(parsed(row.field, row.size) == row.result);
  }
}

TEST_CASE("more ranges than there is room for are not answered", "[wire][range]") {
  CHECK(parsed("bytes=0-0,2-2", 10, 2) == "0-0 2-2");
  CHECK(parsed("bytes=0-0,2-2,4-4", 10, 2) == "whole");
  CHECK(parsed("bytes=20-,2-2,30-", 10, 2) == "whole");
  CHECK(parsed("bytes=0-0", 10, 0) == "whole");
  CHECK(parsed("bytes=0-0,,,,,", 10, 1) == "0-0");
  std::string many = "bytes=";
  for (int i = 0; i < 64; ++i) many += std::to_string(2 * i) + "-" + std::to_string(2 * i) + ",";
  CHECK(parsed(many, 1000, 128).ends_with("126-126"));
  CHECK(parsed(many + "500-", 1000, 128) == "whole");
}

TEST_CASE("Content-Range is written", "[wire][range]") {
  char room[content_range_bound];
  CHECK(format_content_range({0, 499}, 1234, room) == "bytes 0-499/1234");
  CHECK(format_content_range({UINT64_MAX - 2, UINT64_MAX - 1}, UINT64_MAX, room) ==
        "bytes 18446744073709551613-18446744073709551614/18446744073709551615");
  CHECK(format_unsatisfied_range(1234, room) == "bytes */1234");
  CHECK(ByteRange{2, 4}.size() == 3);
}

TEST_CASE("several ranges are a multipart body", "[wire][range]") {
  const MultipartBoundary boundary = MultipartBoundary::from_text("SEP").value();
  CHECK(byteranges_type(boundary) == "multipart/byteranges; boundary=SEP");
  CHECK(byteranges_type(MultipartBoundary::from_text("a b").value()) == "multipart/byteranges; boundary=\"a b\"");
  std::string body;
  REQUIRE(append_byteranges_head(body, boundary, "text/plain", {0, 1}, 9));
  body += "ab";
  REQUIRE(append_byteranges_head(body, boundary, "", {8, 8}, 9));
  body += "i";
  append_byteranges_end(body, boundary);
  CHECK(body ==
        "\r\n--SEP\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/9\r\n\r\nab"
        "\r\n--SEP\r\nContent-Range: bytes 8-8/9\r\n\r\ni"
        "\r\n--SEP--\r\n");
  CHECK(append_byteranges_head(body, boundary, "a\r\nX: y", {0, 1}, 9).error() == gyre::Errc::invalid_argument);
}
