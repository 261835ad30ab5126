#include "../http/route_site.hpp"
#include "web_support.hpp"

#include <each_loop.hpp>
#include <gyre/web/peer_address.hpp>
#include <gyre/web/state.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace gyre;
using gyre::test::body_of;
using gyre::test::request;
using gyre::test::RouteSite;
using gyre::test::with_routes;
using web_test::get;
using web_test::set_up_error;

namespace {

struct Counter {
  int count = 0;
};

/// Neither copied nor moved.
struct Pool {
  explicit Pool(std::vector<std::string>& log) : log_(&log) { log_->emplace_back("made"); }
  Pool(const Pool&) = delete;
  ~Pool() { log_->emplace_back("gone"); }
  int taken = 0;

 private:
  std::vector<std::string>* log_;
};

/// An extractor of the application's own, on top of a state.
struct Visitor {
  std::string name;

  static Extracted<Visitor> extract(Request& request) {
    Counter& counter = *State<Counter>::of(request);
    return Visitor{"visitor " + std::to_string(++counter.count)};
  }
};

std::string here(unsigned line) { return "state_test.cpp:" + std::to_string(line); }

constexpr std::string_view closing = "Connection: close\r\n";

}  // namespace

TEST_CASE("a state is one object for all requests", "[web][state]") {
  Router router;
  router.state(Counter{5}).state(std::string{"text"});
  router.get("/", [](State<Counter> counter) { return std::to_string(++counter->count); });
  router.get("/task/{n}", [](Path<int> n, State<Counter> counter, State<std::string> text) -> Task<std::string> {
    (*counter).count += *n;
    co_return *text + std::to_string(counter->count);
  });
  router.get("/visitor", [](Visitor visitor) { return visitor.name; });
  router.check();
  CHECK(get(router, "/") == "6");
  CHECK(get(router, "/") == "7");
  CHECK(get(router, "/task/3") == "text10");
  CHECK(get(router, "/visitor") == "visitor 11");
}

TEST_CASE("a state may be shared with others", "[web][state]") {
  const auto counter = std::make_shared<Counter>();
  {
    Router router;
    router.state(counter);
    router.get("/", [](State<Counter> mine) { return std::to_string(++mine->count); });
    CHECK(get(router, "/") == "1");
  }
  CHECK(counter->count == 1);
  CHECK(counter.use_count() == 1);
}

TEST_CASE("a missing state is found at the start, with the line of the route", "[web][state]") {
  Router router;
  router.get("/fine", [] { return ""; });
  const unsigned line = __LINE__ + 1;
  router.group("/x").get("/y", [](State<Counter>) { return ""; });
  const std::string text = set_up_error([&] { router.check(); });
  CHECK_THAT(text, Catch::Contains(here(line) + ": GET \"/x/y\" takes a "));
  CHECK_THAT(text, Catch::Contains("State<") && Catch::Contains("Counter>, and there is none: add it with state(...)"));
  router.state(Counter{});
  CHECK(set_up_error([&] { router.check(); }).empty());

  router.not_found([](LoopState<Counter>) { return ""; });
  CHECK_THAT(set_up_error([&] { router.check(); }),
             Catch::Contains("LoopState<") && Catch::Contains("loop_state(...)"));
}

TEST_CASE("a second state of a type is a set-up error with both lines", "[web][state]") {
  Router router;
  const unsigned first = __LINE__ + 1;
  router.state(Counter{});
  const unsigned second = __LINE__ + 1;
  const std::string text = set_up_error([&] { router.state(Counter{}); });
  CHECK_THAT(text, Catch::Contains(here(second) + ": there is a ") && Catch::EndsWith(here(first)));
  router.loop_state([](Loop&) { return Counter{}; });  // is another thing
  CHECK_FALSE(set_up_error([&] { router.loop_state([](Loop&) { return Counter{}; }); }).empty());
}

TEST_CASE("a state that nobody checked for is a failure that tells of it", "[web][state]") {
  std::string heard;
  Router router;
  router.on_error([&](const ErrorReport& report) { heard = report.text; });
  router.get("/", [](Visitor visitor) { return visitor.name; });
  CHECK(get(router, "/") == "500");
  CHECK_THAT(heard, Catch::Contains("there is no ") && Catch::Contains("Counter>: add it with state(...)"));
}

TEST_CASE("a loop's state is made with the server and dies with it", "[web][state]") {
  std::vector<std::string> log;
  Router router;
  router.state(Counter{});
  router.loop_state([&log](Loop&) { return Pool{log}; });
  router.get("/", [](LoopState<Pool> pool, State<Counter> counter) {
    return std::to_string(++pool->taken) + " " + std::to_string(++counter->count);
  });
  for (int run = 0; run < 2; ++run) {
    SimLoop loop;
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      CHECK(log.size() == static_cast<std::size_t>(2 * run + 1));
      for (int round = 1; round <= 2; ++round) {
        const std::string bytes = request("GET /", closing);
        const std::string answer = co_await site.ask(bytes);
        CHECK(body_of(answer) == std::to_string(round) + " " + std::to_string(2 * run + round));
      }
    });
    CHECK(log.size() == static_cast<std::size_t>(2 * run + 2));
  }
  CHECK(log == std::vector<std::string>{"made", "gone", "made", "gone"});
}

TEST_CASE("two loops have a state each and one in common", "[web][state]") {
  Router router;
  router.state(Counter{});
  router.loop_state([](Loop&) { return Counter{}; });
  router.get("/", [](LoopState<Counter> own, State<Counter> all) {
    return std::to_string(++own->count) + " " + std::to_string(++all->count);
  });
  SimLoop first;
  with_routes(first, router, [&](RouteSite& site) -> Task<> {
    const std::string bytes = request("GET /", closing);
    const std::string before = co_await site.ask(bytes);
    CHECK(body_of(before) == "1 1");
    Server other{site.loop, router};
    Listener listener{site.loop};
    Endpoint any = Endpoint::ip("127.0.0.1", 0).value();
    listener.open(any).value();
    Scope scope{co_await this_context()};
    scope.spawn(other.serve(listener));
    Endpoint there = listener.endpoint();
    Result<Stream> stream = co_await Stream::connect(there);
    co_await gyre::test::send(*stream, bytes);
    const std::string answer = co_await gyre::test::read_to_end(*stream);
    CHECK(body_of(answer) == "1 2");
    listener.stop();
    co_await scope.join();
    co_await listener.close();
    co_await other.stop(Duration{0});
    const std::string after = co_await site.ask(bytes);
    CHECK(body_of(after) == "2 3");
  });
}

TEST_CASE("what making a loop's state throws, the server throws", "[web][state]") {
  Router router;
  router.loop_state([](Loop&) -> Counter { throw std::runtime_error{"no pool"}; });
  SimLoop loop;
  CHECK_THROWS_WITH((Server{loop, router}), "no pool");
}

TEST_CASE("a handler sees where the connection comes from", "[web][state]") {
  Router router;
  router.get("/plain", [](PeerAddress peer) { return peer.endpoint.text(); });
  router.get("/task", [](PeerAddress peer, const Request& request) -> Task<std::string> {
    const Result<Endpoint> again = request.peer();
    co_return again.value().text() == peer.endpoint.text() ? peer.endpoint.text() : "another";
  });
  loop_test::for_each_loop([&](Loop& loop) {
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      for (const char* path : {"GET /plain", "GET /task"}) {
        gyre::test::ClientStream stream = co_await site.connect();
        const std::string mine = stream.local_endpoint().value().text();
        const std::string bytes = request(path, closing);
        co_await gyre::test::send(stream, bytes);
        const std::string answer = co_await gyre::test::read_to_end(stream);
        CHECK(body_of(answer) == mine);
      }
    });
  });
  CHECK(get(router, "/plain") == "503");  // without a connection
}
