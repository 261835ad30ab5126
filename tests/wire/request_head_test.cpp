#include "head_cases.hpp"
#include "parse_support.hpp"

#include <gyre/wire/h1/request_parser.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre;
using namespace gyre::wire;

namespace {

HeadOutcome outcome_of(std::string_view bytes, const HeadLimits& limits = {}) {
  Parsed parsed;
  HeadProgress progress;
  const ExactBytes exact(bytes);
  return parse_request_head(exact.view(), limits, parsed.head, progress);
}

/// Cut anywhere, or delivered byte by byte, a head has the outcome that it has at once.
void check_every_cut(const HeadCase& given) {
  const std::string at_once = parse_at_once(given.bytes);
  CHECK(parse_byte_by_byte(given.bytes) == at_once);
  for (std::size_t cut = 0; cut <= given.bytes.size(); ++cut) {
    if (parse_in_pieces(given.bytes, {cut}) != at_once) FAIL_CHECK("cut at " << cut);
  }
}

Parsed& parse(Parsed& parsed, std::string_view bytes) {
  HeadProgress progress;
  parsed.outcome = parse_request_head(bytes, {}, parsed.head, progress);
  REQUIRE(parsed.outcome.state == HeadState::complete);
  return parsed;
}

std::string with_line(std::size_t size) {
  const std::string begin = "GET /";
  const std::string end = " HTTP/1.1\r\n";
  return begin + std::string(size - begin.size() - end.size(), 'a') + end;
}

/// A block of field lines with its empty line, of exactly that size.
std::string block_of(std::size_t size) {
  const std::string begin = "Host: a\r\nX: ";
  return begin + std::string(size - begin.size() - 4, 'a') + "\r\n\r\n";
}

}  // namespace

TEST_CASE("heads that the grammar allows are accepted, however they are cut", "[wire][head]") {
  for (const HeadCase& given : head_cases::accepted) {
    INFO(given.what);
    const HeadOutcome outcome = outcome_of(given.bytes);
    INFO(describe(outcome.error));
    CHECK(outcome.state == HeadState::complete);
    check_every_cut(given);
  }
}

TEST_CASE("heads that break a rule are refused for that rule, however they are cut", "[wire][head]") {
  for (const HeadCase& given : head_cases::rejected) {
    INFO(given.what);
    const HeadOutcome outcome = outcome_of(given.bytes);
    INFO(describe(outcome.error));
    CHECK(outcome.state == HeadState::rejected);
    CHECK(outcome.error == given.error);
    CHECK(is_error(outcome.status()));
    check_every_cut(given);
  }
}

TEST_CASE("every prefix of an accepted head is incomplete", "[wire][head]") {
  for (const HeadCase& given : head_cases::accepted) {
    INFO(given.what);
    Parsed parsed;
    HeadProgress progress;
    REQUIRE(parse_request_head(given.bytes, {}, parsed.head, progress).state == HeadState::complete);
    const std::size_t size = parsed.head.head_size();
    for (std::size_t cut = 0; cut < size; ++cut) {
      if (outcome_of(given.bytes.substr(0, cut)).state != HeadState::incomplete) FAIL_CHECK("cut at " << cut);
    }
    CHECK(outcome_of(given.bytes.substr(0, size)).state == HeadState::complete);
  }
}

TEST_CASE("each kind of error has its status", "[wire][head]") {
  CHECK(status_of(HeadError::bare_lf) == Status::bad_request);
  CHECK(status_of(HeadError::missing_host) == Status::bad_request);
  CHECK(status_of(HeadError::length_and_transfer_encoding) == Status::bad_request);
  CHECK(status_of(HeadError::bad_transfer_encoding) == Status::bad_request);
  CHECK(status_of(HeadError::unsupported_transfer_coding) == Status::not_implemented);
  CHECK(status_of(HeadError::unsupported_version) == Status::http_version_not_supported);
  CHECK(status_of(HeadError::unknown_expectation) == Status::expectation_failed);
  CHECK(status_of(HeadError::request_line_too_long) == Status::uri_too_long);
  CHECK(status_of(HeadError::header_block_too_large) == Status::request_header_fields_too_large);
  CHECK(status_of(HeadError::too_many_fields) == Status::request_header_fields_too_large);
  CHECK_FALSE(describe(HeadError::malformed).empty());
}

TEST_CASE("a head tells its parts", "[wire][head]") {
  Parsed parsed;
  const RequestHead& head = parse(parsed,
                                  "POST /a%20b/c?x=1&y HTTP/1.1\r\n"
                                  "Host: example.com:8080\r\n"
                                  "X-Thing:  two words \t\r\n"
                                  "Content-Length: 12\r\n"
                                  "Expect: 100-continue\r\n"
                                  "x-thing: again\r\n\r\nhello world!")
                                .head;
  CHECK(head.method() == Method::post);
  CHECK(head.method_text() == "POST");
  CHECK(head.target_form() == TargetForm::origin);
  CHECK(head.target() == "/a%20b/c?x=1&y");
  CHECK(head.path() == "/a%20b/c");
  CHECK(head.query() == "x=1&y");
  CHECK(head.host() == "example.com:8080");
  CHECK(head.version_minor() == 1);
  CHECK(head.keep_alive());
  CHECK(head.content_length() == 12);
  CHECK(head.has_body());
  CHECK_FALSE(head.chunked());
  CHECK(head.expect_continue());
  CHECK_FALSE(head.upgrade());
  CHECK(head.head_size() == 137);
  CHECK(head.field_count() == 5);
  CHECK(head.field(1).name == "X-Thing");
  CHECK(head.field(1).value == "two words");
  CHECK(head.field(1).id == FieldId::unknown);
  CHECK(head.find("X-THING") == "two words");
  CHECK(head.find("content-LENGTH") == "12");
  CHECK(head.find(FieldId::host) == "example.com:8080");
  CHECK_FALSE(head.find(FieldId::cookie).has_value());
  CHECK_FALSE(head.find(FieldId::unknown).has_value());
  CHECK_FALSE(head.find("X-Thin").has_value());
  std::string names;
  for (const FieldView field : head) (names += field.name) += ' ';
  CHECK(names == "Host X-Thing Content-Length Expect x-thing ");
}

TEST_CASE("a target's authority is the host, whatever Host says", "[wire][head]") {
  Parsed parsed;
  const RequestHead& head = parse(parsed, "GET http://real.example:81?q=1 HTTP/1.1\r\nHost: other\r\n\r\n").head;
  CHECK(head.target_form() == TargetForm::absolute);
  CHECK(head.host() == "real.example:81");
  CHECK(head.path() == "/");
  CHECK(head.query() == "q=1");
  CHECK(head.find(FieldId::host) == "other");

  Parsed second;
  const RequestHead& connect = parse(second, "CONNECT [::1]:443 HTTP/1.1\r\nHost: other\r\n\r\n").head;
  CHECK(connect.target_form() == TargetForm::authority);
  CHECK(connect.host() == "[::1]:443");
  CHECK(connect.path().empty());

  Parsed third;
  const RequestHead& asterisk = parse(third, "OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n").head;
  CHECK(asterisk.target_form() == TargetForm::asterisk);
  CHECK(asterisk.path() == "*");
  CHECK(asterisk.host() == "here");
}

TEST_CASE("an unknown method keeps its text", "[wire][head]") {
  Parsed parsed;
  const RequestHead& head = parse(parsed, "PROPFIND /a HTTP/1.1\r\nHost: a\r\n\r\n").head;
  CHECK(head.method() == Method::other);
  CHECK(head.method_text() == "PROPFIND");
}

TEST_CASE("Connection decides about keep-alive and upgrade", "[wire][head]") {
  struct {
    const char* bytes;
    bool keep_alive;
    bool upgrade;
  } const cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", true, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: CLOSE\r\n\r\n", false, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n", false, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", false, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n", true, true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n", true, false},
      {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", true, false},
      {"GET / HTTP/1.0\r\n\r\n", false, false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false, false},
      {"GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, false},
  };
  for (const auto& given : cases) {
    INFO(given.bytes);
    Parsed parsed;
    parse(parsed, given.bytes);
    CHECK(parsed.head.keep_alive() == given.keep_alive);
    CHECK(parsed.head.upgrade() == given.upgrade);
  }
}

TEST_CASE("framing is a length, chunks or nothing", "[wire][head]") {
  Parsed none;
  parse(none, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_FALSE(none.head.content_length().has_value());
  CHECK_FALSE(none.head.has_body());

  Parsed zero;
  parse(zero, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
  CHECK(zero.head.content_length() == 0);
  CHECK_FALSE(zero.head.has_body());
  CHECK_FALSE(zero.head.expect_continue());  // there is nothing to wait for

  Parsed largest;
  parse(largest, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n");
  CHECK(largest.head.content_length() == UINT64_MAX);

  Parsed chunked;
  parse(chunked, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nExpect: 100-continue\r\n\r\n");
  CHECK(chunked.head.chunked());
  CHECK_FALSE(chunked.head.content_length().has_value());
  CHECK(chunked.head.has_body());
  CHECK(chunked.head.expect_continue());

  Parsed old;
  parse(old, "POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(old.head.content_length() == 5);
  CHECK_FALSE(old.head.expect_continue());
}

TEST_CASE("a head can be used again and answers for the last request only", "[wire][head]") {
  Parsed parsed;
  parse(parsed, "POST http://b/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  parse(parsed, "GET /y HTTP/1.0\r\n\r\n");
  CHECK(describe(parsed) == parse_at_once("GET /y HTTP/1.0\r\n\r\n"));
  parse(parsed, "POST /z HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n");
  parse(parsed, "GET /y HTTP/1.1\r\nHost:\r\n\r\n");
  CHECK(describe(parsed) == parse_at_once("GET /y HTTP/1.1\r\nHost:\r\n\r\n"));
}

TEST_CASE("a copied head is rebased", "[wire][head]") {
  const std::string bytes = "\r\nGET /a?b HTTP/1.1\r\nHost: example\r\nX: y\r\n\r\n";
  Parsed parsed;
  std::string before;
  std::string copy;
  std::vector<Field> fields(2);
  {
    const std::string original = bytes;
    parse(parsed, original);
    before = describe(parsed.head);
    copy = original.substr(0, parsed.head.head_size());
    parsed.head.rebase(copy.data());
    parsed.head.move_fields(fields);
    parsed.storage.clear();
    parsed.storage.shrink_to_fit();
  }
  CHECK(describe(parsed.head) == before);
  CHECK(parsed.head.find(FieldId::host)->data() == copy.data() + copy.find("example"));
}

TEST_CASE("the request line may be as long as its limit", "[wire][head][limits]") {
  const std::string fits = with_line(8192) + "Host: a\r\n\r\n";
  const std::string too_long = with_line(8193) + "Host: a\r\n\r\n";
  CHECK(outcome_of(fits).state == HeadState::complete);
  CHECK(outcome_of(too_long).error == HeadError::request_line_too_long);
  CHECK(outcome_of("\r\n" + fits).state == HeadState::complete);
  CHECK(parse_in_pieces(too_long, {100, 8191, 8192, 8193}) == parse_at_once(too_long));
  CHECK(parse_byte_by_byte(fits.substr(0, 100), {.request_line = 50}) ==
        parse_at_once(fits.substr(0, 100), {.request_line = 50}));
}

TEST_CASE("a line without end is refused as soon as it passes the limit", "[wire][head][limits]") {
  const std::string line = "GET /" + std::string(10'000, 'a');
  CHECK(outcome_of(std::string_view(line).substr(0, 8192)).state == HeadState::incomplete);
  CHECK(outcome_of(std::string_view(line).substr(0, 8193)).error == HeadError::request_line_too_long);
  // The limit comes before whatever is wrong behind it.
  CHECK(outcome_of(line + "\n").error == HeadError::request_line_too_long);

  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string value = begin + std::string(40'000, 'a');
  const std::size_t limit = 16 + 32 * 1024;
  CHECK(outcome_of(std::string_view(value).substr(0, limit)).state == HeadState::incomplete);
  CHECK(outcome_of(std::string_view(value).substr(0, limit + 1)).error == HeadError::header_block_too_large);
  CHECK(outcome_of(value + std::string(1, '\0')).error == HeadError::header_block_too_large);
}

TEST_CASE("the header block may be as large as its limit", "[wire][head][limits]") {
  for (const char* line : {"GET / HTTP/1.1\r\n", "GET / HTTP/1.0\r\n"}) {
    INFO(line);
    CHECK(outcome_of(line + block_of(32 * 1024)).state == HeadState::complete);
    CHECK(outcome_of(line + block_of(32 * 1024 + 1)).error == HeadError::header_block_too_large);
    CHECK(outcome_of(line + block_of(200), {.header_block = 200}).state == HeadState::complete);
    for (const std::size_t size : {200U, 201U, 202U, 205U}) {
      const std::string bytes = line + block_of(size);
      CHECK(parse_byte_by_byte(bytes, {.header_block = 200}) == parse_at_once(bytes, {.header_block = 200}));
    }
  }
}

TEST_CASE("there may be as many fields as their limit, and as the storage holds", "[wire][head][limits]") {
  for (const char* line : {"GET / HTTP/1.1\r\n", "GET / HTTP/1.0\r\n"}) {
    INFO(line);
    std::string bytes = line + std::string("Host: a\r\n");
    for (int i = 1; i < 100; ++i) bytes += "X: y\r\n";
    CHECK(outcome_of(bytes + "\r\n").state == HeadState::complete);
    const std::string too_many = bytes + "X: y\r\n\r\n";
    CHECK(outcome_of(too_many).error == HeadError::too_many_fields);
    CHECK(parse_byte_by_byte(too_many) == parse_at_once(too_many));
    CHECK(outcome_of(bytes + "\r\n", {.fields = 99}).error == HeadError::too_many_fields);

    std::vector<Field> storage(100);
    RequestHead small(std::span<Field>{storage}.first(99));
    HeadProgress progress;
    CHECK(parse_request_head(bytes + "\r\n", {}, small, progress).error == HeadError::too_many_fields);
  }
}

TEST_CASE("limits beyond what offsets can hold are cut", "[wire][head][limits]") {
  const HeadLimits huge{.request_line = UINT32_MAX, .header_block = UINT32_MAX, .fields = UINT32_MAX};
  CHECK(outcome_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n", huge).state == HeadState::complete);
  CHECK(outcome_of("GET /" + std::string(HeadLimits::largest, 'a'), huge).error == HeadError::request_line_too_long);
  const std::string long_name(70'000, 'n');
  CHECK(outcome_of("GET / HTTP/1.1\r\nHost: a\r\n" + long_name + ": a\r\n\r\n", huge).error ==
        HeadError::header_block_too_large);
}
