#include "compat_support.hpp"

#include <gyre/compat/callback_middleware.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <random>
#include <stdexcept>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

struct Odd {};  ///< No std::exception.

/// How a child process ends that does `work`: the signal, or 0.
template <class Work>
int signal_of(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // not the test framework's
    ::close(STDERR_FILENO);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

std::string get_line(std::string_view target) { return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

}  // namespace

TEST_CASE("contract 1: with on_misuse abort, the process ends where a rule is broken", "[compat]") {
  const auto breaks = [](auto function) {
    return signal_of([&] {
      App app;
      app.get("/", callback_handler(function, {.on_misuse = OnMisuse::abort}));
      gyre::testing::run(app, [](Client& client) -> Task<> { (void)co_await client.get("/"); });
    });
  };
  CHECK(breaks([](const Request&, Reply reply) { reply("fine"); }) == 0);
  CHECK(breaks([](const Request&, Reply reply) {
          reply("first");
          reply("second");
        }) == SIGABRT);
  CHECK(breaks([](const Request&, Reply) {}) == SIGABRT);
  CHECK(breaks([](const Request&, Reply reply) {
          reply("first");
          throw Odd{};
        }) == SIGABRT);
}

TEST_CASE("contract 1: misuse after the request is told at the next one", "[compat]") {
  App app;
  Told told{app};
  std::optional<Reply> kept;
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            reply("first");
            kept = reply;
          }));
  compat_test::run(
      app,
      [&](Client& client) -> Task<> {
        (void)co_await client.get("/");
        co_await sleep_for(1s);
        (*kept)("second");
        CHECK(counts_of(app, "/").twice == 1);  // at once
        CHECK(told.texts().empty());
        (void)co_await client.get("/");
        CHECK(told.texts().size() == 1);
        kept.reset();
      },
      {}, 1);
}

TEST_CASE("contract 3: who waits for a cancellation is let go of with the answer", "[compat]") {
  App app;
  std::optional<Reply> kept;
  int heard = 0;
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            // A callback that holds the reply itself keeps nothing alive for longer than the request.
            for (int i = 0; i < 3; ++i) reply.on_cancel([&heard, reply](CancelReason) { ++heard; });
            kept = std::move(reply);
          }),
          {.handler = 5s});
  compat_test::run(app, [&](Client& client) -> Task<> {
    heard = 0;
    const auto act = [&](Duration when) -> Task<> {
      co_await sleep_for(when);
      (*kept)("answer");
      kept->on_cancel([&](CancelReason) { ++heard; });
      kept.reset();
    };
    const auto [answer, answered] = co_await when_all(client.get("/"), act(1s));
    CHECK(answer.body() == "answer");
    CHECK(heard == 0);
    const auto [late, acted] = co_await when_all(client.get("/"), act(6s));
    CHECK(late.status() == Status::service_unavailable);
    CHECK(heard == 4);  // the last one when it asked: it was too late already
  });
}

TEST_CASE("contract 5: 1000 answers inside the call, one behind the other, on one depth of stack", "[compat]") {
  App app;
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
            lowest = std::min(lowest, here);
            highest = std::max(highest, here);
            reply("x");
          }));
  gyre::testing::run(app, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests += get_line("/");
    co_await connection.write(requests);
    for (int i = 0; i < 1000; ++i) (void)co_await connection.read_answer();
  });
  CHECK(counted(app, "/") == "requests 1000, in_call 1000");
  CHECK(highest - lowest < 4096);
}

TEST_CASE("contract 6: what a handler throws", "[compat]") {
  App app;
  Told told{app};
  app.on_failure<Odd>([](Request&, const Odd&) { return Status::im_used; });
  app.get("/before", callback_handler([](const Request&, Reply) { throw std::runtime_error{"before"}; }));
  app.get("/http", callback_handler([](const Request&, Reply) { throw HttpError{Status::conflict, "taken"}; }));
  app.get("/odd", callback_handler([](const Request&, Reply) { throw Odd{}; }));
  app.get("/number", callback_handler([](const Request&, const Reply&) { throw 7; }));
  app.get("/after", callback_handler([](const Request&, Reply reply) {
            reply("answer");
            throw std::runtime_error{"after"};
          }));
  app.get("/fail", callback_handler([](const Request&, Reply reply) { reply.fail(nullptr); }));
  app.get("/blocking", callback_handler([](const Request&, Response&) { throw Odd{}; }));
  compat_test::run(app, [](Client& client) -> Task<> {
    const auto check = [&](const char* target, Status status) -> Task<> {
      INFO(target);
      const Answer answer = co_await client.get(target);
      CHECK(answer.status() == status);
    };
    co_await check("/before", Status::internal_server_error);
    co_await check("/http", Status::conflict);
    co_await check("/odd", Status::im_used);
    co_await check("/number", Status::internal_server_error);
    co_await check("/after", Status::ok);
    co_await check("/fail", Status::internal_server_error);
    co_await check("/blocking", Status::im_used);
  });
  CHECK(told.count("before") == 5);
  CHECK(told.count("unknown exception") == 5);
  CHECK(told.count("then threw: after") == 1);
  CHECK(told.texts().size() == 11);
  CHECK(counted(app, "/before") == "requests 5, threw 5");
  CHECK(counted(app, "/after") == "requests 5, in_call 5, threw_after 5");
  CHECK(counted(app, "/blocking") == "requests 5, threw 5");
}

TEST_CASE("contract 8: answers keep their order on HTTP/1.1, whatever the order of the calls", "[compat]") {
  App app;
  std::vector<Reply> kept;
  app.get("/{number}", callback_handler([&](const Request&, Reply reply) { kept.push_back(std::move(reply)); }));
  Options options;
  options.server.limits.handler = 1h;
  std::mt19937 random{7};
  const auto body = [&](Client& client) -> Task<> {
    constexpr int count = 10;
    Connection connection = co_await client.connect();
    std::string requests;
    for (int i = 0; i < count; ++i) requests += get_line("/" + std::to_string(i));
    co_await connection.write(requests);
    const auto answer_all = [&]() -> Task<> {
      std::vector<std::size_t> answered;
      while (answered.size() < count) {
        co_await sleep_for(1s);
        const std::size_t next = random() % kept.size();
        if (std::find(answered.begin(), answered.end(), next) != answered.end()) continue;
        kept[next](std::to_string(next));
        answered.push_back(next);
      }
    };
    const auto read_all = [&]() -> Task<> {
      for (int i = 0; i < count; ++i) {
        const Answer answer = co_await connection.read_answer();
        CHECK(answer.body() == std::to_string(i));
      }
    };
    co_await when_all(answer_all(), read_all());
    kept.clear();
  };
  compat_test::run(app, body, options);
}

TEST_CASE("contract 8: answers go out as they come on HTTP/2", "[compat]") {
  App app;
  std::vector<Reply> kept;
  app.get("/", callback_handler([&](const Request&, Reply reply) { kept.push_back(std::move(reply)); }));
  Options options;
  options.protocol = Protocol::http_2;
  const auto body = [&](Client& client) -> Task<> {
    std::string order;
    const auto ask = [&](char name) -> Task<> {
      co_await sleep_for(std::chrono::milliseconds{name - 'a'});
      const Answer answer = co_await client.get("/");
      order += name;
      CHECK(answer.body() == std::string{name});
    };
    const auto answer_all = [&]() -> Task<> {
      co_await sleep_for(1s);
      for (const std::size_t next : {2, 0, 1}) {
        kept[next](std::string{static_cast<char>('a' + next)});
        co_await sleep_for(1s);
      }
    };
    co_await when_all(ask('a'), ask('b'), ask('c'), answer_all());
    CHECK(order == "cab");
    kept.clear();
  };
  compat_test::run(app, body, options);
}

TEST_CASE("contract 12: an upgrade is an answer", "[compat]") {
  App app;
  Told told{app};
  app.get("/", callback_handler([](const Request&, Reply reply) {
            reply(Response::upgrade("x", [](Stream stream, std::string) -> Task<> {
              const Result<void> sent = co_await stream.write(as_bytes("session"));
              CHECK(sent);
            }));
            reply("an answer");
            reply.fail(nullptr);
          }));
  compat_test::run(app, [](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    const std::string text = co_await connection.read_until_end();
    CHECK(text.starts_with("HTTP/1.1 101 "));
    CHECK(text.ends_with("\r\n\r\nsession"));
  });
  CHECK(counts_of(app, "/").twice == 10);
  CHECK(told.texts().size() == 1);
}

TEST_CASE("contract 13: the drain waits for an answer that is owed", "[compat]") {
  for (const Protocol protocol : {Protocol::http_1_1, Protocol::http_2}) {
    App app;
    std::optional<Reply> kept;
    bool stopped = false;
    app.on_stop([&](Loop&) { stopped = true; });
    app.get("/", callback_handler([&](const Request&, Reply reply) { kept = std::move(reply); }));
    Options options;
    options.protocol = protocol;
    options.drain = 10s;
    const auto body = [&](Client& client) -> Task<> {
      stopped = false;
      const auto act = [&]() -> Task<> {
        co_await sleep_for(1s);
        app.stop();
        co_await sleep_for(4s);
        CHECK_FALSE(stopped);
        CHECK(kept->alive());
        (*kept)("answer");
        kept.reset();
      };
      const auto [answer, done] = co_await when_all(client.get("/"), act());
      CHECK(answer.body() == "answer");
      CHECK(answer.elapsed() == 5s);
    };
    compat_test::run(app, body, options);
    CHECK(counted(app, "/") == "requests 5, later 5");
  }
}

TEST_CASE("a call that blocks the loop is counted", "[compat]") {
  for (const Transport transport : all_transports()) {
    App app;
    app.get("/", callback_handler([](const Request&, Reply reply) { reply("x"); }, {.blocking_after = -1ns}));
    app.get("/never", callback_handler([](const Request&, Reply reply) { reply("x"); }, {.blocking_after = 1h}));
    Options options;
    options.transport = transport;
    gyre::testing::run(
        app,
        [](Client& client) -> Task<> {
          (void)co_await client.get("/");
          (void)co_await client.get("/never");
        },
        options);
    CHECK(counts_of(app, "/").blocked_loop == 1);
    CHECK(counts_of(app, "/never").blocked_loop == 0);
  }
}
