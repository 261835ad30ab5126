#include "compat_support.hpp"

#include <gyre/compat/callback_handler.hpp>
#include <gyre/compat/provider_stream.hpp>

#include <future>
#include <latch>
#include <thread>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

/// A pool that is busy until it is told to go on.
struct BusyPool {
  explicit BusyPool(OffloadOptions options) : pool(Shared<OffloadPool>::make(options)) {}
  Shared<OffloadPool> pool;
  std::promise<void> go_on;
  std::shared_future<void> gone_on = go_on.get_future().share();
};

/// Runs on the loops of the operating system: in simulation a pool has no threads that could be busy.
template <class Body>
void for_each_real_loop(App& app, Body body) {
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    Options options;
    options.transport = transport;
    gyre::testing::run(app, [&](Client& client) -> Task<> { return body(client); }, options);
  }
}

}  // namespace

TEST_CASE("contract 9: a blocking function answers by its return", "[compat]") {
  for (const Transport transport : all_transports()) {
    App app;
    const std::thread::id main = std::this_thread::get_id();
    app.post("/{word}", callback_handler([&](const Request& request, Response& response) {
               if (transport != Transport::sim) CHECK(std::this_thread::get_id() != main);
               CHECK(response.status() == Status::ok);
               response.set_status(Status::created).set("x-word", request.parameter(0));
               response.set_body(std::string{request.body()});
             }));
    app.get("/copy", callback_handler([](RequestCopy request, Response& response) {
              response.set_body(std::string{request.peer_ip()});
            }));
    Options options;
    options.transport = transport;
    gyre::testing::run(
        app,
        [](Client& client) -> Task<> {
          const Answer answer = co_await client.post("/word", "content");
          CHECK(answer.status() == Status::created);
          CHECK(answer.body() == "content");
          CHECK(answer.header("x-word") == "word");
          const Answer copy = co_await client.get("/copy");
          CHECK(copy.body() == "127.0.0.1");
        },
        options);
    CHECK(counted(app, "/{word}") == "requests 1, in_call 1");
  }
}

TEST_CASE("contract 9: no thread within queue_wait, 503 with Retry-After", "[compat][threads]") {
  App app;
  std::optional<BusyPool> busy;
  busy.emplace(OffloadOptions{.threads_max = 1});
  app.get("/busy", callback_handler(
                       [&](const Request&, Response& response) {
                         busy->gone_on.wait();
                         response.set_body("done");
                       },
                       {.pool = busy->pool}));
  app.get("/ran", callback_handler([](const Request&, Response& response) { response.set_body("ran"); },
                                   {.queue_wait = 1h, .pool = busy->pool}));
  app.get("/waits", callback_handler([](const Request&, Response& response) { response.set_body("ran"); },
                                     {.queue_wait = 20ms, .pool = busy->pool}));
  std::size_t runs = 0;
  for_each_real_loop(app, [&](Client& client) -> Task<> {
    ++runs;
    busy->go_on = {};
    busy->gone_on = busy->go_on.get_future().share();
    Connection connection = co_await client.connect();
    co_await connection.write("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
    while (counts_of(app, "/busy").requests < runs) co_await sleep_for(1ms);
    const Answer shed = co_await client.get("/waits");
    CHECK(shed.status() == Status::service_unavailable);
    CHECK(shed.header("retry-after") == "1");
    CHECK(shed.elapsed() >= 20ms);
    busy->go_on.set_value();
    const Answer done = co_await connection.read_answer();
    CHECK(done.body() == "done");
    const Answer ran = co_await client.get("/ran");
    CHECK(ran.body() == "ran");
  });
  CHECK(counts_of(app, "/waits").shed == runs);
  CHECK(counts_of(app, "/ran").in_call == runs);
}

TEST_CASE("contract 9: a full queue is 503 at once, and one whose client leaves is not run", "[compat][threads]") {
  App app;
  std::optional<BusyPool> busy;
  busy.emplace(OffloadOptions{.threads_max = 1, .queue_max = 1});
  std::atomic<int> ran = 0;
  std::atomic<std::size_t> began = 0;
  app.get("/busy", callback_handler(
                       [&](const Request&, Response&) {
                         ++began;
                         busy->gone_on.wait();
                       },
                       {.pool = busy->pool}));
  app.get("/waits",
          callback_handler([&](const Request&, Response&) { ++ran; }, {.queue_wait = 1h, .pool = busy->pool}));
  std::size_t runs = 0;
  for_each_real_loop(app, [&](Client& client) -> Task<> {
    ++runs;
    busy->go_on = {};
    busy->gone_on = busy->go_on.get_future().share();
    Connection first = co_await client.connect();
    co_await first.write("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
    while (began < runs) co_await sleep_for(1ms);
    Connection second = co_await client.connect();
    co_await second.write("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
    while (counts_of(app, "/waits").requests < 2 * runs - 1) co_await sleep_for(1ms);
    const Answer full = co_await client.get("/waits");
    CHECK(full.status() == Status::service_unavailable);
    second.reset();
    while (counts_of(app, "/waits").cancelled < runs) co_await sleep_for(1ms);
    busy->go_on.set_value();
    (void)co_await first.read_answer();
  });
  CHECK(ran == 0);
  CHECK(counts_of(app, "/waits").shed == runs);
  CHECK(counts_of(app, "/waits").cancelled == runs);
}

TEST_CASE("contract 9: in simulation a pool of one's own has no threads either", "[compat]") {
  App app;
  const auto pool = Shared<OffloadPool>::make();
  app.get("/blocks",
          callback_handler([](const Request&, Response& response) { response.set_body("ran"); }, {.pool = pool}));
  app.get("/pulled", [&] {
    const auto provide = [](std::uint64_t, ProviderSink& sink) {
      sink.done();
      return sink.write("ran");
    };
    return provider_stream(provide, {.pool = pool});
  });
  compat_test::run(app, [](Client& client) -> Task<> {
    for (const char* target : {"/blocks", "/pulled"}) {
      const Answer ran = co_await client.get(target);
      CHECK(ran.body() == "ran");
      CHECK(ran.elapsed() == 0s);
    }
  });
  CHECK(pool->threads() == 0);
}
