#include <gyre/wire/h1/response_writer.hpp>
#include <gyre/wire/http_date.hpp>

#include <catch2/catch.hpp>

#include <ctime>
#include <memory>
#include <string>
#include <string_view>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

/// What is written, into a block of exactly the promised size; "refused" for nullptr.
std::string written(const ResponseHead& head) {
  const std::size_t bound = response_head_bound(head);
  const std::unique_ptr<char[]> block(new char[bound]);
  const char* const end = write_response_head(head, block.get());
  if (end == nullptr) return "refused";
  const auto size = static_cast<std::size_t>(end - block.get());
  REQUIRE(size <= bound);
  return {block.get(), size};
}

std::string date_of(std::int64_t seconds) {
  char text[http_date_size];
  format_http_date(seconds, text);
  return {text, sizeof text};
}

std::string field_of(std::string_view name, std::string_view value) {
  const std::unique_ptr<char[]> block(new char[field_bound(name, value)]);
  const char* const end = write_field(name, value, block.get());
  return end == nullptr ? "refused" : std::string(block.get(), static_cast<std::size_t>(end - block.get()));
}

}  // namespace

TEST_CASE("a response head has its lines in order", "[wire][writer]") {
  CHECK(written({.content_length = 13,
                 .common_fields = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: gyre\r\n",
                 .content_type = "text/plain",
                 .fields = "ETag: \"a\"\r\nVary: Accept\r\n"}) ==
        "HTTP/1.1 200 OK\r\n"
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Server: gyre\r\n"
        "Content-Type: text/plain\r\n"
        "Content-Length: 13\r\n"
        "ETag: \"a\"\r\n"
        "Vary: Accept\r\n"
        "\r\n");
}

TEST_CASE("a response head holds only what it is given", "[wire][writer]") {
  CHECK(written({.status = Status::no_content, .framing = BodyFraming::none}) == "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(written({.status = Status::continue_, .framing = BodyFraming::none}) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(written({.framing = BodyFraming::chunked}) == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(written({}) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a response head says what becomes of the connection", "[wire][writer]") {
  CHECK(written({.connection = ConnectionOption::close}) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CHECK(written({.connection = ConnectionOption::keep_alive}) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(written({.status = Status::switching_protocols,
                 .framing = BodyFraming::none,
                 .connection = ConnectionOption::upgrade,
                 .fields = "Upgrade: websocket\r\n"}) ==
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST_CASE("every status has its line, registered or not", "[wire][writer]") {
  for (int number = 0; number <= 1100; ++number) {
    const auto status = static_cast<Status>(number);
    const bool is_code = number >= 100 && number <= 999;
    const Status sent = is_code ? status : Status::internal_server_error;
    const std::string line = "HTTP/1.1 " + std::to_string(code(sent)) + " " + std::string(reason(sent)) + "\r\n\r\n";
    if (written({.status = status, .framing = BodyFraming::none}) != line) FAIL_CHECK(number);
  }
}

TEST_CASE("lengths are written in full", "[wire][writer]") {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{10}, std::uint64_t{4294967296}, UINT64_MAX}) {
    CHECK(written({.content_length = length}) ==
          "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n");
  }
}

TEST_CASE("the largest head stays within the bound", "[wire][writer]") {
  CHECK(written({.status = Status::network_authentication_required,
                 .framing = BodyFraming::length,
                 .connection = ConnectionOption::keep_alive,
                 .content_length = UINT64_MAX,
                 .common_fields = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: s\r\n",
                 .content_type = "t",
                 .fields = "A: b\r\n"})
            .size() > 150);
}

TEST_CASE("a value that would inject a line is refused", "[wire][writer]") {
  CHECK(written({.content_type = "text/plain\r\nSet-Cookie: a=b"}) == "refused");
  CHECK(written({.content_type = "text/plain\n"}) == "refused");
  CHECK(written({.content_type = "a\rb"}) == "refused");
  CHECK(written({.content_type = "a\0b"sv}) == "refused");
  CHECK(written({.content_type = "\x7f"}) == "refused");
}

TEST_CASE("fields are validated as they are written", "[wire][writer]") {
  CHECK(field_of("X-A", "b") == "X-A: b\r\n");
  CHECK(field_of("X-A", "") == "X-A: \r\n");
  CHECK(field_of("X-A", "a\tgr\xc3\xbc") == "X-A: a\tgr\xc3\xbc\r\n");
  CHECK(field_of("", "b") == "refused");
  CHECK(field_of("X A", "b") == "refused");
  CHECK(field_of("X:", "b") == "refused");
  CHECK(field_of("X\r\nY", "b") == "refused");
  CHECK(field_of("X", "a\r\nY: b") == "refused");
  CHECK(field_of("X", "a\nb") == "refused");
  CHECK(field_of("X", "a\0b"sv) == "refused");
}

TEST_CASE("dates are IMF-fixdate", "[wire][date]") {
  CHECK(date_of(784'111'777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date_of(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(date_of(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(date_of(951'782'400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(date_of(951'868'799) == "Tue, 29 Feb 2000 23:59:59 GMT");
  CHECK(date_of(951'868'800) == "Wed, 01 Mar 2000 00:00:00 GMT");
  CHECK(date_of(4'107'542'400) == "Mon, 01 Mar 2100 00:00:00 GMT");
  CHECK(date_of(4'107'542'399) == "Sun, 28 Feb 2100 23:59:59 GMT");
  CHECK(date_of(253'402'300'799) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(date_of(253'402'300'800) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(date_of(INT64_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(date_of(-62'167'219'200) == "Sat, 01 Jan 0000 00:00:00 GMT");
  CHECK(date_of(INT64_MIN) == "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST_CASE("dates agree with the C library over centuries", "[wire][date]") {
  const std::int64_t step = 86'400 * 3 + 12'345;  // all weekdays, all times of day
  for (std::int64_t seconds = -5'000'000'000; seconds < 20'000'000'000; seconds += step) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char expected[64];
    std::strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (date_of(seconds) != expected) FAIL(expected);
  }
}
