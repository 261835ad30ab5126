#include <gyre/wire/h2/session.hpp>

#include <catch2/catch.hpp>
#include <h2_frames.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#include "h2_support.hpp"

using namespace h2_test;
using gyre::Status;
using gyre::wire::H2Error;
using gyre::wire::H2HeadMemory;
using gyre::wire::H2Session;
using Body = H2Session::Body;
using Lines = std::vector<std::string>;

namespace {

/// A server that has the client's preface behind it.
struct Server {
  explicit Server(const H2Session::Options& options = {},
                  std::initializer_list<std::pair<unsigned, std::uint32_t>> entries = {})
      : side(memory, options) {
    REQUIRE(side.receive(preface(entries) + settings_ack()));
    side.sent();
  }

  H2HeadMemory memory;
  H2Side side;
};

}  // namespace

TEST_CASE("a server greets with its settings and the connection's window", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side server(memory, H2Session::Options{.extended_connect = true});
  const auto first = read_frames(server.sent());
  REQUIRE(first.size() == 2);
  CHECK(first[0].type == Type::settings);
  const std::string_view entries = first[0].payload;
  const auto has = [&](unsigned id, std::uint32_t value) {
    return entries.find(number(id, 2) + number(value, 4)) != std::string_view::npos;
  };
  CHECK(has(max_concurrent_streams, 100));
  CHECK(has(initial_window_size, 256 * 1024));
  CHECK(has(max_header_list_size, 32 * 1024));
  CHECK(has(no_rfc7540_priorities, 1));
  CHECK(has(enable_connect_protocol, 1));
  CHECK(describe(first[1]) == "WINDOW_UPDATE 0 " + std::to_string(1024 * 1024 - 65'535));

  CHECK(server.receive(preface()));
  CHECK(server.frames() == Lines{"SETTINGS ACK"});
  CHECK(server.receive(ping()));
  CHECK(server.frames() == Lines{"PING ACK"});
  CHECK_FALSE(server.session->finished());
}

TEST_CASE("a client greets with the preface and takes no pushes", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side client(memory, 0);
  std::string bytes = client.sent();
  REQUIRE(bytes.starts_with(gyre::wire::h2_preface));
  const auto frames = read_frames(bytes.substr(gyre::wire::h2_preface.size()));
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].payload.find(number(enable_push, 2) + number(0, 4)) != std::string::npos);
}

TEST_CASE("a request is answered, with names in lower case and nothing of the connection", "[wire][h2]") {
  H2Pair pair;
  pair.server.asked = [&](std::uint32_t number, gyre::wire::RequestHead& head) {
    CHECK(head.version_major() == 2);
    CHECK(head.version_minor() == 0);
    CHECK(head.keep_alive());
    CHECK_FALSE(head.has_body());
    CHECK(head.path() == "/a");
    CHECK(head.query() == "b=c");
    H2Side::Stream& stream = *pair.server.streams.at(number);
    stream.body = "Hello, World!";
    CHECK(pair.server.session->respond(number,
                                       {.content_length = 13,
                                        .common_fields = "Server: gyre\r\nConnection: close\r\n",
                                        .content_type = "text/plain",
                                        .fields = "X-Answer: 42\r\nTransfer-Encoding: chunked\r\nKEEP-ALIVE: x\r\n"
                                                  "Upgrade: h3\r\nProxy-Connection: close\r\n"},
                                       Body::follows));
    CHECK_FALSE(pair.server.session->respond(number, {}, Body::none));
  };
  CHECK(pair.client.ask(request_fields("GET", "/a?b=c", {{"accept", "*/*"}})) == 1);
  CHECK(pair.client.session->open_streams() == 1);
  pair.run();
  CHECK(pair.server.heard() == Lines{"1 GET /a?b=c host=gyre.test accept=*/*", "1 end", "1 closed NO_ERROR"});
  CHECK(pair.client.heard() == Lines{"1 answer 200 server=gyre content-type=text/plain content-length=13 x-answer=42",
                                     "1 data Hello, World!", "1 end", "1 closed NO_ERROR"});
  CHECK(pair.client.session->open_streams() == 0);
  CHECK(pair.server.session->open_streams() == 0);
}

TEST_CASE("an answer without a body ends with its head", "[wire][h2]") {
  Server server;
  server.side.receive(get(1));
  CHECK(server.side.session->respond(1, {.status = Status::no_content, .framing = gyre::wire::BodyFraming::none},
                                     Body::none));
  CHECK(server.side.frames() == Lines{"HEADERS 1 END_STREAM"});
  server.side.receive(get(3));
  server.side.answer(3, "");
  CHECK(server.side.frames() == Lines{"HEADERS 3", "DATA 3 0 END_STREAM"});
}

TEST_CASE("a bad content type is not sent", "[wire][h2]") {
  Server server;
  server.side.receive(get(1));
  CHECK_FALSE(server.side.session->respond(1, {.content_type = "text/plain\r\nX: y"}, Body::none));
  CHECK(server.side.session->respond(1, {.content_type = "text/plain"}, Body::none));
  CHECK_FALSE(server.side.session->respond(3, {}, Body::none));
}

TEST_CASE("the peer may send as much as has been used", "[wire][h2]") {
  Server server({.limits = {.stream_window = 1000, .connection_window = 70'000}});
  server.side.asked = [&](std::uint32_t number, gyre::wire::RequestHead& head) {
    CHECK(head.has_body());
    server.side.streams.at(number)->consumes = false;
  };
  CHECK(server.side.receive(post(1) + data(1, std::string(600, 'a'), 0)));
  CHECK(server.side.frames().empty());
  server.side.session->consumed(1, 400);
  CHECK(server.side.frames().empty());     // not worth a frame yet
  server.side.session->consumed(1, 1000);  // more than there is
  CHECK(server.side.frames() == Lines{"WINDOW_UPDATE 1 600"});
  CHECK(server.side.receive(data(1, std::string(1000, 'a'), 0)));
  CHECK(server.side.frames().empty());
  CHECK(server.side.receive(data(1, "b", 0)));
  CHECK(server.side.frames() == Lines{"RST_STREAM 1 3"});
  CHECK(server.side.heard().back() == "1 closed FLOW_CONTROL_ERROR");
}

TEST_CASE("what a stream leaves unused goes back to the connection", "[wire][h2]") {
  Server server({.limits = {.stream_window = 40'000, .connection_window = 70'000}});
  server.side.asked = [&](std::uint32_t number, gyre::wire::RequestHead&) {
    server.side.streams.at(number)->consumes = false;
  };
  std::string body;
  for (int i = 0; i < 4; ++i) body += data(1, std::string(10'000, 'a'), 0);
  CHECK(server.side.receive(post(1) + body));
  CHECK(server.side.frames().empty());
  CHECK(server.side.receive(rst_stream(1, 8)));
  CHECK(server.side.heard().back() == "1 closed CANCEL");
  CHECK(server.side.frames() == Lines{"WINDOW_UPDATE 0 40000"});
}

TEST_CASE("a body waits for the peer's windows", "[wire][h2]") {
  Server server({}, {{initial_window_size, 20'000}});
  server.side.receive(get(1));
  server.side.answer(1, std::string(100'000, 'x'));
  CHECK(server.side.session->window(1) == 20'000);
  CHECK(server.side.frames() == Lines{"HEADERS 1", "DATA 1 16384", "DATA 1 3616"});
  CHECK_FALSE(server.side.session->wants_send());
  CHECK(server.side.session->window(1) == 0);
  server.side.receive(window_update(1, 1'000'000));
  CHECK(server.side.session->window(1) == 65'535 - 20'000);
  CHECK(server.side.frames() == Lines{"DATA 1 16384", "DATA 1 16384", "DATA 1 12767"});
  CHECK_FALSE(server.side.session->wants_send());
  server.side.receive(window_update(0, 1'000'000));
  CHECK(server.side.frames() == Lines{"DATA 1 16384", "DATA 1 16384", "DATA 1 1697 END_STREAM"});
  CHECK(server.side.streams.at(1)->taken == 100'000);
  CHECK(server.side.heard().back() == "1 closed NO_ERROR");
}

TEST_CASE("a body that waits goes on when it is resumed", "[wire][h2]") {
  Server server;
  server.side.receive(get(1));
  H2Side::Stream& stream = *server.side.streams.at(1);
  stream.is_complete = false;
  server.side.session->respond(1, {.framing = gyre::wire::BodyFraming::chunked}, Body::follows);
  CHECK(server.side.frames() == Lines{"HEADERS 1"});
  CHECK_FALSE(server.side.session->wants_send());
  stream.body = "abc";
  CHECK_FALSE(server.side.session->wants_send());
  server.side.session->resume(1);
  CHECK(server.side.frames() == Lines{"DATA 1 3"});
  server.side.session->resume(1);
  CHECK(server.side.frames().empty());
  stream.is_complete = true;
  server.side.session->resume(1);
  CHECK(server.side.frames() == Lines{"DATA 1 0 END_STREAM"});
}

TEST_CASE("trailers go both ways", "[wire][h2]") {
  H2Pair pair;
  pair.client.ask(request_fields("POST", "/", {{"content-length", "3"}}), Body::follows);
  pair.client.streams.at(1)->body = "abc";
  pair.client.streams.at(1)->sent_trailers = "X-Sum: 6\r\nx-more: \r\n";
  pair.run();
  CHECK(pair.server.heard() ==
        Lines{"1 POST / host=gyre.test length=3 content-length=3", "1 data abc", "1 end x-sum: 6\r\nx-more: \r\n"});
  pair.server.streams.at(1)->sent_trailers = "Grpc-Status: 0\r\n";
  SECTION("behind a body") {
    pair.server.answer(1, "ok");
    pair.run();
    CHECK(pair.client.heard() ==
          Lines{"1 answer 200 content-length=2", "1 data ok", "1 end grpc-status: 0\r\n", "1 closed NO_ERROR"});
  }
  SECTION("behind none") {
    pair.server.session->respond(1, {.framing = gyre::wire::BodyFraming::none}, Body::follows);
    CHECK(pair.server.frames() == Lines{"HEADERS 1", "HEADERS 1 END_STREAM"});
  }
}

TEST_CASE("interim answers come before the final one", "[wire][h2]") {
  H2Pair pair;
  pair.client.ask(request_fields("POST", "/", {{"expect", "100-continue"}}), Body::follows);
  pair.client.streams.at(1)->is_complete = false;
  pair.run();
  CHECK(pair.server.heard() == Lines{"1 POST / host=gyre.test chunked expects expect=100-continue"});
  H2Session& session = *pair.server.session;
  CHECK(session.inform(1, Status::continue_, {}));
  CHECK(session.inform(1, Status::early_hints, "Link: </a.css>\r\nConnection: x\r\n"));
  CHECK_FALSE(session.inform(1, Status::switching_protocols, {}));
  CHECK_FALSE(session.inform(1, Status::ok, {}));
  CHECK_FALSE(session.inform(3, Status::continue_, {}));
  pair.run();
  CHECK(session.respond(1, {.content_length = 0}, Body::none));
  CHECK_FALSE(session.inform(1, Status::continue_, {}));
  pair.run();
  CHECK(pair.client.heard() == Lines{"1 answer 100", "1 answer 103 link=</a.css>", "1 answer 200 content-length=0",
                                     "1 end", "1 closed NO_ERROR"});
}

TEST_CASE("streams whose client says nothing take turns", "[wire][h2]") {
  Server server({}, {{initial_window_size, 1'000'000}});
  server.side.receive(window_update(0, 1'000'000));
  const std::string body(40'000, 'x');
  const auto order = [&] {
    std::string numbers;
    for (const ReadFrame& frame : read_frames(server.side.sent(1 << 20U))) {
      if (frame.type == Type::data) numbers += std::to_string(frame.stream);
    }
    return numbers;
  };
  SECTION("frame by frame") {
    server.side.receive(get(1) + get(3) + get(5));
    for (const std::uint32_t number : {1U, 3U, 5U}) server.side.answer(number, body);
    CHECK(order() == "135135135");
  }
  SECTION("those of one kind that is not incremental come one after another") {
    server.side.receive(get(1, "/", {{"priority", "u=3"}}) + get(3, "/", {{"priority", "u=3"}}));
    for (const std::uint32_t number : {3U, 1U}) server.side.answer(number, body);
    CHECK(order() == "111333");
  }
  SECTION("more urgent ones come first") {
    server.side.receive(get(1, "/", {{"priority", "u=5"}}) + get(3) + get(5, "/", {{"priority", "u=0, i"}}));
    for (const std::uint32_t number : {1U, 3U, 5U}) server.side.answer(number, body);
    CHECK(order() == "555333111");
  }
  SECTION("the client thinks again") {
    server.side.receive(get(1) + get(3) + priority_update(3, "u=1"));
    for (const std::uint32_t number : {1U, 3U}) server.side.answer(number, body);
    CHECK(order() == "333111");
  }
  SECTION("before it asks, what it says last counts, and not the field") {
    server.side.receive(priority_update(3, "u=5") + priority_update(3, "u=1") + get(1) +
                        get(3, "/", {{"priority", "u=6"}}));
    for (const std::uint32_t number : {1U, 3U}) server.side.answer(number, body);
    CHECK(order() == "333111");
  }
  SECTION("what is no priority, or too long for one, is ignored") {
    server.side.receive(priority_update(3, "U!") + priority_update(3, std::string(100, 'u')) + get(1) + get(3) +
                        priority_update(3, "u=1,"));
    for (const std::uint32_t number : {1U, 3U}) server.side.answer(number, body);
    CHECK(order() == "131313");
  }
  SECTION("or thinks before it asks") {
    server.side.receive(priority_update(3, "u=1") + get(1) + get(3));
    for (const std::uint32_t number : {1U, 3U}) server.side.answer(number, body);
    CHECK(order() == "333111");
  }
}

TEST_CASE("a priority that comes before its request leaves nothing behind", "[wire][h2]") {
  Server server;
  for (std::uint32_t number = 1; number < 1000; number += 2) {
    server.side.now += std::chrono::seconds(1);
    REQUIRE(server.side.receive(priority_update(number, "u=1") + priority_update(number + 2, "u=2") + get(number)));
    server.side.answer(number, "x");
    server.side.sent();
    REQUIRE(server.side.streams.at(number)->is_closed);
  }
  server.side.session->goaway();
  server.side.sent();
  CHECK(server.side.session->finished());
}

TEST_CASE("a server leaves in two steps", "[wire][h2]") {
  H2Pair pair;
  pair.client.ask(request_fields("GET", "/1"));
  pair.run();
  pair.server.session->announce_goaway();
  CHECK(pair.server.frames() == Lines{"GOAWAY 2147483647 0"});
  CHECK_FALSE(pair.server.session->finished());
  // What is on its way is served.
  pair.client.ask(request_fields("GET", "/3"));
  pair.run();
  CHECK(pair.server.heard().back() == "3 end");
  pair.server.session->goaway();
  CHECK(pair.server.frames() == Lines{"GOAWAY 3 0"});
  pair.client.ask(request_fields("GET", "/5"));
  pair.run();
  CHECK(pair.server.heard().empty());
  for (const std::uint32_t number : {1U, 3U}) {
    CHECK_FALSE(pair.server.session->finished());
    pair.server.answer(number, "bye");
  }
  pair.run();
  CHECK(pair.server.session->finished());
  CHECK(pair.server.session->error() == H2Error::no_error);
}

TEST_CASE("a client hears of the server's leaving", "[wire][h2]") {
  H2Pair pair;
  pair.client.ask(request_fields("GET", "/1"));
  pair.client.ask(request_fields("GET", "/3"));
  pair.client.sent();  // never arrives
  pair.client.receive(settings() + goaway(1, 0));
  CHECK(pair.client.heard() == Lines{"0 goaway 1 NO_ERROR", "3 closed REFUSED_STREAM"});
  pair.client.ask(request_fields("GET", "/5"));
  pair.client.sent();
  CHECK(pair.client.heard() == Lines{"5 closed REFUSED_STREAM"});
}

TEST_CASE("a stream is given up by either side, or refused", "[wire][h2]") {
  Server server;
  server.side.receive(post(1) + get(3));
  server.side.heard();
  SECTION("by the client") {
    server.side.receive(rst_stream(1, 8));
    CHECK(server.side.heard() == Lines{"1 closed CANCEL"});
    CHECK_FALSE(server.side.session->respond(1, {}, Body::none));
    server.side.receive(rst_stream(3, 77));
    CHECK(server.side.heard() == Lines{"3 closed INTERNAL_ERROR"});
    CHECK(server.side.session->open_streams() == 0);
  }
  SECTION("by the server, once") {
    server.side.session->reset(1, H2Error::cancel);
    server.side.session->reset(1, H2Error::internal_error);
    server.side.session->reset(99, H2Error::cancel);
    CHECK_FALSE(server.side.session->respond(1, {}, Body::none));
    CHECK(server.side.heard().empty());
    CHECK(server.side.frames() == Lines{"RST_STREAM 1 8"});
    CHECK(server.side.heard() == Lines{"1 closed CANCEL"});
    // What was on its way is nobody's.
    CHECK(server.side.receive(data(1, "late")));
    CHECK(server.side.heard().empty());
  }
  SECTION("by the server behind its answer, which needs no more of the request") {
    server.side.answer(1, "enough");
    CHECK(server.side.frames() == Lines{"HEADERS 1", "DATA 1 6 END_STREAM", "RST_STREAM 1 0"});
    CHECK(server.side.heard() == Lines{"1 closed NO_ERROR"});
  }
  SECTION("from the beginning") {
    server.side.refuses = true;
    server.side.receive(get(5));
    CHECK(server.side.frames() == Lines{"RST_STREAM 5 7"});
  }
  SECTION("with the session") {
    server.side.session = nullptr;
    CHECK(server.side.heard() == Lines{"1 closed INTERNAL_ERROR", "3 closed INTERNAL_ERROR"});
  }
}

TEST_CASE("who asks may go before the request is sent", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side client(memory, 0);
  const std::uint32_t number = client.ask(request_fields("POST", "/"), Body::follows);
  client.session->forget(number);
  client.streams.clear();
  CHECK(client.session->open_streams() == 0);
  SECTION("with the session") { client.session = nullptr; }
  SECTION("and it is sent without a body that is whole") { CHECK_FALSE(client.sent().empty()); }
  CHECK(client.heard().empty());
}

TEST_CASE("a terminated session sends its GOAWAY and no more", "[wire][h2]") {
  Server server;
  server.side.receive(get(1));
  server.side.answer(1, "body");
  server.side.session->terminate(H2Error::inadequate_security);
  CHECK(server.side.session->wants_send());
  CHECK_FALSE(server.side.session->finished());
  CHECK_FALSE(server.side.receive(get(3)));
  CHECK(server.side.frames() == Lines{"GOAWAY 1 12"});
  CHECK(server.side.session->finished());
  CHECK(server.side.session->error() == H2Error::inadequate_security);
  CHECK(server.side.session->exceeded() == gyre::wire::H2Limit::none);
}

TEST_CASE("an event that terminates the session is the last one", "[wire][h2]") {
  Server server;
  server.side.asked = [&](std::uint32_t number, gyre::wire::RequestHead&) {
    if (number == 3) server.side.session->terminate(H2Error::internal_error);
  };
  CHECK_FALSE(server.side.receive(post(1) + get(3) + data(1, "late") + get(5)));
  CHECK(server.side.heard() == Lines{"1 POST / host=gyre.test chunked", "3 GET / host=gyre.test"});
  CHECK(server.side.frames() == Lines{"GOAWAY 3 2"});
  CHECK(server.side.session->finished());
}

TEST_CASE("a large head is sent in pieces, and nobody else writes into it", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side first(memory);
  H2Side second(memory);
  for (H2Side* side : {&first, &second}) {
    side->receive(preface() + get(1));
    side->sent();
  }
  std::string lines;
  for (int i = 0; i < 60; ++i) lines += "x-field-" + std::to_string(i) + ": " + std::string(1000, '~') + "\r\n";
  std::string buffer(H2Session::send_min, '\0');
  std::string sent;
  first.session->respond(1, {.content_length = 0, .fields = lines}, Body::none);
  while (first.session->wants_send()) {
    sent.append(buffer, 0, first.session->send(buffer));
    second.receive(ping());
    CHECK(second.frames() == Lines{"PING ACK"});
  }
  H2Side client(memory, 0, {.heads = {.header_block = 100'000}});
  client.ask(request_fields("GET", "/"));
  client.sent();
  CHECK(client.receive(settings() + sent));
  const Lines heard = client.heard();
  REQUIRE(heard.size() >= 1);
  CHECK(heard[0].size() > 60'000);
  CHECK(heard[0].ends_with(" x-field-59=" + std::string(1000, '~')));
}

TEST_CASE("a head that arrives slowly keeps its memory", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side first(memory);
  H2Side second(memory);
  first.receive(preface());
  second.receive(preface());
  const std::string slow = get(1, "/early", {{"x-text", std::string(300, 's')}});
  const std::string other = get(1, "/later", {{"x-text", std::string(300, 'o')}});
  for (std::size_t i = 0; i < slow.size(); ++i) {
    first.receive(slow.substr(i, 1));
    CHECK((first.session->head_under_way() != 0) == (i >= 8 && i + 1 < slow.size()));
    second.receive(other.substr(i, 1));
  }
  CHECK(first.heard() == Lines{"1 GET /early host=gyre.test x-text=" + std::string(300, 's'), "1 end"});
  CHECK(second.heard() == Lines{"1 GET /later host=gyre.test x-text=" + std::string(300, 'o'), "1 end"});
}

TEST_CASE("what an event throws comes out, and the session has failed", "[wire][h2]") {
  Server server;
  server.side.asked = [](std::uint32_t, gyre::wire::RequestHead&) { throw std::runtime_error("no"); };
  CHECK_THROWS_AS(server.side.receive(get(1)), std::runtime_error);
  CHECK(server.side.session->finished());
  CHECK_FALSE(server.side.session->wants_send());
  CHECK_FALSE(server.side.receive(get(3)));
  std::string room(H2Session::send_min, '\0');
  CHECK(server.side.session->send(room) == 0);
}
