#include "compat_support.hpp"

#include <gyre/compat/provider_stream.hpp>
#include <gyre/compat/reply_stream.hpp>

#include <future>
#include <thread>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

constexpr Protocol protocols[] = {Protocol::http_1_1, Protocol::http_2};

/// Whether the answer to GET on `target` never becomes whole.
Task<bool> is_cut(Client* client, std::string_view target) {
  try {
    (void)co_await client->get(target);
  } catch (const WrongAnswer&) {
    co_return true;
  }
  co_return false;
}

/// What goes out is told by its place.
std::string pattern(std::size_t offset, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (offset + i) % 23);
  return text;
}

/// Offers `size` bytes as there is room, and ends.
class Pusher {
 public:
  Pusher(ReplyStream out, std::size_t size) : out_(std::move(out)), size_(size) {}
  void go_on() {
    while (offset_ < size_) {
      const std::string piece = pattern(offset_, std::min<std::size_t>(1000, size_ - offset_));
      if (!out_.offer(piece)) {
        ++waits_;
        return out_.on_writable([this] { go_on(); });
      }
      offset_ += piece.size();
    }
    out_.end();
  }
  int waits() const noexcept { return waits_; }

 private:
  ReplyStream out_;
  std::size_t size_;
  std::size_t offset_ = 0;
  int waits_ = 0;
};

}  // namespace

TEST_CASE("contract 10: pieces are pushed as they come", "[compat]") {
  for (const Protocol protocol : protocols) {
    App app;
    std::optional<ReplyStream> out;
    app.get("/", callback_handler([&](const Request&, Responder res) { out = res.set("x-row", "1").stream(); }));
    Options options;
    options.protocol = protocol;
    const auto body = [&](Client& client) -> Task<> {
      const auto push = [&]() -> Task<> {
        co_await sleep_for(1s);
        for (int i = 0; i < 3; ++i) {
          CHECK(out->alive());
          CHECK(out->offer("piece "));
          co_await sleep_for(1s);
        }
        out->add_trailer("x-sum", "3");
        out->end();
        CHECK_FALSE(out->alive());
        CHECK_FALSE(out->offer("more"));
        out.reset();
      };
      const auto [answer, done] = co_await when_all(client.get("/"), push());
      CHECK(answer.body() == "piece piece piece ");
      CHECK(answer.header("x-row") == "1");
      CHECK(answer.elapsed() == 0s);
      CHECK(answer.trailer("x-sum") == "3");
      CHECK(client.loop().now() - TimePoint{} == 4s);
    };
    compat_test::run(app, body, options);
    CHECK(counted(app, "/") == "requests 5, in_call 5");
  }
}

TEST_CASE("contract 10: a push writer waits for room, and loses nothing", "[compat]") {
  constexpr std::size_t size = 300'000;
  for (const Protocol protocol : protocols) {
    App app;
    std::optional<Pusher> pusher;
    app.get("/", callback_handler([&](const Request&, Reply reply) {
              pusher.emplace(reply.stream({}, {.length = size, .queue_max = 10'000}), size);
              pusher->go_on();
            }));
    Options options;
    options.protocol = protocol;
    const auto body = [&](Client& client) -> Task<> {
      const Answer answer = co_await client.get("/");
      CHECK(answer.body() == pattern(0, size));
      CHECK(pusher->waits() > 20);
      pusher.reset();
    };
    compat_test::run(app, body, options);
  }
}

TEST_CASE("contract 10: a stream that is let go of is cut, and told", "[compat]") {
  for (const Protocol protocol : protocols) {
    App app;
    Told told{app};
    std::optional<ReplyStream> out;
    app.get("/now", callback_handler([](const Request&, Reply reply) { (void)reply.stream({}).offer("half"); }));
    app.get("/later", callback_handler([&](const Request&, Reply reply) { out = reply.stream({}); }));
    app.get("/failed", callback_handler([&](const Request&, Reply reply) {
              const ReplyStream stream = reply.stream({});
              stream.fail(std::make_exception_ptr(std::runtime_error{"no rows"}));
            }));
    app.get("/length", callback_handler([&](const Request&, Reply reply) {
              const ReplyStream stream = reply.stream({}, {.length = 7});
              (void)stream.offer("six by");
              stream.end();
            }));
    app.get("/threw", callback_handler([&](const Request&, Reply reply) {
              const ReplyStream stream = reply.stream({});
              throw std::runtime_error{"under way"};
            }));
    app.get("/threw-kept", callback_handler([&](const Request&, Reply reply) {
              out = reply.stream({});
              throw std::runtime_error{"under way"};
            }),
            {.handler = 5s});
    Options options;
    options.protocol = protocol;
    const auto body = [&](Client& client) -> Task<> {
      for (const char* target : {"/now", "/failed", "/length", "/threw"}) {
        INFO(target);
        const bool cut = co_await is_cut(&client, target);
        CHECK(cut);
      }
      const Result<bool> kept = co_await within(1s, is_cut(&client, "/threw-kept"));
      CHECK((kept && *kept));
      CHECK_FALSE(out->alive());
      const auto let_go = [&]() -> Task<> {
        co_await sleep_for(1s);
        CHECK(out->offer("half"));
        co_await sleep_for(1s);
        out.reset();
      };
      const auto [cut, done] = co_await when_all(is_cut(&client, "/later"), let_go());
      CHECK(cut);
      CHECK(client.loop().now() - TimePoint{} == 2s);
    };
    compat_test::run(app, body, options);
    CHECK(told.count("let go of the last copy of its stream") == 3);
    CHECK(told.count("no rows") == 5);
    CHECK(told.count("under way") == 2);  // once per route
    CHECK(counts_of(app, "/threw-kept").threw_after == 5);
    CHECK(counts_of(app, "/threw").threw_after == 5);
  }
}

TEST_CASE("contract 10: a push writer hears of a client that leaves, once", "[compat]") {
  App app;
  std::optional<ReplyStream> out;
  std::vector<CancelReason> heard;
  int writable = 0;
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            reply.on_cancel([](CancelReason) { FAIL("it was answered"); });
            out = reply.stream({}, {.queue_max = 1000});
            out->on_cancel([&](CancelReason reason) { heard.push_back(reason); });
          }));
  compat_test::run(app, [&](Client& client) -> Task<> {
    heard.clear();
    writable = 0;
    Connection connection = co_await client.connect();
    co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await sleep_for(1s);
    while (out->offer(std::string(900, 'x'))) co_await sleep_for(1ms);  // nobody reads
    out->on_writable([&] { ++writable; });
    co_await sleep_for(1s);
    CHECK(out->alive());
    CHECK(writable == 0);
    connection.reset();
    co_await sleep_for(1s);
    CHECK_FALSE(out->alive());
    CHECK_FALSE(out->offer("x"));
    CHECK(writable == 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0] == CancelReason::client_gone);
    out->on_writable([&] { ++writable; });
    CHECK(writable == 2);
    out.reset();

    const Answer head = co_await client.head("/");
    CHECK(head.status() == Status::ok);
    co_await sleep_for(1s);
    CHECK_FALSE(out->alive());
    REQUIRE(heard.size() == 2);
    CHECK(heard[1] == CancelReason::requested);
    out.reset();
  });
}

TEST_CASE("contract 10: a stream of an answer that came too late is read by nobody", "[compat]") {
  App app;
  app.get("/", callback_handler([](const Request&, Reply reply) {
            reply("first");
            const ReplyStream out = reply.stream({});
            CHECK_FALSE(out.alive());
            CHECK_FALSE(out.offer("x"));
            out.end();
          }));
  Told told{app};
  compat_test::run(app, [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    CHECK(answer.body() == "first");
  });
  CHECK(counts_of(app, "/").twice == 5);
  CHECK(told.texts().size() == 1);
}

TEST_CASE("contract 10: a thread writes, and waits where the client does", "[compat][threads]") {
  constexpr std::size_t size = 1'000'000;
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    App app;
    std::thread writer;
    app.get("/", callback_handler([&](const Request&, Reply reply) {
              const ReplyStream out = reply.stream({}, {.queue_max = 5000});
              CHECK_THROWS_AS(out.write("x"), std::logic_error);
              writer = std::thread{[out] {
                std::size_t offset = 0;
                while (offset < size && out.write(pattern(offset, 1777))) offset += 1777;
                out.end();
              }};
            }));
    Options options;
    options.transport = transport;
    gyre::testing::run(
        app,
        [&](Client& client) -> Task<> {
          const Answer answer = co_await client.get("/");
          CHECK(answer.body().size() >= size);
          CHECK(answer.body() == pattern(0, answer.body().size()));
          writer.join();
          Connection connection = co_await client.connect();
          co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          const bool bytes = co_await connection.wait_for_bytes();
          CHECK(bytes);
          connection.reset();  // the thread hears of it
        },
        options);
    writer.join();
  }
}

TEST_CASE("contract 10: a push writer that asks for room again and again comes to an end with its client", "[compat]") {
  App app;
  std::optional<Pusher> pusher;
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            pusher.emplace(reply.stream({}, {.queue_max = 1000}), std::size_t{1} << 40);
            pusher->go_on();
          }));
  compat_test::run(app, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await sleep_for(1s);
    connection.reset();
    co_await sleep_for(1s);
    const int waits = pusher->waits();
    CHECK(waits > 1);
    pusher->go_on();  // and once more where nobody has read for long
    CHECK(pusher->waits() == waits + 2);
    pusher.reset();
  });
}

TEST_CASE("contract 10: who hears of a client that leaves may wait for the thread that writes", "[compat][threads]") {
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    App app;
    std::future<void> written;
    bool heard = false;
    app.get("/", callback_handler([&](const Request&, Reply reply) {
              const ReplyStream out = reply.stream({}, {.queue_max = 1000});
              written = std::async(std::launch::async, [out] {
                while (out.write(std::string(100'000, 'x'))) {
                }
              });
              out.on_cancel([&](CancelReason) {
                heard = true;
                CHECK(written.wait_for(5s) == std::future_status::ready);
              });
            }));
    Options options;
    options.transport = transport;
    gyre::testing::run(
        app,
        [&](Client& client) -> Task<> {
          Connection connection = co_await client.connect();
          co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          (void)co_await connection.wait_for_bytes();
          co_await sleep_for(50ms);  // nobody reads: the thread waits
          connection.reset();
          while (!heard) co_await sleep_for(1ms);
        },
        options);
  }
}

TEST_CASE("contract 10: a write that comes too late is told so, also on the thread that was the loop's", "[compat]") {
  std::optional<ReplyStream> out;
  {
    App app;
    app.get("/", callback_handler([&](const Request&, Reply reply) { out = reply.stream({}); }));
    gyre::testing::run(app, [&](Client& client) -> Task<> {
      const auto push = [&]() -> Task<> {
        co_await sleep_for(1s);
        out->end();
      };
      (void)co_await when_all(client.get("/"), push());
    });
  }
  CHECK_FALSE(out->write("x"));
}

TEST_CASE("contract 10: a provider is pulled, and waits where the client does", "[compat]") {
  constexpr std::size_t size = 200'000;
  for (const Protocol protocol : protocols) {
    App app;
    std::vector<bool> ended;
    const auto provide = [](std::uint64_t offset, ProviderSink& sink) {
      const std::size_t at = static_cast<std::size_t>(offset);
      const std::string piece = pattern(at, std::min<std::size_t>(3000, size - at));
      if (at + piece.size() == size) sink.done();
      return sink.write(piece);
    };
    app.get("/open", [&] { return provider_stream(provide, {.ended = [&](bool whole) { ended.push_back(whole); }}); });
    app.get("/length", [&] {
      return provider_stream(provide, {.length = size, .ended = [&](bool whole) { ended.push_back(whole); }});
    });
    Options options;
    options.protocol = protocol;
    const auto body = [&](Client& client) -> Task<> {
      ended.clear();
      const Answer open = co_await client.get("/open");
      CHECK(open.body() == pattern(0, size));
      const Answer length = co_await client.get("/length");
      CHECK(length.body() == pattern(0, size));
      const Answer head = co_await client.head("/length");
      CHECK(head.body().empty());
      CHECK(head.header("content-length") == std::to_string(size));
      co_await sleep_for(1s);
      CHECK(ended == std::vector<bool>{true, true, false});
    };
    compat_test::run(app, body, options, 2);
  }
}

TEST_CASE("contract 10: a provider that cannot go on cuts the stream", "[compat]") {
  for (const Protocol protocol : protocols) {
    App app;
    Told told{app};
    std::vector<bool> ended;
    const auto after_two = [&](auto last) {
      const auto provide = [last](std::uint64_t offset, ProviderSink& sink) {
        return offset < 2 ? sink.write("x") : last(sink);
      };
      return provider_stream(provide, {.length = 5, .ended = [&](bool whole) { ended.push_back(whole); }});
    };
    app.get("/false", [&] { return after_two([](ProviderSink&) { return false; }); });
    app.get("/throws", [&] { return after_two([](ProviderSink&) -> bool { throw std::runtime_error{"lost"}; }); });
    app.get("/short", [&] {
      return after_two([](ProviderSink& sink) {
        sink.done();
        return true;
      });
    });
    app.get("/long", [&] { return after_two([](ProviderSink& sink) { return sink.write("more than five"); }); });
    Options options;
    options.protocol = protocol;
    const auto body = [&](Client& client) -> Task<> {
      ended.clear();
      for (const char* target : {"/false", "/throws", "/short", "/long"}) {
        INFO(target);
        const bool cut = co_await is_cut(&client, target);
        CHECK(cut);
      }
      co_await sleep_for(1s);
      CHECK(ended == std::vector<bool>(4, false));
    };
    compat_test::run(app, body, options, 2);
    CHECK(told.count("lost") == 2);
    CHECK(told.count("limit_exceeded") == 2);
    CHECK(told.texts().size() == 4);
  }
}

TEST_CASE("contract 10: a provider hears of a client that leaves", "[compat]") {
  App app;
  std::vector<bool> ended;
  bool refused = false;
  app.get("/", [&] {
    const auto provide = [&](std::uint64_t, ProviderSink& sink) {
      const bool taken = sink.write(std::string(10'000, 'x'));
      if (!taken) refused = true;
      CHECK(sink.alive() == taken);
      return true;  // as if it had not noticed
    };
    return provider_stream(provide, {.ended = [&](bool whole) { ended.push_back(whole); }});
  });
  compat_test::run(
      app,
      [&](Client& client) -> Task<> {
        ended.clear();
        refused = false;
        Connection connection = co_await client.connect();
        co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        co_await sleep_for(1s);
        CHECK(ended.empty());
        connection.reset();
        co_await sleep_for(1s);
        CHECK(refused);
        CHECK(ended == std::vector<bool>{false});
      },
      {}, 2);
}
