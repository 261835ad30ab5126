#include <gyre/coro/task_tree.hpp>
#include <gyre/gyre.hpp>
#include <gyre/testing/client.hpp>

#include "each_loop.hpp"

#include <catch2/catch.hpp>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

namespace {

RunOptions on_any_port() {
  RunOptions options;
  options.port = 0;
  return options;
}

/// Runs `body(client)` beside `app.serve`, then stops the app by `end`.
template <class Body, class End>
Task<> serve_beside(Loop& loop, App& app, Body body, End end) {
  Context& context = co_await this_context();
  Scope scope{context};
  Event serving;
  scope.spawn(app.serve(loop, on_any_port(), &serving));
  co_await serving.wait();
  {
    testing::Client client{loop, app.endpoints().at(0)};
    co_await body(client);
  }
  end(scope);
  co_await scope.join();
}

Task<> expect_hello(testing::Client& client) {
  const testing::Answer answer = co_await client.get("/");
  CHECK(answer.body() == "hello");
}

}  // namespace

TEST_CASE("an app serves on a loop that exists, until it is stopped", "[app]") {
  for_each_loop([](Loop& loop) {
    std::string order;
    App app;
    app.get("/", [] { return "hello"; });
    app.on_start([&](Loop& mine) {
      CHECK(&mine == &loop);
      order += "start ";
    });
    app.on_stop([&](Loop&) { order += "stop "; });
    app.background([&]() -> Task<> {
      order += "background ";
      try {
        co_await sleep_for(1h);
      } catch (const Cancelled&) {
        order += "cancelled ";
      }
    });
    loop.run(serve_beside(loop, app, expect_hello, [&](Scope&) { app.stop(); }));
    CHECK(order == "start background cancelled stop ");
    loop.run(serve_beside(loop, app, expect_hello, [&](Scope&) { app.stop(); }));  // and again
  });
}

TEST_CASE("a served app whose task is cancelled ends in the same order", "[app]") {
  for_each_loop([](Loop& loop) {
    std::string order;
    App app;
    app.get("/", [] { return "hello"; });
    app.on_stop([&](Loop&) -> Task<> {
      co_await sleep_for(1ms);  // not cancelled itself
      order += "stop";
    });
    SECTION("by the cancellation alone") {
      loop.run(serve_beside(loop, app, expect_hello, [](Scope& scope) { scope.cancel(); }));
    }
    SECTION("with a stop on its way") {
      loop.run(serve_beside(loop, app, expect_hello, [&](Scope& scope) {
        app.stop();
        scope.cancel();
      }));
    }
    CHECK(order == "stop");
  });
}

TEST_CASE("a cancelled serve says so, after the drain", "[app]") {
  SimLoop loop;
  App app;
  CancelReason reason = CancelReason::none;
  app.get("/slow", [&](Request& request) -> Task<std::string> {
    try {
      co_await sleep_for(1h);
    } catch (const Cancelled&) {
      reason = request.context().reason();
    }
    if (reason != CancelReason::none) throw Cancelled{};
    co_return "done";
  });
  loop.run([](Loop& on, App& served) -> Task<> {
    Context& context = co_await this_context();
    Scope client_scope{context};
    Event serving;
    RunOptions options = on_any_port();
    options.drain = 3s;
    auto ask = [](Loop& here, App& asked, Event& listens) -> Task<> {
      co_await listens.wait();
      testing::Client client{here, asked.endpoints().at(0)};
      const testing::Answer answer = co_await client.get("/slow");
      CHECK(answer.status() == Status::service_unavailable);
      const TimePoint end = co_await now();
      CHECK(end == TimePoint{} + 4s);
    };
    client_scope.spawn(ask(on, served, serving));
    const Result<void> ended = co_await within(1s, served.serve(on, options, &serving));
    CHECK((!ended && ended.error() == Errc::timed_out));
    co_await client_scope.join();
  }(loop, app));
  CHECK(reason == CancelReason::shutdown);
  CHECK(loop.open_descriptors() == 0);
}

TEST_CASE("background tasks of a cancelled serve go on until it has drained", "[app]") {
  SimLoop loop;
  App app;
  TimePoint answered{};
  TimePoint ended{};
  CancelReason reason = CancelReason::none;
  app.background([&]() -> Task<> {
    Context& context = co_await this_context();
    try {
      co_await sleep_for(1h);
    } catch (const Cancelled&) {
      ended = context.executor().now();
      reason = context.reason();
    }
    if (reason != CancelReason::none) throw Cancelled{};
  });
  app.get("/slow", [&]() -> Task<std::string> {
    co_await sleep_for(3s);
    answered = co_await now();
    co_return "done";
  });
  loop.run([](Loop& on, App& served) -> Task<> {
    Context& context = co_await this_context();
    Scope serving_scope{context};
    Scope client_scope{context};
    Event serving;
    serving_scope.spawn(served.serve(on, on_any_port(), &serving));
    co_await serving.wait();
    auto ask = [](Loop& here, App& asked) -> Task<> {
      testing::Client client{here, asked.endpoints().at(0)};
      const testing::Answer answer = co_await client.get("/slow");
      CHECK(answer.body() == "done");
    };
    client_scope.spawn(ask(on, served));
    co_await sleep_for(1s);
    serving_scope.cancel(CancelReason::requested);
    co_await serving_scope.join();
    co_await client_scope.join();
  }(loop, app));
  CHECK(answered == TimePoint{} + 3s);
  CHECK(ended >= answered);
  CHECK(reason == CancelReason::shutdown);
}

TEST_CASE("a serve that cannot start throws why and leaves nothing", "[app]") {
  SimLoop loop;
  App app;
  SECTION("the address is none") {
    RunOptions options = on_any_port();
    options.host = "localhost";
    CHECK_THROWS_WITH(loop.run(app.serve(loop, options)), "\"localhost\" is no IP address");
  }
  SECTION("the address is taken") {
    const int taken = loop.open_listener(Endpoint::ip("127.0.0.1", 80).value().address(), {}).value();
    RunOptions options;
    options.port = 80;
    CHECK_THROWS_WITH(loop.run(app.serve(loop, options)), Catch::Contains("cannot listen on 127.0.0.1:80"));
    loop.close(taken);
  }
  SECTION("a start hook throws") {
    app.on_start([](Loop&) { throw std::runtime_error{"no database"}; });
    CHECK_THROWS_WITH(loop.run(app.serve(loop, on_any_port())), "no database");
  }
  SECTION("it is on another loop") {
    SimLoop other;
    CHECK_THROWS_AS(other.run(app.serve(loop, on_any_port())), std::logic_error);
  }
  SECTION("it runs already") {
    app.get("/", [] { return "hello"; });
    auto twice = [&](testing::Client& client) -> Task<> {
      std::string said;
      try {
        co_await app.serve(loop, on_any_port());
      } catch (const std::logic_error& error) {
        said = error.what();
      }
      CHECK(said == "gyre: this app runs already");
      co_await expect_hello(client);
    };
    loop.run(serve_beside(loop, app, twice, [&](Scope&) { app.stop(); }));
  }
  CHECK(loop.open_descriptors() == 0);
  CHECK(loop.armed() == 0);
  CHECK_FALSE(loop.has_timers());
}

TEST_CASE("an app that serves on a loop with a task tree shows that one", "[app][tree]") {
  SimOptions sim;
  sim.task_tree = true;
  SimLoop loop{sim};
  const TaskTree* const before = loop.task_tree();
  REQUIRE(before != nullptr);
  App app;
  app.get("/tasks", [&app] { return app.task_tree(); });
  loop.run([](Loop& on, App& served) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Event serving;
    RunOptions options = on_any_port();
    options.task_tree = true;
    scope.spawn(served.serve(on, options, &serving));
    co_await serving.wait();
    {
      testing::Client client{on, served.endpoints().at(0)};
      const testing::Answer answer = co_await client.get("/tasks");
      CHECK_THAT(answer.body(), Catch::Contains("context GET /tasks"));
    }
    served.stop();
    co_await scope.join();
  }(loop, app));
  CHECK(loop.task_tree() == before);
}

TEST_CASE("of two apps on one loop the first keeps the task tree, and takes it along", "[app][tree]") {
  SimLoop loop;
  App first;
  App second;
  second.get("/tasks", [&second] { return second.task_tree(); });
  loop.run([](Loop& on, App& one, App& two) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Event serving_one;
    Event serving_two;
    RunOptions options = on_any_port();
    options.task_tree = true;
    scope.spawn(one.serve(on, options, &serving_one));
    co_await serving_one.wait();
    scope.spawn(two.serve(on, options, &serving_two));
    co_await serving_two.wait();
    {
      testing::Client client{on, two.endpoints().at(0)};
      const testing::Answer with_tree = co_await client.get("/tasks");
      CHECK_THAT(with_tree.body(), Catch::Contains("context GET /tasks"));
      one.stop();
      co_await sleep_for(1ms);
      const testing::Answer without = co_await client.get("/tasks");
      CHECK_THAT(without.body(), Catch::Contains("the task tree is off"));
    }
    two.stop();
    co_await scope.join();
  }(loop, first, second));
}
