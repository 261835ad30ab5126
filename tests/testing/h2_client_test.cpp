#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

Options over_h2() {
  Options options;
  options.protocol = Protocol::http_2;
  return options;
}

}  // namespace

TEST_CASE("a client speaks HTTP/2 with the app, on every transport", "[testing][http2]") {
  App app;
  app.get("/users/{id}", [](Path<int> id) { return "user " + std::to_string(*id); });
  app.post("/echo", [](Request& request) -> Task<Response> {
    co_return std::string{request.header("content-type")} + " " + std::string{request.body()} + " " +
        std::string{request.trailer("x-sum").value_or("none")};
  });
  app.get("/pieces", [](Request&) {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("abc");
      co_await out.write("de");
      out.add_trailer("X-Sum", "5");
    });
  });
  const auto body = [](Client& client) -> Task<> {
    const Answer user = co_await client.get("/users/7");
    CHECK(user.status() == Status::ok);
    CHECK(user.version_major() == 2);
    CHECK(user.body() == "user 7");
    CHECK(user.header("Content-Length") == "6");
    CHECK(user.keep_alive());
    const Answer head = co_await client.head("/users/7");
    CHECK(head.header("content-length") == "6");
    CHECK(head.body().empty());
    const Answer posted = co_await client.post("/echo", std::string(200'000, 'b'));
    CHECK(posted.body() == "text/plain " + std::string(200'000, 'b') + " none");
    TestRequest request{Method::post, "/echo"};
    request.field("Content-Type", "x/y").chunk("abc").chunk("de").trailer("X-Sum", "5");
    const Answer summed = co_await client.send(request);
    CHECK(summed.body() == "x/y abcde 5");
    const Answer pieces = co_await client.get("/pieces");
    CHECK(pieces.body() == "abcde");
    CHECK(!pieces.chunked());
    CHECK(pieces.trailer("X-Sum") == "5");
    const Answer none = co_await client.get("/none");
    CHECK(none.status() == Status::not_found);
  };
  run_everywhere(app, body, over_h2());
}

TEST_CASE("requests of an HTTP/2 client share a connection", "[testing][http2]") {
  App app;
  unsigned asked = 0;
  app.get("/", [] { return "hello"; });
  app.get("/slow", [&](Request&) -> Task<std::string> {
    ++asked;
    co_await sleep_for(1s);
    co_return std::to_string(asked);
  });
  const auto body = [](Client& client) -> Task<> {
    auto& loop = static_cast<SimLoop&>(client.loop());
    (void)co_await client.get("/");
    const std::size_t descriptors = loop.open_descriptors();
    const auto [first, second, third] =
        co_await when_all(client.get("/slow"), client.get("/slow"), client.get("/slow"));
    CHECK(first.body() == "3");
    CHECK(second.elapsed() == 1s);
    CHECK(third.elapsed() == 1s);
    CHECK(loop.open_descriptors() == descriptors);
  };
  run(app, body, over_h2());
}

TEST_CASE("a request that an HTTP/2 client gives up is taken back, and the others go on", "[testing][http2]") {
  App app;
  CancelReason reason = CancelReason::none;
  app.get("/slow",
          [&](Request& request) -> Task<std::string> {
            try {
              co_await sleep_for(1h);
            } catch (const Cancelled&) {
              reason = request.context().reason();
              throw;
            }
            co_return "slow";
          },
          {.handler = 2h});
  app.get("/quick", [](Request&) -> Task<std::string> {
    co_await sleep_for(2s);
    co_return "quick";
  });
  const auto give_up = [](Client* client) -> Task<> {
    auto waiting = within(1s, client->get("/slow"));
    const Result<Answer> answer = co_await std::move(waiting);
    CHECK(answer.error() == Errc::timed_out);
  };
  const auto body = [&](Client& client) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    scope.spawn(give_up, &client);
    const Answer quick = co_await client.get("/quick");
    CHECK(quick.body() == "quick");
    CHECK(reason == CancelReason::client_gone);
    co_await scope.join();
    const Answer again = co_await client.get("/quick");
    CHECK(again.body() == "quick");
  };
  run(app, body, over_h2());
}

TEST_CASE("an HTTP/2 client opens its connection again when it was closed", "[testing][http2]") {
  App app;
  app.post("/", [](Request&) { return "hello"; });
  Options options = over_h2();
  options.server.limits.idle = 5s;
  const auto body = [](Client& client) -> Task<> {
    for (int round = 0; round < 3; ++round) {
      const Answer answer = co_await client.post("/", "x");
      CHECK(answer.body() == "hello");
      co_await sleep_for(10s);
    }
  };
  run(app, body, options);
}

TEST_CASE("an answer that is cut is none, over HTTP/2 too", "[testing][http2]") {
  App app;
  app.get("/", [](Request&) {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("half");
      co_await out.flush();
      throw std::runtime_error{"on purpose"};
    });
  });
  const auto body = [](Client& client) -> Task<> {
    std::string what;
    try {
      (void)co_await client.get("/");
    } catch (const WrongAnswer& wrong) {
      what = wrong.what();
    }
    CHECK_THAT(what, Catch::StartsWith("the server reset the stream (INTERNAL_ERROR)"));
  };
  run(app, body, over_h2());
}

TEST_CASE("whatever fails, and whenever it leaves, an HTTP/2 client leaves nothing behind", "[testing][http2]") {
  App app;
  app.get("/slow", [](Request&) -> Task<std::string> {
    co_await sleep_for(10ms);
    co_return std::string(100'000, 's');
  });
  app.post("/", [](Request& request) { return std::string{request.body()}; });
  const auto body = [](Client& client) -> Task<> {
    const auto [slow, posted] = co_await when_all(client.get("/slow"), client.post("/", std::string(70'000, 'p')));
    CHECK(slow.body().size() == 100'000);
    CHECK(posted.body().size() == 70'000);
  };
  Options options = over_h2();
  CHECK(cancel_each_operation(app, body, options) > 10);
  CHECK(fail_each_operation(app, body, options) > 10);
}
