// What breaks the rules of framing and of streams, and how it is answered; and that pieces of the input do not matter.

#include <gyre/wire/h2/session.hpp>

#include <catch2/catch.hpp>
#include <h2_frames.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "h2_support.hpp"

using namespace h2_test;
using gyre::wire::H2HeadMemory;
using gyre::wire::H2Session;
using Lines = std::vector<std::string>;

namespace {

struct Case {
  std::string name;
  std::string input;  // behind the preface
  std::string last;   // the last frame of the answer
};

std::string tiny(std::uint32_t stream) { return headers(stream, request_fields("GET", "/")); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      // RFC 9113 4
      {"a frame that is too large", frame_header(16'385, Type::data, 0, 1), "GOAWAY 0 6"},
      {"a continuation that is too large", headers(1, "", 0) + frame_header(16'385, Type::continuation, 0, 1),
       "GOAWAY 1 6"},
      {"no room for the length of the padding", post(1) + frame(Type::data, padded, 1, ""), "GOAWAY 1 6"},
      {"a frame of an unknown type", frame(static_cast<Type>(99), 255, 7, "whatever") + ping(), "PING ACK"},
      {"a header block that is no HPACK", headers(1, std::string_view("\xff\xff\xff\xff\xff\xff\xff")), "GOAWAY 1 9"},
      {"an index that is in no table", headers(1, std::string_view(indexed(99))), "GOAWAY 1 9"},
      {"a table larger than agreed on", headers(1, std::string_view(table_size(5000))), "GOAWAY 1 9"},
      {"frames within a header block", headers(1, block(request_fields("GET", "/")), end_stream) + ping(),
       "GOAWAY 1 1"},
      // 5.1
      {"DATA on an idle stream", data(1, "x"), "GOAWAY 0 1"},
      {"WINDOW_UPDATE on an idle stream", window_update(1, 1), "GOAWAY 0 1"},
      {"RST_STREAM on an idle stream", rst_stream(1, 8), "GOAWAY 0 1"},
      {"CONTINUATION out of nowhere", continuation(1, ""), "GOAWAY 0 1"},
      {"DATA behind the end", tiny(1) + data(1, "x"), "GOAWAY 1 5"},
      {"HEADERS behind the end", tiny(1) + tiny(1), "GOAWAY 1 5"},
      {"HEADERS behind the client's reset", post(1) + rst_stream(1, 8) + tiny(1), "GOAWAY 1 5"},
      {"DATA behind the client's reset", post(1) + rst_stream(1, 8) + data(1, "x"), "GOAWAY 1 5"},
      {"WINDOW_UPDATE behind the client's reset", post(1) + rst_stream(1, 8) + window_update(1, 5) + ping(),
       "PING ACK"},
      {"a stream of even number", tiny(2), "GOAWAY 0 1"},
      {"a stream that was left out", tiny(5) + tiny(3), "GOAWAY 5 1"},
      {"a stream far below that was left out", tiny(1) + tiny(101) + tiny(51), "GOAWAY 101 1"},
      // 6
      {"DATA on no stream", data(0, "x"), "GOAWAY 0 1"},
      {"padding longer than the frame", post(1) + frame(Type::data, padded, 1, "\x05xyz"), "GOAWAY 1 1"},
      {"HEADERS on no stream", tiny(0), "GOAWAY 0 1"},
      {"PRIORITY on no stream", priority(0), "GOAWAY 0 1"},
      {"PRIORITY that depends on its own stream", priority(1, 1), "GOAWAY 0 1"},
      {"PRIORITY of another size", frame(Type::priority, 0, 1, "1234"), "GOAWAY 0 6"},
      {"RST_STREAM on no stream", rst_stream(0, 8), "GOAWAY 0 1"},
      {"RST_STREAM of another size", post(1) + frame(Type::rst_stream, 0, 1, "123"), "GOAWAY 1 6"},
      {"SETTINGS on a stream", frame(Type::settings, 0, 1, ""), "GOAWAY 0 1"},
      {"SETTINGS of another size", frame(Type::settings, 0, 0, "1234567"), "GOAWAY 0 6"},
      {"an acknowledgement with entries", frame(Type::settings, ack, 0, "123456"), "GOAWAY 0 6"},
      {"ENABLE_PUSH of 2", settings({{enable_push, 2}}), "GOAWAY 0 1"},
      {"a window that is too large", settings({{initial_window_size, 0x80000000U}}), "GOAWAY 0 3"},
      {"a frame size that is too small", settings({{max_frame_size, 16'383}}), "GOAWAY 0 1"},
      {"an unknown setting", settings({{250, 7}}), "SETTINGS ACK"},
      {"PUSH_PROMISE of a client", frame(Type::push_promise, end_headers, 1, number(2, 4)), "GOAWAY 0 1"},
      {"PING on a stream", frame(Type::ping, 0, 1, "12345678"), "GOAWAY 0 1"},
      {"PING of another size", frame(Type::ping, 0, 0, "1234567"), "GOAWAY 0 6"},
      {"GOAWAY on a stream", frame(Type::goaway, 0, 1, "12345678"), "GOAWAY 0 1"},
      {"WINDOW_UPDATE by nothing on the connection", window_update(0, 0), "GOAWAY 0 1"},
      {"WINDOW_UPDATE by nothing on a stream", post(1) + window_update(1, 0), "GOAWAY 1 1"},
      {"the connection's window beyond its most", window_update(0, 0x7fffffff), "GOAWAY 0 3"},
      {"a stream's window beyond its most", post(1) + window_update(1, 0x7fffffff), "RST_STREAM 1 3"},
      {"WINDOW_UPDATE of another size", frame(Type::window_update, 0, 0, "123"), "GOAWAY 0 6"},
      {"HEADERS that end nothing behind HEADERS", post(1) + headers(1, Fields{{"a", "b"}}, end_headers),
       "RST_STREAM 1 1"},
      // RFC 9218
      {"PRIORITY_UPDATE on a stream", frame(Type::priority_update, 0, 1, number(1, 4)), "GOAWAY 0 1"},
      {"PRIORITY_UPDATE of no stream", priority_update(0, "u=1"), "GOAWAY 0 1"},
      {"PRIORITY_UPDATE of a pushed stream", priority_update(2, "u=1"), "GOAWAY 0 1"},
      {"PRIORITY_UPDATE without a number", frame(Type::priority_update, 0, 0, "123"), "GOAWAY 0 6"},
      {"PRIORITY_UPDATE of another time",
       get(1) + priority_update(1, "u=1, i") + priority_update(3, "u=9;a, x=1") + ping(), "PING ACK"},
      // 8
      {"less body than was said", post(1, "/", {{"content-length", "4"}}) + data(1, "abc"), "RST_STREAM 1 1"},
      {"more body than was said", post(1, "/", {{"content-length", "1"}}) + data(1, "a", 0) + data(1, "b", 0),
       "RST_STREAM 1 1"},
      {"no body though one was said", headers(1, request_fields("GET", "/", {{"content-length", "4"}})),
       "RST_STREAM 1 1"},
  };
  return all;
}

/// Everything that a server says and does about an input.
struct Outcome {
  Lines heard;
  std::string sent;
  bool is_finished = false;
  bool operator==(const Outcome&) const = default;
};

template <class Feed>
Outcome outcome(Feed feed) {
  H2HeadMemory memory;
  H2Side server(memory);
  feed(server);
  Outcome result;
  result.sent = server.sent();
  result.is_finished = server.session->finished();
  result.heard = server.heard();
  return result;
}

void check_pieces(const std::string& input) {
  const Outcome whole = outcome([&](H2Side& server) { server.receive(input); });
  for (std::size_t i = 1; i < input.size(); ++i) {
    const Outcome split = outcome([&](H2Side& server) {
      if (server.receive(input.substr(0, i))) server.receive(input.substr(i));
    });
    if (!(split == whole)) {
      CAPTURE(i);
      CHECK(split.heard == whole.heard);
      CHECK(describe(split.sent) == describe(whole.sent));
      REQUIRE(split == whole);
    }
  }
  const Outcome bytes = outcome([&](H2Side& server) {
    for (const char c : input) server.receive({&c, 1});
  });
  CHECK(bytes.heard == whole.heard);
  CHECK(describe(bytes.sent) == describe(whole.sent));
  CHECK(bytes == whole);
}

}  // namespace

TEST_CASE("what breaks a rule is answered by its code", "[wire][h2]") {
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    H2HeadMemory memory;
    H2Side server(memory);
    server.receive(preface() + settings_ack());
    server.sent();
    server.receive(one.input);
    const Lines frames = server.frames();
    CHECK((frames.empty() ? "" : frames.back()) == one.last);
    CHECK(server.session->finished() == one.last.starts_with("GOAWAY"));
    CHECK((server.session->error() != gyre::wire::H2Error::no_error) == one.last.starts_with("GOAWAY"));
    CHECK(server.session->exceeded() == gyre::wire::H2Limit::none);
  }
}

TEST_CASE("pieces of the input do not matter, whatever it is", "[wire][h2]") {
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    check_pieces(preface() + settings_ack() + one.input);
  }
  check_pieces(preface({{header_table_size, 0}}) + settings_ack() + priority(3) +
               headers(1, std::string_view(number(0, 5) + block(request_fields("GET", "/"))),
                       end_stream | end_headers | with_priority) +
               post(3, "/a?b", {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}}) + padded_data(3, "abc", 7, 0) +
               window_update(3, 100) + data(3, "def", 0) + headers(3, Fields{{"x-sum", "1"}}) + ping() +
               headers(5, std::string_view(block(request_fields("GET", "/5"))).substr(0, 20), end_stream) +
               continuation(5, std::string_view(block(request_fields("GET", "/5"))).substr(20, 9), 0) +
               continuation(5, std::string_view(block(request_fields("GET", "/5"))).substr(29)) + goaway(0, 0));
}

TEST_CASE("a connection begins with the preface and settings", "[wire][h2]") {
  H2HeadMemory memory;
  const std::string wrong = GENERATE(as<std::string>{}, "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                     "PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", std::string(gyre::wire::h2_preface) + ping());
  H2Side server(memory);
  server.receive(wrong);
  CHECK(server.frames() == Lines{"SETTINGS", "GOAWAY 0 1"});
  CHECK(server.session->finished());
}

TEST_CASE("what was on its way when we reset a stream is let pass", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side server(memory);
  server.receive(preface() + settings_ack() + post(1) + post(3));
  server.session->reset(1, gyre::wire::H2Error::cancel);
  server.session->reset(3, gyre::wire::H2Error::cancel);
  server.sent();
  server.heard();
  CHECK(server.receive(data(1, "late") + headers(3, Fields{{"late", "trailer"}}) + window_update(1, 5) +
                       rst_stream(3, 8) + get(5, "/5", {{"x", "y"}})));
  CHECK(server.heard() == Lines{"5 GET /5 host=gyre.test x=y", "5 end"});
}

TEST_CASE("more streams than agreed on are refused", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side server(memory, {.limits = {.streams = 2}});
  server.receive(preface() + get(1) + get(3) + get(5));
  const Lines frames = server.frames();
  CHECK(frames.back() == "RST_STREAM 5 7");
  CHECK(server.session->open_streams() == 2);
  server.receive(settings_ack() + get(7));
  CHECK(server.frames() == Lines{"RST_STREAM 7 7"});
  CHECK_FALSE(server.session->finished());
  server.session->respond(1, {}, H2Session::Body::none);
  server.sent();
  server.heard();
  server.receive(get(9));
  CHECK(server.heard() == Lines{"9 GET / host=gyre.test", "9 end"});
}
