// A server's session of HTTP/2, without I/O: a request comes in, an answer of 13 bytes goes out; and what an idle one
// holds.

#include <gyre/wire/h2/session.hpp>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using gyre::wire::H2HeadMemory;
using gyre::wire::H2Piece;
using gyre::wire::H2Session;

constexpr std::string_view preface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

/// Answers each request at once.
class Server final : public gyre::wire::H2Events, public gyre::wire::H2Stream {
 public:
  Server() : session_(H2Session::server({}, *this, memory_, {})), room_(64UL * 1024) { receive(preface); }

  void receive(std::string_view bytes) {
    session_->receive(bytes, {});
    while (session_->wants_send()) {
      if (session_->send(room_) == 0) break;
    }
  }

  gyre::wire::H2Stream* on_request(std::uint32_t stream, gyre::wire::RequestHead& /*head*/,
                                   std::string_view /*bytes*/) override {
    session_->respond(stream,
                      {.content_length = 13,
                       .common_fields = "Date: Fri, 27 Nov 2026 00:00:00 GMT\r\nServer: gyre\r\n",
                       .content_type = "text/plain"},
                      H2Session::Body::follows);
    return this;
  }
  gyre::wire::H2Stream* on_bad_request(std::uint32_t /*stream*/, gyre::wire::HeadError /*error*/) override {
    return nullptr;
  }
  void on_data(std::string_view /*data*/) override {}
  void on_end(std::string_view /*trailers*/) override {}
  void on_closed(gyre::wire::H2Error /*error*/) noexcept override { ++closed; }
  H2Piece next_piece(std::size_t /*most*/) noexcept override { return {H2Piece::State::last, "Hello, World!"}; }
  void body_taken(std::size_t /*size*/) noexcept override {}

  std::uint64_t closed = 0;

 private:
  H2HeadMemory memory_;
  gyre::Box<H2Session> session_;
  std::vector<char> room_;
};

void put_number(std::string& text, std::uint32_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- != 0;) text += static_cast<char>(value >> (8 * i) & 0xffU);
}

/// A client's later requests: everything is in its table.
std::string request(std::uint32_t stream, bool is_first) {
  static constexpr std::string_view later = "\x82\x86\x84\xbf\xbe";
  std::string first = "\x82\x86\x84";
  first += "\x41\x09gyre.test";  // into the table
  first += "\x53\x0btext/*, */*";
  const std::string_view block = is_first ? std::string_view(first) : later;
  std::string text;
  put_number(text, static_cast<std::uint32_t>(block.size()), 3);
  text += "\x01\x05";
  put_number(text, stream, 4);
  return text.append(block);
}

void requests(benchmark::State& state) {
  Server server;
  const auto at_once = static_cast<std::uint32_t>(state.range(0));
  std::uint32_t stream = 1;
  server.receive(request(stream, true));
  std::string bytes;
  for (auto _ : state) {
    bytes.assign("\0\0\4\x08\0\0\0\0\0", 9);  // the window opens as far as it was used
    put_number(bytes, 13 * at_once, 4);
    for (std::uint32_t i = 0; i < at_once; ++i) bytes += request(stream += 2, false);
    server.receive(bytes);
  }
  if (server.closed != stream / 2 + 1) state.SkipWithError("not every request was answered");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * at_once);
}
BENCHMARK(requests)->Arg(1)->Arg(100);

/// Of the heap, which this program alone uses.
void idle_session(benchmark::State& state) {
  class Nobody final : public gyre::wire::H2Events {
    gyre::wire::H2Stream* on_request(std::uint32_t, gyre::wire::RequestHead&, std::string_view) override {
      return nullptr;
    }
    gyre::wire::H2Stream* on_bad_request(std::uint32_t, gyre::wire::HeadError) override { return nullptr; }
  } nobody;
  H2HeadMemory memory;
  std::vector<gyre::Box<H2Session>> sessions;
  std::string room(H2Session::send_min, '\0');
  constexpr std::size_t count = 1000;
  sessions.reserve(count);
  for (auto _ : state) {
    sessions.clear();
    const std::size_t before = mallinfo2().uordblks;
    for (std::size_t i = 0; i < count; ++i) {
      sessions.push_back(H2Session::server({}, nobody, memory, {}));
      sessions.back()->receive(preface, {});
      while (sessions.back()->wants_send() && sessions.back()->send(room) != 0) {
      }
    }
    state.counters["bytes"] = static_cast<double>(mallinfo2().uordblks - before) / count;
  }
}
BENCHMARK(idle_session)->Iterations(3);

}  // namespace

BENCHMARK_MAIN();
