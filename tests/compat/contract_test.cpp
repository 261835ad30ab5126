#include "compat_support.hpp"

#include <functional>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

constexpr int seeds = 5;  // that `compat_test::run` takes

}  // namespace

TEST_CASE("contract 1: answered twice, the first answer counts", "[compat]") {
  App app;
  Told told{app};
  std::optional<Reply> kept;
  const unsigned line = std::source_location::current().line();
  app.get("/in", callback_handler([](const Request&, Reply reply) {
            reply("first");
            reply("second");
            reply.fail(std::make_exception_ptr(std::runtime_error{"third"}));
          }));
  app.get("/later", callback_handler([&](const Request&, const Reply& reply) {
            reply("first");
            kept = reply;
          }));
  compat_test::run(app, [&](Client& client) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      const Answer in = co_await client.get("/in");
      CHECK(in.body() == "first");
      const Answer later = co_await client.get("/later");
      CHECK(later.body() == "first");
      (*kept)("second");
      kept.reset();
    }
  });
  CHECK(counts_of(app, "/in").in_call == 3 * seeds);
  CHECK(counts_of(app, "/in").twice == 6 * seeds);
  CHECK(counts_of(app, "/later").twice == 3 * seeds);
  REQUIRE(told.texts().size() == 2);  // once per route
  CHECK(told.texts()[0].starts_with("GET /in (made at "));
  CHECK(told.count("contract_test.cpp:" + std::to_string(line + 2)) == 1);  // both call sites
  CHECK(told.count("contract_test.cpp:" + std::to_string(line + 3)) == 1);
  CHECK(told.count("GET /later") == 1);
}

TEST_CASE("contract 2: the last copy dies unanswered, 500 at once", "[compat]") {
  App app;
  Told told{app};
  std::optional<Reply> kept;
  app.get("/now", callback_handler([](const Request&, Reply) {}));
  app.get("/later", callback_handler([&](const Request&, Reply reply) { kept = reply; }));
  compat_test::run(app, [&](Client& client) -> Task<> {
    const Answer now = co_await client.get("/now");
    CHECK(now.status() == Status::internal_server_error);
    CHECK(now.elapsed() == 0s);
    const auto drop = [&]() -> Task<> {
      co_await sleep_for(3s);
      kept.reset();
    };
    const auto [later, dropped] = co_await when_all(client.get("/later"), drop());
    CHECK(later.status() == Status::internal_server_error);
    CHECK(later.elapsed() == 3s);
  });
  CHECK(told.texts().size() == 2);
  CHECK(counts_of(app, "/now").dropped == seeds);
  CHECK(counts_of(app, "/later").dropped == seeds);
}

TEST_CASE("contract 2: copies stay alive, the deadline answers", "[compat]") {
  App app;
  std::optional<Reply> kept;
  app.get("/", callback_handler([&](const Request&, Reply reply) { kept = std::move(reply); }),
          {.handler = 2s, .deadline_status = Status::gateway_timeout});
  compat_test::run(app, [&](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    CHECK(answer.status() == Status::gateway_timeout);
    CHECK(answer.elapsed() == 2s);
    CHECK_FALSE(kept->alive());
    (*kept)("late");
    kept.reset();
  });
  const CallbackCounts counts = counts_of(app, "/");
  CHECK(counts.cancelled == seeds);
  CHECK(counts.late == seeds);
  CHECK(counts.twice == 0);
}

TEST_CASE("contract 3: the client leaves, and calls do nothing", "[compat]") {
  App app;
  std::optional<Reply> kept;
  std::vector<CancelReason> heard;
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            reply.on_cancel([&](CancelReason reason) { heard.push_back(reason); });
            kept = std::move(reply);
          }));
  compat_test::run(app, [&](Client& client) -> Task<> {
    heard.clear();
    Connection connection = co_await client.connect();
    co_await connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await sleep_for(1s);
    CHECK(kept->alive());
    CHECK(heard.empty());
    connection.reset();
    co_await sleep_for(1s);
    CHECK_FALSE(kept->alive());
    REQUIRE(heard.size() == 1);
    CHECK(heard[0] == CancelReason::client_gone);
    (*kept)("nobody is there");
    kept->on_cancel([&](CancelReason reason) { heard.push_back(reason); });
    CHECK(heard.size() == 2);
    kept.reset();
  });
}

TEST_CASE("contract 5: an answer inside the call", "[compat]") {
  App app;
  app.get("/{word}", callback_handler([](const Request& request, Reply reply) {
            reply.on_cancel([](CancelReason) { FAIL("it was answered"); });
            reply(std::string{request.parameter(0)});
            CHECK_FALSE(reply.alive());
          }));
  app.post("/length", callback_handler([](const Request& request, std::function<void(Response)> reply) {
             reply(std::to_string(request.body().size()));
           }));
  compat_test::run(app, [&](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/word");
    CHECK(answer.body() == "word");
    const Answer length = co_await client.post("/length", std::string(1000, 'x'));
    CHECK(length.body() == "1000");
  });
  CHECK(counted(app, "/{word}") == "requests 5, in_call 5");
  CHECK(counted(app, "/length") == "requests 5, in_call 5");
}
