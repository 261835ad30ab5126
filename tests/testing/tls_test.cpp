#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

Options over_tls() {
  Options options;
  options.tls = Tls::on;
  return options;
}

App& set_up(App& app) {
  app.get("/", [](const Request& request) -> std::string {
    const std::optional<TlsInfo> tls = request.tls();
    return tls ? std::string{name(tls->version)} + " " + tls->alpn + " for " + tls->server_name : "none";
  });
  app.get("/large", [] { return std::string(300'000, 'l'); });
  app.post("/wait", [](Request& request) -> Task<std::string> {
    co_await sleep_for(20ms);
    co_return std::string{request.body()};
  });
  return app;
}

Task<> talk(Client& client) {
  const Answer first = co_await client.get("/");
  CHECK(first.body() == "TLS 1.3 http/1.1 for localhost");
  const Answer large = co_await client.get("/large");
  CHECK(large.body().size() == 300'000);
  const Answer posted = co_await client.post("/wait", "2 tea");
  CHECK(posted.body() == "2 tea");
}

}  // namespace

TEST_CASE("a test speaks https with an app on every transport", "[testing][tls]") {
  App app;
  set_up(app);
  run_everywhere(app, talk, over_tls());
}

TEST_CASE("a test without an option speaks http", "[testing][tls]") {
  App app;
  run(set_up(app), [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    CHECK(answer.body() == "none");
  });
}

TEST_CASE("times are exact over TLS, too", "[testing][tls]") {
  App app;
  run(
      set_up(app),
      [](Client& client) -> Task<> {
        const Answer answer = co_await client.post("/wait", "tea");
        CHECK(answer.elapsed() == 20ms);
      },
      over_tls());
}

TEST_CASE("a connection of a test ends over TLS as a client ends it", "[testing][tls]") {
  App app;
  Options options = over_tls();
  options.server.half_close = HalfClose::served;
  std::string answered;
  bool cut = false;
  run(
      set_up(app),
      [&](Client& client) -> Task<> {
        constexpr std::string_view request = "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ntea";
        Connection polite = co_await client.connect();
        co_await polite.write(request);
        co_await polite.finish();
        const Answer answer = co_await polite.read_answer(Method::post);
        answered = answer.body();
        const bool more = co_await polite.wait_for_bytes();
        CHECK_FALSE(more);
        CHECK_FALSE(polite.was_reset());
        Connection rude = co_await client.connect();
        co_await rude.write(request);
        rude.end();
        try {
          const Answer none = co_await rude.read_answer(Method::post);
        } catch (const WrongAnswer&) {
          cut = true;
        }
      },
      options);
  CHECK(answered == "tea");
  CHECK(cut);
}

TEST_CASE("a handshake that fails is a wrong answer", "[testing][tls]") {
  App app;
  std::string said;
  run(set_up(app), [&](Client& client) -> Task<> {
    Client secure{client.loop(), client.endpoint(), Duration::max(), TlsEnds::get().client()};
    try {
      const Answer answer = co_await secure.get("/");
    } catch (const WrongAnswer& wrong) {
      said = wrong.what();
    }
  });
  CHECK_THAT(said, Catch::StartsWith("the TLS handshake failed: not_tls"));
}

TEST_CASE("a deadlock is found over TLS", "[testing][tls]") {
  App app;
  Event never;
  const auto wait = [&](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    CHECK(answer.status() == Status::ok);
    co_await never.wait();
  };
  CHECK_THROWS_AS(run(set_up(app), wait, over_tls()), testing::Deadlock);
}

TEST_CASE("a seed repeats a run over TLS", "[testing][tls]") {
  App app;
  set_up(app);
  Options options = over_tls();
  options.sim.split_chunks = true;
  options.sim.pipe_capacity = 700;
  options.sim.bandwidth = 1'000'000;
  options.sim.latency = {.least = 0ms, .most = 3ms};
  std::vector<std::uint64_t> fingerprints;
  const auto body = [&](Client& client) -> Task<> {
    co_await talk(client);
    fingerprints.push_back(static_cast<const SimLoop&>(client.loop()).fingerprint());
  };
  constexpr std::size_t count = 10;
  run_seeds(app, count, body, options);
  run_seeds(app, count, body, options);
  REQUIRE(fingerprints.size() % 2 == 0);
  const auto middle = fingerprints.begin() + static_cast<std::ptrdiff_t>(fingerprints.size() / 2);
  CHECK(std::equal(fingerprints.begin(), middle, middle, fingerprints.end()));
}

TEST_CASE("whatever fails or is cancelled over TLS leaves nothing behind", "[testing][tls]") {
  App app;
  set_up(app);
  const auto body = [](Client& client) -> Task<> {
    const Answer answer = co_await client.post("/wait", "tea");
    CHECK(answer.status() == Status::ok);
    CHECK(answer.body() == "tea");
  };
  CHECK(fail_each_operation(app, body, over_tls()) > 5);
  CHECK(cancel_each_operation(app, body, over_tls()) > 5);
}
