// A session of HTTP/2 whose memory runs out, at each place where it can.

#include <gyre/testing/allocation.hpp>
#include <gyre/wire/h2/session.hpp>

#include <catch2/catch.hpp>
#include <h2_frames.hpp>

#include <array>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

using namespace h2_test;
using gyre::Status;
using gyre::testing::AllocationFault;
using gyre::testing::fail_each_allocation;
using gyre::wire::H2Error;
using gyre::wire::H2HeadMemory;
using gyre::wire::H2Piece;
using gyre::wire::H2Session;

namespace {

/// Answers each request with a body and trailers, and counts what is over.
class Counter final : public gyre::wire::H2Events, public gyre::wire::H2Stream {
 public:
  gyre::wire::H2Stream* on_request(std::uint32_t stream, gyre::wire::RequestHead&, std::string_view) override {
    session->inform(stream, Status::early_hints, "link: </a>\r\n");
    session->respond(stream, {.framing = gyre::wire::BodyFraming::none, .fields = fields}, H2Session::Body::follows);
    ++begun;
    return this;
  }
  gyre::wire::H2Stream* on_bad_request(std::uint32_t, gyre::wire::HeadError) override { return nullptr; }
  void on_data(std::string_view data) override { session->consumed(1, data.size()); }
  void on_end(std::string_view) override {}
  void on_closed(H2Error) noexcept override { ++closed; }
  H2Piece next_piece(std::size_t) noexcept override { return {H2Piece::State::last, "body"}; }
  void body_taken(std::size_t) noexcept override {}
  std::string_view trailers() noexcept override { return "x-sum: 1\r\n"; }

  H2Session* session = nullptr;
  std::string_view fields;
  int begun = 0;
  int closed = 0;
};

/// True once the session has sent all.
bool send_all(H2Session& session, std::span<char> room) {
  while (session.wants_send()) {
    if (session.send(room) == 0) break;
  }
  return !session.wants_send();
}

}  // namespace

TEST_CASE("a server's session survives that memory runs out", "[wire][h2]") {
  const std::string slow = get(3, "/slow", {{"cookie", "a=1"}, {"x", std::string(100, 'x')}, {"cookie", "b=2"}});
  const std::string first = preface() + settings_ack() + priority_update(1, "u=1") +
                            post(1, "/", {{"cookie", "a=1"}, {"cookie", "b=2"}, {"x", std::string(500, 'x')}}) +
                            data(1, std::string(9000, 'd'), 0) + headers(1, Fields{{"x-sum", "1"}}) + ping() +
                            slow.substr(0, 30);
  const std::string rest = slow.substr(30) + get(5) + rst_stream(5, 8) + window_update(0, 100);
  std::string lines;
  for (int i = 0; i < 40; ++i) lines += "x-field-" + std::to_string(i) + ": " + std::string(700, '~') + "\r\n";
  std::string room(H2Session::send_min, '\0');
  int good = 0;
  const std::uint64_t runs = fail_each_allocation([&](AllocationFault& fault) {
    Counter counter;
    counter.fields = lines;
    bool is_done = false;
    try {
      fault.begin();
      H2HeadMemory memory;
      const auto session = H2Session::server({.limits = {.stream_window = 10'000}}, counter, memory, {});
      counter.session = session.get();
      is_done = session->receive(first, {}) && send_all(*session, room) && session->receive(rest, {}) &&
                send_all(*session, room);
      session->ping();
      session->reset(3, H2Error::cancel);
      session->announce_goaway();
      session->goaway();
      is_done = is_done && send_all(*session, room) && session->finished();
      fault.end();
      if (!is_done) CHECK(session->finished());
    } catch (const std::bad_alloc&) {
      fault.end();
    }
    if (is_done && !fault.failed()) ++good;
    // An owner that on_request has not named yet hears nothing.
    CHECK((counter.closed == counter.begun || counter.closed + 1 == counter.begun));
    if (is_done) CHECK(counter.closed == 3);
  });
  CHECK(runs > 3);
  CHECK(good == 1);
}

TEST_CASE("a client's session survives that memory runs out", "[wire][h2]") {
  const std::string answer = settings() + headers(1, Fields{{":status", "103"}, {"link", "</a>"}}, end_headers) +
                             headers(1, Fields{{":status", "200"}, {"x", std::string(300, 'x')}}, end_headers) +
                             data(1, "body", 0) + headers(1, Fields{{"x-sum", "1"}});
  std::string room(H2Session::send_min, '\0');
  constexpr std::array<gyre::wire::H2Field, 4> fields = {
      {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "gyre.test"}}};
  int good = 0;
  const std::uint64_t runs = fail_each_allocation([&](AllocationFault& fault) {
    Counter counter;
    bool is_done = false;
    try {
      fault.begin();
      H2HeadMemory memory;
      const auto session = H2Session::client({}, counter, memory, {});
      counter.session = session.get();
      counter.begun = session->request(fields, counter, H2Session::Body::follows) != 0 ? 1 : 0;
      is_done = send_all(*session, room) && session->receive(answer, {}) && send_all(*session, room);
      fault.end();
    } catch (const std::bad_alloc&) {
      fault.end();
    }
    if (is_done && !fault.failed()) ++good;
    CHECK(counter.closed == counter.begun);
  });
  CHECK(runs > 3);  // under a sanitizer the C library's are not counted
  CHECK(good == 1);
}
