#include "compat_support.hpp"

#include <gyre/compat/callback_middleware.hpp>
#include <gyre/compat/callback_report.hpp>
#include <gyre/compat/provider_stream.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

/// Threads that do what they are given.
class Workers {
 public:
  explicit Workers(unsigned count) {
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Workers() {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    arrived_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void push(std::function<void()> job) {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
    arrived_.notify_one();
  }

 private:
  void work() {
    std::unique_lock lock{mutex_};
    for (;;) {
      arrived_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> jobs_;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

constexpr unsigned threads = 8;

/// A connection that asks again and again, several requests at a time.
Task<> ask(Client* client, int requests) {
  Connection connection = co_await client->connect();
  constexpr int batch = 10;
  for (int done = 0; done < requests; done += batch) {
    std::string text;
    for (int i = 0; i < batch; ++i) text += "GET /" + std::to_string(done + i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    co_await connection.write(text);
    for (int i = 0; i < batch; ++i) {
      const Answer answer = co_await connection.read_answer();
      if (answer.status() == Status::service_unavailable) co_return;  // it is stopped
      if (answer.body() != std::to_string(done + i)) FAIL("not its own answer: " << answer.body());
    }
  }
}

}  // namespace

TEST_CASE("contract 4: 10,000 answers from 8 threads", "[compat][threads]") {
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    App app;
    Told told{app};
    std::optional<Workers> workers{std::in_place, threads};
    app.get("/{number}", callback_handler([&](RequestCopy request, Reply reply) {
              workers->push([request, reply] {
                reply.on_cancel([](CancelReason) {});
                reply(std::string{request.parameter(0)});
              });
              // Another thread, at the same time: of every hundred requests one is answered twice.
              if (request.parameter(0).ends_with("99")) {
                workers->push([request, reply] { reply(std::string{request.parameter(0)}); });
              }
            }));
    Options options;
    options.transport = transport;
    gyre::testing::run(
        app,
        [&](Client& client) -> Task<> {
          const auto some = [&]() -> Task<> {
            co_await when_all(ask(&client, 1000), ask(&client, 1000), ask(&client, 1000), ask(&client, 1000),
                              ask(&client, 1000));
          };
          co_await when_all(some(), some());
        },
        options);
    workers.reset();
    const CallbackCounts counts = counts_of(app, "/{number}");
    CHECK(counts.requests == 10'000);
    CHECK(counts.later == 10'000);
    CHECK(counts.twice == 100);
    CHECK(told.texts().size() <= 1);
  }
}

TEST_CASE("contract 4: the server is stopped while 8 threads answer", "[compat][threads]") {
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    Workers workers{threads};
    for (int round = 0; round < 20; ++round) {
      std::vector<Reply> kept;  // they outlive the app
      {
        App app;
        app.on_log([](const LogRecord&) {});
        app.get("/{number}", callback_handler([&](RequestCopy request, Reply reply) {
                  if (request.parameter(0).ends_with("7")) return kept.push_back(reply);
                  workers.push([request, reply] { reply(std::string{request.parameter(0)}); });
                }));
        Options options;
        options.transport = transport;
        const auto body = [&](Client& client) -> Task<> {
          const auto ask_until_stopped = [&]() -> Task<> {
            try {
              co_await ask(&client, 100'000);
            } catch (const WrongAnswer&) {
            } catch (const Failure&) {
            }
          };
          const auto stop = [&]() -> Task<> {
            co_await sleep_for(std::chrono::milliseconds{round % 5});
            app.stop();
          };
          co_await when_all(ask_until_stopped(), ask_until_stopped(), ask_until_stopped(), stop());
        };
        gyre::testing::run(app, body, options);
      }
      for (const Reply& reply : kept) {
        CHECK_FALSE(reply.alive());
        workers.push([reply] { reply(std::string{"far too late"}); });
      }
    }
  }
}

TEST_CASE("contract 4: streams from 8 threads, and clients that leave", "[compat][threads]") {
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    Workers workers{threads};
    App app;
    app.on_log([](const LogRecord&) {});
    app.get("/", callback_handler([&](const Request&, Reply reply) {
              const ReplyStream out = reply.stream({}, {.queue_max = 500});
              for (int i = 0; i < 3; ++i) {
                workers.push([out] {
                  for (int piece = 0; piece < 100; ++piece) {
                    if (!out.write("some text of a stream that is written by several threads\n")) return;
                    out.on_writable([] {});
                    (void)out.offer("more\n");
                  }
                });
              }
              workers.push([out] {
                out.on_cancel([](CancelReason) {});
                while (out.offer("x") && out.write(std::string(1000, 'y'))) {
                  if (out.alive()) out.end();
                }
              });
            }));
    Options options;
    options.transport = transport;
    const auto body = [&](Client& client) -> Task<> {
      const auto leave = [&](int milliseconds) -> Task<> {
        for (int i = 0; i < 20; ++i) {
          Connection connection = co_await client.connect();
          co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          (void)co_await connection.wait_for_bytes();
          co_await sleep_for(std::chrono::milliseconds{milliseconds});
          connection.reset();
        }
      };
      co_await when_all(leave(0), leave(1), leave(2));
    };
    gyre::testing::run(app, body, options);
  }
}

TEST_CASE("contract 9 to 11: providers, blocking functions and next on threads, and clients that leave",
          "[compat][threads]") {
  for (const Transport transport : all_transports()) {
    if (transport == Transport::sim) continue;
    Workers workers{threads};
    App app;
    app.on_log([](const LogRecord&) {});
    const auto pool = Shared<OffloadPool>::make(OffloadOptions{.threads_max = 3, .queue_max = 8});
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    app.get("/pulled", [&] {
      ++begun;
      const auto provide = [](std::uint64_t, ProviderSink& sink) { return sink.write(std::string(3000, 'x')); };
      return provider_stream(provide, {.length = 3'000'000, .pool = pool, .ended = [&](bool) { ++ended; }});
    });
    app.get("/blocks", callback_handler(
                           [](const RequestCopy& request, Response& response) {
                             std::string text;
                             for (int i = 0; i < 10'000; ++i) text.append(request.path());  // takes a while
                             response.set_body(std::move(text));
                           },
                           {.queue_wait = 1ms, .pool = pool}));
    const Middleware layer = callback_middleware([&](RequestCopy request, Responder res, NextCallback next) {
      res.on_cancel([](CancelReason) {});
      workers.push([request, res, next] {
        res.set("x-path", request.path());
        next();
        next();
      });
      workers.push([res] { (void)res.alive(); });
    });
    app.with(layer).get("/layered", callback_handler([&](const Request&, Reply reply) {
                          workers.push([reply] { reply("layered"); });
                        }));
    Options options;
    options.transport = transport;
    const auto body = [&](Client& client) -> Task<> {
      const auto leave = [&](std::string_view target, Duration wait) -> Task<> {
        for (int i = 0; i < 40; ++i) {
          Connection connection = co_await client.connect();
          co_await connection.write("GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n");
          co_await sleep_for(wait * (i % 4));
          connection.reset();
        }
      };
      co_await when_all(leave("/pulled", 200us), leave("/blocks", 100us), leave("/blocks", 300us),
                        leave("/layered", 100us), leave("/pulled", 1ms));
      while (ended != begun) co_await sleep_for(1ms);
      const Answer answer = co_await client.get("/layered");
      CHECK(answer.body() == "layered");
      CHECK(answer.header("x-path") == "/layered");
    };
    gyre::testing::run(app, body, options);
    const CallbackCounts blocked = counts_of(app, "/blocks");
    CHECK(blocked.requests == blocked.in_call + blocked.cancelled + blocked.shed);
  }
}
