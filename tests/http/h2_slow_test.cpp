// Clients of HTTP/2 that are slow on purpose: what ends them, and when.

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <gyre/wire/h2/session.hpp>

#include "h2_attack_run.hpp"

using namespace gyre;
using namespace gyre::test;
using namespace gyre::test::h2;

namespace {

/// What a slow client has in hand.
struct Slow {
  H2Site* site;
  Attacker* client;
  std::size_t before;  ///< Bytes allocated before it came.

  Task<> send(std::string bytes) const { return client->send(std::move(bytes)); }
  std::size_t memory() const { return allocated() - std::min(before, allocated()); }
  Duration since(TimePoint start) const { return client->ended() - start; }
  bool gone() const { return site->server.statistics().connections_open == 0; }
};

/// Runs `body(Slow&)` beside a server, with a client that has said its preface and reads, or does not.
template <class Body>
Task<> beside(H2Site& site, Reads reads, Body body) {
  const std::string first = co_await ask_once(site, "/");
  CHECK(first == "1:200(5) ");
  const std::size_t before = allocated();
  Stream stream = co_await site.connect();
  Attacker client(site.loop, std::move(stream));
  Slow slow{&site, &client, before};
  Context& context = co_await this_context();
  Scope reading{context};
  if (reads == Reads::all) reading.spawn(client.read());
  co_await body(slow);
  const std::string other = co_await ask_once(site, "/");
  CHECK(other == "1:200(5) ");
  reading.cancel();
  co_await reading.join();
}

template <class Body>
void slowly(Body body, Reads reads = Reads::all, ServerOptions options = {}) {
  SimLoop loop{SimOptions{}};
  auto serving = [&](H2Site& site) { return beside(site, reads, body); };
  loop.run(serve_h2(loop, std::move(options), serving));
  CHECK(loop.armed() == 0);
  CHECK(loop.open_descriptors() == 0);
}

std::string requests(std::uint32_t count, std::string_view path) {
  std::string all;
  for (std::uint32_t i = 0; i < count; ++i) all += get(2 * i + 1, path);
  return all;
}

#ifdef GYRE_SANITIZING
constexpr std::size_t unit = std::size_t{1} << 40U;  // what malloc has says nothing there
#else
constexpr std::size_t unit = 1024;
#endif

}  // namespace

TEST_CASE("windows of 0 hold answers for write_stall", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    co_await slow.send(greeting(0) + requests(100, "/big"));
    co_await sleep_for(1s);
    CHECK(slow.memory() < 1024 * unit);  // those that wait have not begun
    co_await sleep_for(20min);           // some at a time
    CHECK(slow.client->resets(8) == 100);
    CHECK(slow.gone());
  });
}

TEST_CASE("windows that open by 1 hold answers for write_stall", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    const TimePoint start = slow.site->loop.now();
    co_await slow.send(greeting(0) + requests(3, "/big"));
    for (int second = 0; second < 120 && slow.client->resets(8) < 3 && !slow.client->over(); ++second) {
      co_await sleep_for(1s);
      std::string all;
      for (std::uint32_t i = 0; i < 3; ++i) all += window_update(2 * i + 1, 1);
      co_await slow.send(std::move(all));
    }
    CHECK(slow.client->resets(8) == 3);
    CHECK(slow.site->loop.now() - start < 61s);
  });
}

TEST_CASE("the connection's window counts as well", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    co_await slow.send(greeting(0x7fffffff) + requests(10, "/big"));
    co_await sleep_for(5min);
    CHECK(slow.client->resets(8) == 10);
    CHECK(slow.client->data() == 65'535);
    CHECK(slow.gone());
  });
}

TEST_CASE("answers that nobody reads are held for write_stall", "[http][h2]") {
  slowly(
      [](Slow& slow) -> Task<> {
        co_await slow.send(greeting(0x7fffffff) + window_update(0, 0x7fff0000) + requests(100, "/big"));
        co_await sleep_for(1s);
        CHECK(slow.memory() < 2048 * unit);
        co_await sleep_for(61s);
        CHECK(slow.gone());
      },
      Reads::nothing);
}

TEST_CASE("bodies that stop are answered with 408", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    std::string all = preface() + settings_ack();
    for (std::uint32_t i = 0; i < 100; ++i) all += post(2 * i + 1, "/echo") + data(2 * i + 1, "x", 0);
    co_await slow.send(std::move(all));
    co_await sleep_for(9s);
    CHECK(slow.client->answers() == 0);
    co_await sleep_for(2s);  // rate_grace
    CHECK(slow.client->answers() == 100);
    CHECK(slow.client->resets(0) == 100);
    CHECK(slow.memory() < 1024 * unit);
  });
}

TEST_CASE("bodies that drip are answered with 408", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    co_await slow.send(preface() + settings_ack() + post(1, "/echo"));
    for (int second = 0; second < 60 && slow.client->answers() == 0; ++second) {
      co_await sleep_for(1s);
      co_await slow.send(data(1, "x", 0));
      CHECK(second <= 11);
    }
    CHECK(slow.client->answers() == 1);
  });
}

TEST_CASE("bodies that are collected at once are bounded", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    std::string all = preface() + settings_ack();
    for (std::uint32_t i = 0; i < 100; ++i) all += post(2 * i + 1, "/echo");
    co_await slow.send(std::move(all));
    const std::string piece(16'000, 'x');
    std::size_t most = 0;
    for (std::uint32_t round = 0; round < 60; ++round) {
      for (std::uint32_t i = 0; i < 100; ++i) co_await slow.send(data(2 * i + 1, piece, 0));
      most = std::max(most, slow.memory());
    }
    CAPTURE(most);
    CHECK(most < (36 * unit) * 1024);
    CHECK(slow.client->answers() > 10);  // 503
    CHECK_FALSE(slow.client->over());
  });
}

TEST_CASE("a head that never ends has head_read", "[http][h2]") {
  const std::string begun = headers(1, std::string_view(plain_block()), end_stream);
  const std::string all[] = {begun, begun + continuation(1, "", 0), begun.substr(0, 12),
                             held(1) + headers(3, std::string_view(plain_block()), end_stream),
                             headers(1, std::string_view(plain_block()), 0)};
  const std::string& bytes = all[GENERATE(0, 1, 2, 3, 4)];
  slowly([bytes](Slow& slow) -> Task<> {
    const TimePoint start = slow.site->loop.now();
    co_await slow.send(preface() + settings_ack() + bytes);
    co_await sleep_for(2min);
    CHECK(slow.client->goaway() == "ENHANCE_YOUR_CALM");
    CHECK(slow.since(start) >= 10s);
    CHECK(slow.since(start) < 11s);
    CHECK(slow.gone());
  });
}

TEST_CASE("a head that drips has head_read", "[http][h2]") {
  slowly([](Slow& slow) -> Task<> {
    const TimePoint start = slow.site->loop.now();
    co_await slow.send(preface() + settings_ack());
    const std::string bytes = get(1, "/" + std::string(200, 'x'));
    for (std::size_t i = 0; i < bytes.size() && !slow.client->over(); ++i) {
      co_await slow.send(bytes.substr(i, 1));
      co_await sleep_for(1s);
    }
    CHECK(slow.client->goaway() == "ENHANCE_YOUR_CALM");
    CHECK(slow.since(start) < 30s);  // of which some are the frame's header
    co_await sleep_for(3s);
    CHECK(slow.gone());
  });
}

TEST_CASE("an idle connection ends whatever its client says", "[http][h2]") {
  // Frames that are no requests, and parts of frames.
  const std::string bytes = GENERATE(as<std::string>{}, "", ping(), settings(), window_update(0, 1), priority(1),
                                     priority_update(1, "u=1"), frame(static_cast<Type>(99), 0, 0, "x"), ping(ack));
  const std::string half =
      GENERATE(as<std::string>{}, "", ping().substr(0, 4), ping().substr(0, 12), data(0, "12345").substr(0, 5));
  slowly([=](Slow& slow) -> Task<> {
    const TimePoint start = slow.site->loop.now();
    co_await slow.send(preface() + settings_ack());
    for (int i = 0; i < 20 && !slow.client->over(); ++i) {
      co_await slow.send(bytes);
      co_await sleep_for(4s);
    }
    if (!slow.client->over()) co_await slow.send(half);
    co_await sleep_for(3min);
    CHECK(slow.client->goaway() == "NO_ERROR");
    CHECK(slow.since(start) >= 60s);
    CHECK(slow.since(start) < 61s);
    CHECK(slow.gone());
  });
}

TEST_CASE("half a frame does not keep an idle connection", "[http][h2]") {
  const std::string half = GENERATE(as<std::string>{}, ping().substr(0, 4), ping().substr(0, 12),
                                    settings({{1, 2}}).substr(0, 10), frame_header(16'384, Type::data, 0, 0),
                                    post(1, "/ignore") + frame_header(16'384, Type::data, 0, 1) + "x");
  slowly([=](Slow& slow) -> Task<> {
    co_await slow.send(preface() + settings_ack() + half);
    co_await sleep_for(3min);
    CHECK(slow.gone());
  });
}

TEST_CASE("who says the preface and nothing else is idle", "[http][h2]") {
  const std::string bytes = GENERATE(as<std::string>{}, std::string(gyre::wire::h2_preface), preface(),
                                     std::string(gyre::wire::h2_preface) + settings().substr(0, 5));
  slowly([=](Slow& slow) -> Task<> {
    co_await slow.send(bytes);
    co_await sleep_for(2min);
    CHECK(slow.gone());
  });
}

TEST_CASE("a connection is not idle while its last answer goes out", "[http][h2]") {
  slowly(
      [](Slow& slow) -> Task<> {
        co_await slow.send(greeting(0x7fffffff) + window_update(0, 0x7fff0000) + get(1, "/big"));
        // What the world buffers, and then a little more than the least rate.
        std::byte buffer[400];
        std::size_t all = 0;
        for (int second = 0; second < 400; ++second) {
          const Result<std::size_t> size = co_await slow.client->stream().read(buffer);
          if (!size || *size == 0) break;
          all += *size;
          co_await sleep_for(1s);
        }
        CHECK(all > 100'000);
      },
      Reads::nothing);
}
