#include "body_support.hpp"
#include "response_cases.hpp"

#include <gyre/wire/h1/response_parser.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre;
using namespace gyre::wire;

namespace {

struct ParsedResponse {
  std::vector<Field> storage = std::vector<Field>(100);
  ReceivedResponseHead head{storage};
  HeadOutcome outcome;
};

std::string describe(const ReceivedResponseHead& head) {
  std::string text = std::to_string(code(head.status())) + " " + std::string(head.reason()) + "\n";
  text += std::to_string(head.version_minor());
  text += std::string(head.keep_alive() ? " keep-alive" : "") + (head.upgrade() ? " upgrade" : "");
  text += head.chunked() ? " chunked" : "";
  text += head.content_length() ? " length " + std::to_string(*head.content_length()) : "";
  text += " size " + std::to_string(head.head_size()) + "\n";
  for (const FieldView field : head) {
    text +=
        std::string(field.name) + "=" + std::string(field.value) + std::to_string(static_cast<int>(field.id)) + "\n";
  }
  return text;
}

std::string parse_pieces(std::string_view bytes, const std::vector<std::size_t>& ends, const HeadLimits& limits = {}) {
  ParsedResponse parsed;
  HeadProgress progress;
  for (std::size_t i = 0; i <= ends.size(); ++i) {
    const ExactBytes sent(bytes.substr(0, i < ends.size() ? ends[i] : bytes.size()));
    const HeadOutcome outcome = parse_response_head(sent.view(), limits, parsed.head, progress);
    if (outcome.state == HeadState::complete) return describe(parsed.head);
    if (outcome.state == HeadState::rejected) return "rejected: " + std::string(describe(outcome.error));
  }
  return "incomplete";
}

/// What becomes of the bytes at once; checks that no cut changes it, nor byte-by-byte delivery.
std::string parse_every_way(std::string_view bytes, const HeadLimits& limits = {}) {
  const std::string at_once = parse_pieces(bytes, {}, limits);
  std::vector<std::size_t> all;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    all.push_back(cut);
    if (parse_pieces(bytes, {cut}, limits) != at_once) FAIL_CHECK("cut at " << cut);
  }
  CHECK(parse_pieces(bytes, all, limits) == at_once);
  return at_once;
}

std::string rejected(HeadError error) { return "rejected: " + std::string(describe(error)); }

ReceivedResponseHead& parse(ParsedResponse& parsed, std::string_view bytes) {
  HeadProgress progress;
  parsed.outcome = parse_response_head(bytes, {}, parsed.head, progress);
  REQUIRE(parsed.outcome.state == HeadState::complete);
  return parsed.head;
}

/// A response with these fields (CRLF behind each), as the answer to that method: how its body is framed.
std::string framing(int status, std::string_view fields, Method method = Method::get) {
  static const BodyLimits limits{.body = 100};
  const std::string bytes = "HTTP/1.1 " + std::to_string(status) + " \r\n" + std::string(fields) + "\r\n";
  ParsedResponse parsed;
  BodyDecoder decoder = response_body(parse(parsed, bytes), method, limits);
  if (decoder.done()) return "none";
  if (decoder.error() != BodyError::none) return std::string(describe(decoder.error()));
  if (decoder.left()) return "length " + std::to_string(*decoder.left());
  decoder.end();
  return decoder.done() ? "until close" : "chunked";
}

}  // namespace

TEST_CASE("response heads that the grammar allows are accepted, however they are cut", "[wire][response]") {
  for (const HeadCase& given : response_cases::accepted) {
    INFO(given.what);
    const std::string text = parse_every_way(given.bytes);
    INFO(text);
    CHECK_FALSE(text.starts_with("rejected"));
    CHECK(text != "incomplete");
    const std::size_t size = given.bytes.find("\r\n\r\n") + 4;
    for (std::size_t cut = 0; cut < size; ++cut) {
      if (parse_pieces(given.bytes.substr(0, cut), {}) != "incomplete") FAIL_CHECK("prefix of " << cut);
    }
  }
}

TEST_CASE("response heads that break a rule are refused for that rule, however they are cut", "[wire][response]") {
  for (const HeadCase& given : response_cases::rejected) {
    INFO(given.what);
    CHECK(parse_every_way(given.bytes) == rejected(given.error));
  }
}

TEST_CASE("a response head tells its parts", "[wire][response]") {
  ParsedResponse parsed;
  const ReceivedResponseHead& head = parse(parsed,
                                           "HTTP/1.1 404 Not Found\r\n"
                                           "Server: x\r\n"
                                           "X-Thing:  two words \t\r\n"
                                           "Content-Length: 12\r\n\r\nhello world!");
  CHECK(head.status() == Status::not_found);
  CHECK(head.reason() == "Not Found");
  CHECK(head.version_minor() == 1);
  CHECK(head.keep_alive());
  CHECK_FALSE(head.upgrade());
  CHECK_FALSE(head.chunked());
  CHECK(head.content_length() == 12);
  CHECK(head.head_size() == 80);
  CHECK(head.field_count() == 3);
  CHECK(head.field(1).name == "X-Thing");
  CHECK(head.field(1).value == "two words");
  CHECK(head.find(FieldId::server) == "x");
  CHECK(head.find("x-thing") == "two words");
  CHECK_FALSE(head.find(FieldId::date).has_value());

  ParsedResponse bare;
  CHECK(parse(bare, "HTTP/1.0 200 \r\n\r\n").reason().empty());
  CHECK(bare.head.version_minor() == 0);
}

TEST_CASE("a response's Connection decides about keep-alive and upgrade", "[wire][response]") {
  struct {
    const char* bytes;
    bool keep_alive;
    bool upgrade;
  } const cases[] = {
      {"HTTP/1.1 200 OK\r\n\r\n", true, false},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", false, false},
      {"HTTP/1.1 200 OK\r\nConnection: keep-alive, Close\r\n\r\n", false, false},
      {"HTTP/1.0 200 OK\r\n\r\n", false, false},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", true, false},
      {"HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", true, true},
      {"HTTP/1.1 101 \r\nUpgrade: websocket\r\n\r\n", true, false},
      {"HTTP/1.0 101 \r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, false},
  };
  for (const auto& given : cases) {
    INFO(given.bytes);
    ParsedResponse parsed;
    parse(parsed, given.bytes);
    CHECK(parsed.head.keep_alive() == given.keep_alive);
    CHECK(parsed.head.upgrade() == given.upgrade);
  }
}

TEST_CASE("the body of a response is framed by request, status and fields", "[wire][response]") {
  const std::string_view length = "Content-Length: 5\r\n";
  const std::string_view chunked = "Transfer-Encoding: chunked\r\n";
  CHECK(framing(200, length) == "length 5");
  CHECK(framing(200, "Content-Length: 0\r\n") == "none");
  CHECK(framing(200, chunked) == "chunked");
  CHECK(framing(200, "") == "until close");
  CHECK(framing(500, "") == "until close");
  CHECK(framing(205, length) == "length 5");
  CHECK(framing(200, "Content-Length: 100\r\n") == "length 100");
  CHECK(framing(200, "Content-Length: 101\r\n") == describe(BodyError::body_too_large));
  for (const std::string_view fields : {length, chunked, std::string_view()}) {
    for (const int status : {100, 101, 103, 199, 204, 304}) CHECK(framing(status, fields) == "none");
    CHECK(framing(200, fields, Method::head) == "none");
    CHECK(framing(404, fields, Method::head) == "none");
    CHECK(framing(200, fields, Method::connect) == "none");
    CHECK(framing(299, fields, Method::connect) == "none");
  }
  CHECK(framing(407, length, Method::connect) == "length 5");
  CHECK(framing(300, "", Method::connect) == "until close");
}

TEST_CASE("interim responses are heads of their own", "[wire][response]") {
  const std::string_view bytes =
      "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const BodyLimits limits;
  ParsedResponse parsed;
  parse(parsed, bytes);
  CHECK(parsed.head.status() == Status::early_hints);
  CHECK(response_body(parsed.head, Method::get, limits).done());
  const std::string_view rest = bytes.substr(parsed.head.head_size());
  parse(parsed, rest);
  CHECK(parsed.head.status() == Status::ok);
  CHECK_FALSE(parsed.head.find("Link").has_value());
  const Decoded body =
      decode_at_once(response_body(parsed.head, Method::get, limits), rest.substr(parsed.head.head_size()));
  CHECK(body.data == "ok");
}

TEST_CASE("a copied response head is rebased", "[wire][response]") {
  ParsedResponse parsed;
  std::string before;
  std::string copy;
  std::vector<Field> fields(1);
  {
    const std::string original = "HTTP/1.1 200 Fine\r\nX: y\r\n\r\n";
    before = describe(parse(parsed, original));
    copy = original;
    parsed.head.rebase(copy.data());
    parsed.head.move_fields(fields);
    parsed.storage.clear();
    parsed.storage.shrink_to_fit();
  }
  CHECK(describe(parsed.head) == before);
}

TEST_CASE("a response head may be as large as its limits", "[wire][response][limits]") {
  const HeadLimits limits{.request_line = 17, .header_block = 12, .fields = 1};
  const std::string line = rejected(HeadError::status_line_too_long);
  const std::string block = rejected(HeadError::header_block_too_large);
  CHECK(parse_every_way("HTTP/1.1 200 OK\r\nX: yyyyy\r\n\r\n", limits).starts_with("200 OK"));
  CHECK(parse_every_way("HTTP/1.1 200 OKK\r\n\r\n", limits) == line);
  CHECK(parse_every_way("HTTP/1.1 200 OKKKKKKKKKKK", limits) == line);
  CHECK(parse_every_way("HTTP/1.1 200 OKKKKKKKKKKK\n", limits) == line);
  CHECK(parse_every_way("HTTP/1.1 200 OK\r\nX: yyyyyy\r\n\r\n", limits) == block);
  CHECK(parse_every_way("HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyy", limits) == block);
  CHECK(parse_every_way("HTTP/1.1 200 OK\r\nX:\r\nY:\r\n\r\n", limits) == rejected(HeadError::too_many_fields));

  std::vector<Field> storage(1);
  ReceivedResponseHead small(storage);
  HeadProgress progress;
  CHECK(parse_response_head("HTTP/1.1 200 OK\r\nX:\r\nY:\r\n\r\n", {}, small, progress).error ==
        HeadError::too_many_fields);
}
