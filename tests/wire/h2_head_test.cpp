// What a header block means: a head, an answer of its own, or a stream that is reset.

#include <gyre/wire/h2/session.hpp>

#include <catch2/catch.hpp>
#include <h2_frames.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "h2_support.hpp"

using namespace h2_test;
using gyre::FieldId;
using gyre::wire::H2HeadMemory;
using gyre::wire::H2Session;
using gyre::wire::TargetForm;
using Lines = std::vector<std::string>;

namespace {

const std::string is_reset = "RST_STREAM 1 1";

struct Case {
  std::string name;
  Fields fields;
  std::string result;  // the head, "bad request ..." or the frame that resets the stream
  unsigned flags = end_stream | end_headers;
};

Fields with(const Fields& more) { return request_fields("GET", "/", more); }
Fields path(std::string_view path) { return request_fields("GET", path); }
Fields authority(std::string_view value) {
  return {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", std::string(value)}};
}
Fields without_authority(const Fields& more) {
  Fields fields = {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

/// What the server hears of it, or sends.
std::string result_of(const std::string& bytes, const H2Session::Options& options = {}) {
  H2HeadMemory memory;
  H2Side server(memory, options);
  server.receive(preface() + settings_ack());
  server.sent();
  server.receive(bytes);
  const Lines heard = server.heard();
  if (!heard.empty()) return heard.front();
  const Lines frames = server.frames();
  return frames.empty() ? "nothing" : frames.back();
}

void check(const std::vector<Case>& cases, const H2Session::Options& options = {}) {
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const std::string result = result_of(headers(1, one.fields, one.flags), options);
    CHECK(result == (one.result.starts_with("RST") ? one.result : "1 " + one.result));
    // In two frames it is the same.
    const std::string all = block(one.fields);
    const std::size_t half = all.size() / 2;
    const std::string parts = headers(1, std::string_view(all).substr(0, half), one.flags & end_stream) +
                              continuation(1, std::string_view(all).substr(half));
    CHECK(result_of(parts, options) == result);
  }
}

}  // namespace

TEST_CASE("pseudo-header fields say what a request line says", "[wire][h2]") {
  check({
      {"plain", with({}), "GET / host=gyre.test"},
      {"https", {{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {":authority", "a"}}, "GET / host=a"},
      {"another scheme",
       {{":method", "GET"}, {":scheme", "coap+tcp"}, {":path", "/"}, {":authority", "a"}},
       "GET / host=a"},
      {"in another order",
       {{":authority", "a"}, {":path", "/b?c"}, {":scheme", "http"}, {":method", "PUT"}},
       "PUT /b?c host=a"},
      {"a method of one's own", request_fields("BREW", "/pot"), "BREW /pot host=gyre.test"},
      {"a method in lower case", request_fields("get", "/"), "get / host=gyre.test"},
      {"OPTIONS of the server", request_fields("OPTIONS", "*"), "OPTIONS * host=gyre.test"},
      {"no method", {{":scheme", "http"}, {":path", "/"}, {":authority", "a"}}, is_reset},
      {"no scheme", {{":method", "GET"}, {":path", "/"}, {":authority", "a"}}, is_reset},
      {"no path", {{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}}, is_reset},
      {"an empty path", path(""), is_reset},
      {"an empty method", request_fields("", "/"), is_reset},
      {"a method that is no token", request_fields("G T", "/"), is_reset},
      {"a scheme that is none", {{":method", "GET"}, {":scheme", "1"}, {":path", "/"}, {":authority", "a"}}, is_reset},
      {"a path without a slash", path("a"), is_reset},
      {"a whole URI", path("http://gyre.test/"), is_reset},
      {"a whole URI of another scheme",
       {{":method", "GET"}, {":scheme", "coap"}, {":path", "http://b/"}, {":authority", "a"}},
       "bad request 400"},
      {"a star for GET", path("*"), is_reset},
      {"a fragment", path("/a#b"), "bad request 400"},
      {"a blank in the path", path("/a b"), is_reset},
      {"a byte that is no ASCII", path("/\xc3\xa4"), "bad request 400"},
      {"two paths",
       {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":path", "/"}, {":authority", "a"}},
       is_reset},
      {"two methods",
       {{":method", "GET"}, {":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}},
       is_reset},
      {"one that nobody knows", with({{":what", "x"}}), is_reset},
      {"one of answers", with({{":status", "200"}}), is_reset},
      {"one behind a field",
       {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"a", "b"}, {":authority", "a"}},
       is_reset},
      {"one that is not enabled",
       {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}},
       is_reset},
  });
}

TEST_CASE("Host stands for :authority", "[wire][h2]") {
  check({
      {"with a port", authority("gyre.test:8080"), "GET / host=gyre.test:8080"},
      {"an address", authority("[::1]:80"), "GET / host=[::1]:80"},
      {"user information", authority("me@gyre.test"), "bad request 400"},
      {"a port too large", authority("gyre.test:99999"), "bad request 400"},
      {"no valid address", authority("[::g]"), "bad request 400"},
      {"empty", authority(""), is_reset},
      {"a slash", authority("a/b"), is_reset},
      {"Host instead", without_authority({{"host", "a:1"}}), "GET / host=a:1"},
      {"a bad Host instead", without_authority({{"host", "a:b"}}), "bad request 400"},
      {"neither", without_authority({{"a", "b"}}), is_reset},
      {"two of Host", without_authority({{"host", "a"}, {"host", "a"}}), is_reset},
      {"both, equal", with({{"host", "gyre.test"}}), "GET / host=gyre.test"},
      {"both, equal but for case", with({{"host", "GYRE.test"}}), "GET / host=gyre.test"},
      {"both, and different", with({{"host", "other.test"}}), is_reset},
      {"both, and Host twice", with({{"host", "gyre.test"}, {"host", "gyre.test"}}), is_reset},
  });
}

TEST_CASE("fields are as they were sent", "[wire][h2]") {
  check({
      {"several of a name", with({{"a", "1"}, {"b", "2"}, {"a", "3"}}), "GET / host=gyre.test a=1 b=2 a=3"},
      {"bytes that are no ASCII", with({{"a", "\xe4"}}), "GET / host=gyre.test a=\xe4"},
      {"an empty value", with({{"a", ""}}), "GET / host=gyre.test a="},
      {"a name in upper case", with({{"A", "b"}}), is_reset},
      {"an empty name", with({{"", "b"}}), is_reset},
      {"a name that is no token", with({{"a b", "c"}}), is_reset},
      {"a colon in a name", with({{"a:", "c"}}), is_reset},
      {"a line in a value", with({{"a", "b\r\nc: d"}}), is_reset},
      {"a NUL in a value", with({{"a", std::string("b\0c", 3)}}), is_reset},
      {"a blank before a value", with({{"a", " b"}}), is_reset},
      {"a blank behind a value", with({{"a", "b\t"}}), is_reset},
      {"Connection", with({{"connection", "close"}}), is_reset},
      {"Keep-Alive", with({{"keep-alive", "1"}}), is_reset},
      {"Proxy-Connection", with({{"proxy-connection", "close"}}), is_reset},
      {"Transfer-Encoding", with({{"transfer-encoding", "chunked"}}), is_reset},
      {"Upgrade", with({{"upgrade", "websocket"}}), is_reset},
      {"TE", with({{"te", "trailers"}}), "GET / host=gyre.test te=trailers"},
      {"TE with a coding", with({{"te", "gzip"}}), is_reset},
      {"TE with both", with({{"te", "trailers, gzip"}}), is_reset},
  });
}

TEST_CASE("crumbs of a cookie are one field", "[wire][h2]") {
  check({
      {"one", with({{"cookie", "a=1"}}), "GET / host=gyre.test cookie=a=1"},
      {"two", with({{"cookie", "a=1"}, {"cookie", "b=2"}}), "GET / host=gyre.test cookie=a=1; b=2"},
      {"others between them", with({{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2; c=3"}, {"cookie", "d=4"}}),
       "GET / host=gyre.test cookie=a=1; b=2; c=3; d=4 x=y"},
      {"empty ones", with({{"cookie", ""}, {"cookie", ""}}), "GET / host=gyre.test cookie=; "},
  });
}

TEST_CASE("a body is announced by its length or by the open stream", "[wire][h2]") {
  const auto posted = [](const Fields& more) { return request_fields("POST", "/", more); };
  check({
      {"unknown length", posted({}), "POST / host=gyre.test chunked", end_headers},
      {"a length", posted({{"content-length", "3"}}), "POST / host=gyre.test length=3 content-length=3", end_headers},
      {"none", posted({{"content-length", "0"}}), "POST / host=gyre.test length=0 content-length=0"},
      {"none, said late", posted({{"content-length", "0"}}), "POST / host=gyre.test length=0 content-length=0",
       end_headers},
      {"a length and no body", posted({{"content-length", "3"}}), is_reset},
      {"no number", posted({{"content-length", "x"}}), is_reset, end_headers},
      {"a sign", posted({{"content-length", "+3"}}), is_reset, end_headers},
      {"empty", posted({{"content-length", ""}}), is_reset, end_headers},
      {"too large", posted({{"content-length", "99999999999999999999"}}), is_reset, end_headers},
      {"two", posted({{"content-length", "3"}, {"content-length", "3"}}), is_reset, end_headers},
      {"expected", posted({{"expect", "100-Continue"}}), "POST / host=gyre.test chunked expects expect=100-Continue",
       end_headers},
      {"expected, and there is none", posted({{"expect", "100-continue"}}),
       "POST / host=gyre.test expect=100-continue"},
      {"expected otherwise", posted({{"expect", "a miracle"}}), "bad request 417", end_headers},
      {"expected twice", posted({{"expect", "100-continue"}, {"expect", "100-continue"}}), "bad request 417",
       end_headers},
  });
}

TEST_CASE("heads are as large as those of HTTP/1", "[wire][h2]") {
  const H2Session::Options options{.heads = {.request_line = 100, .header_block = 1000, .fields = 4}};
  const auto fields = [](int count) {
    Fields list = with({});
    for (int i = 0; i < count; ++i) list.emplace_back("a", "b");
    return list;
  };
  // A field of so many bytes, with the 32 that each counts, beside Host with 9 + 32.
  const auto field = [](std::size_t size) { return with({{"a", std::string(size - 41 - 33, 'x')}}); };
  Fields crumbs = with({});
  for (int i = 0; i < 20; ++i) crumbs.emplace_back("cookie", "c");
  Fields more_crumbs = crumbs;
  for (int i = 0; i < 10; ++i) more_crumbs.emplace_back("cookie", "c");
  std::string cookie = "c";
  for (int i = 0; i < 19; ++i) cookie += "; c";
  // "GET ", " HTTP/1.1" and CRLF are 15.
  const std::string longest = "/" + std::string(84, 'p');
  check(
      {
          {"a target", path(longest), "GET " + longest + " host=gyre.test"},
          {"a longer target", path(longest + "q"), "bad request 414"},
          {"a long method", request_fields(std::string(200, 'M'), "/"), "bad request 414"},
          {"three fields and Host", fields(3), "GET / host=gyre.test a=b a=b a=b"},
          {"one more", fields(4), "bad request 431"},
          {"a large block", field(1000), "GET / host=gyre.test a=" + std::string(1000 - 74, 'x')},
          {"a larger one", field(1001), "bad request 431"},
          {"crumbs count as one field", crumbs, "GET / host=gyre.test cookie=" + cookie},
          {"but each has its bytes", more_crumbs, "bad request 431"},
          {"a large authority", authority(std::string(1000, 'a')), "bad request 431"},
      },
      options);
}

TEST_CASE("CONNECT has an authority, or a protocol", "[wire][h2]") {
  check({
      {"a tunnel", {{":method", "CONNECT"}, {":authority", "a:443"}}, "CONNECT a:443 host=a:443 chunked", end_headers},
      {"no port", {{":method", "CONNECT"}, {":authority", "a"}}, "bad request 400", end_headers},
      {"a path", {{":method", "CONNECT"}, {":path", "/"}, {":authority", "a:443"}}, is_reset, end_headers},
      {"no authority", {{":method", "CONNECT"}, {"host", "a:443"}}, is_reset, end_headers},
  });
  const auto extended = [](const Fields& more) {
    Fields fields = {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/chat?x"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  };
  check(
      {
          {"a protocol", extended({{":authority", "a"}, {"b", "c"}}),
           "CONNECT /chat?x host=a chunked :protocol=websocket b=c", end_headers},
          {"without an authority", extended({{"host", "a"}}), is_reset, end_headers},
          {"for GET", with({{":protocol", "websocket"}}), is_reset},
      },
      {.extended_connect = true});
}

TEST_CASE("a head can be kept as one of HTTP/1", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side server(memory);
  std::string kept;
  std::vector<gyre::wire::Field> storage(20);
  std::vector<gyre::wire::RequestHead> heads;
  struct Keeper final : gyre::wire::H2Events {
    gyre::wire::H2Stream* on_request(std::uint32_t, gyre::wire::RequestHead& head, std::string_view bytes) override {
      *text = bytes;
      head.move_fields(*fields);
      head.rebase(text->data());
      list->push_back(head);
      return nullptr;
    }
    gyre::wire::H2Stream* on_bad_request(std::uint32_t, gyre::wire::HeadError) override { return nullptr; }
    std::string* text = nullptr;
    std::vector<gyre::wire::Field>* fields = nullptr;
    std::vector<gyre::wire::RequestHead>* list = nullptr;
  } keeper;
  keeper.text = &kept;
  keeper.fields = &storage;
  keeper.list = &heads;
  const auto session = H2Session::server({}, keeper, memory, {});
  session->receive(preface() + get(1, "/a?b", {{"accept", "*/*"}, {"cookie", "a=1"}, {"cookie", "b=2"}}), {});
  server.receive(preface() + get(1, "/other/and/longer", {{"x", std::string(500, 'x')}}));  // in the same memory
  REQUIRE(heads.size() == 1);
  const gyre::wire::RequestHead& head = heads[0];
  CHECK(head.method() == gyre::Method::get);
  CHECK(head.target_form() == TargetForm::origin);
  CHECK(head.path() == "/a");
  CHECK(head.query() == "b");
  CHECK(head.host() == "gyre.test");
  CHECK(head.find(FieldId::host) == "gyre.test");
  CHECK(head.find("Accept") == "*/*");
  CHECK(head.find(FieldId::cookie) == "a=1; b=2");
  CHECK(head.field_count() == 3);
  CHECK_FALSE(head.upgrade());
}

TEST_CASE("trailers are checked as those of HTTP/1", "[wire][h2]") {
  const auto trailers = [](const Fields& fields) {
    H2HeadMemory memory;
    H2Side server(memory);
    server.receive(preface() + settings_ack() + post(1));
    server.sent();
    server.heard();
    server.receive(data(1, "x", 0) + headers(1, fields));
    const Lines heard = server.heard();
    if (heard.size() > 1) return heard[1];
    return server.frames().back();
  };
  CHECK(trailers({{"x-sum", "1"}, {"y", ""}}) == "1 end x-sum: 1\r\ny: \r\n");
  CHECK(trailers({}) == "1 end");
  for (const std::string name : {"content-length", "host", "authorization", "cookie", "transfer-encoding", ":path",
                                 ":status", "X-Upper", "trailer"}) {
    CAPTURE(name);
    CHECK(trailers({{name, "1"}}) == is_reset);
  }
}

TEST_CASE("a client checks the heads of answers", "[wire][h2]") {
  const auto answer = [](const Fields& fields, unsigned flags = end_stream | end_headers) {
    H2HeadMemory memory;
    H2Side client(memory, 0, {.heads = {.header_block = 500}});
    client.ask(request_fields("GET", "/"));
    client.sent();
    client.receive(settings() + headers(1, fields, flags));
    const Lines heard = client.heard();
    if (!heard.empty()) return heard.front();
    return client.frames().back();
  };
  CHECK(answer({{":status", "299"}, {"a", "b"}}) == "1 answer 299 a=b");
  CHECK(answer({{":status", "204"}}) == "1 answer 204");
  CHECK(answer({{":status", "99"}}) == is_reset);
  CHECK(answer({{":status", "600"}}) == is_reset);
  CHECK(answer({{":status", "101"}}) == is_reset);
  CHECK(answer({{"a", "b"}}) == is_reset);
  CHECK(answer({{":status", "200"}, {"connection", "close"}}) == is_reset);
  CHECK(answer({{":status", "200"}, {"a", std::string(500, 'x')}}) == "1 closed CANCEL");
}
