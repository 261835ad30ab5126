#include <gyre/gyre.hpp>
#include <gyre/net/tls/connect.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>
#include <gyre/net/tls/session.hpp>
#include <gyre/testing/client.hpp>
#include <gyre/testing/failure.hpp>

#include "each_loop.hpp"
#include "file_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::Files;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

using Pem = gyre::detail::SelfSigned;

/// Valid now, whatever the loop takes for now.
Pem make_pem(std::string name, std::string usage = "serverAuth") {
  constexpr std::chrono::hours year{24 * 365};
  gyre::detail::SelfSignedOptions options;
  options.common_name = name;
  options.names = "DNS:" + name;
  options.not_before = 50 * year;
  options.not_after = 130 * year;
  options.usage = std::move(usage);
  return gyre::detail::make_self_signed(options);
}

/// Keys cost more than these tests.
const Pem& server_pem() {
  static const Pem pem = make_pem("localhost");
  return pem;
}

const Pem& client_pem() {
  static const Pem pem = make_pem("ada", "clientAuth");
  return pem;
}

TlsClientOptions trusting() {
  TlsClientOptions options;
  options.trust = server_pem().chain;
  options.alpn = {"http/1.1"};
  return options;
}

TlsClient client_of(const TlsClientOptions& options = trusting()) { return TlsClient::make(options).value(); }

/// On port 443, with a certificate that is there already.
RunOptions with_certificate() {
  RunOptions options;
  options.port = 0;
  options.tls.emplace();
  options.tls->port = 0;
  options.tls->certificates = Certificate::parse(server_pem().chain, server_pem().key).value();
  return options;
}

/// With one from files, which are there.
RunOptions with_files(const Files& files, const Pem& pem = server_pem()) {
  RunOptions options = with_certificate();
  options.tls->certificates.reset();
  options.tls->chain = files.put("chain.pem", pem.chain);
  options.tls->key = files.put("key.pem", pem.key);
  return options;
}

Endpoint https_of(const App& app) { return app.endpoints().at(1); }

Task<testing::Connection> connect(Loop& loop, Endpoint endpoint, TlsClient client) {
  Result<Stream> connected = co_await Stream::connect(endpoint);
  Stream plain = std::move(connected).value();
  auto shaking = tls_connect(std::move(plain), std::move(client), "localhost");
  Stream stream = co_await std::move(shaking);
  testing::Connection connection{loop, std::move(stream), Duration::max()};
  co_return std::move(connection);
}

Task<std::string> get(testing::Connection& connection, std::string_view target) {
  const std::string request = "GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  co_await connection.write(request);
  const testing::Answer answer = co_await connection.read_answer();
  co_return std::string{answer.body()};
}

/// The body of an answer to a connection of its own, or what went wrong.
Task<std::string> ask(Loop& loop, Endpoint endpoint, TlsClient client, std::string_view target = "/") {
  std::string text;
  try {
    auto connecting = connect(loop, endpoint, std::move(client));
    testing::Connection connection = co_await std::move(connecting);
    auto getting = get(connection, target);
    text = co_await std::move(getting);
    const Result<void> finished = co_await connection.stream().finish();
    (void)finished;
  } catch (const TlsFailure& failure) {
    text = failure.what();
  } catch (const testing::WrongAnswer&) {
    text = "no answer";
  }
  co_return text;
}

/// Runs `body(loop, app)` beside the app.
template <class Body>
void serve_beside(Loop& loop, App& app, RunOptions options, Body body) {
  loop.run([](Loop& on, App& served, RunOptions its, Body inside) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Event serving;
    scope.spawn(served.serve(on, std::move(its), &serving));
    co_await serving.wait();
    auto running = inside(on, served);
    co_await std::move(running);
    served.stop();
    co_await scope.join();
  }(loop, app, std::move(options), std::move(body)));
}

std::string describe(const Request& request) {
  const std::optional<TlsInfo> tls = request.tls();
  if (!tls) return request.secure() ? "secure without TLS" : "none";
  std::string text{name(tls->version)};
  text += " " + tls->alpn + " for " + tls->server_name + (tls->resumed ? ", resumed" : "");
  text += tls->peer ? ", " + tls->peer->subject : "";
  return text + (request.secure() ? "" : ", and not secure");
}

std::string described(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& failure) {
    return failure.what();
  } catch (...) {
    return "something else";
  }
}

/// What `App::serve` throws.
std::string refusal(Loop& loop, RunOptions options) {
  App app;
  app.on_log([](const LogRecord&) {});
  try {
    loop.run(app.serve(loop, std::move(options)));
  } catch (...) {
    return described(std::current_exception());
  }
  return "it served";
}

}  // namespace

TEST_CASE("an app serves https behind http, and tells handlers what was agreed on", "[app][tls]") {
  for_each_loop([](Loop& loop) {
    App app;
    app.get("/", describe);
    RunOptions options = with_certificate();
    options.unix_path = "@gyre-tls-test-" + std::to_string(::getpid());
    serve_beside(loop, app, std::move(options), [](Loop& on, App& served) -> Task<> {
      const std::vector<Endpoint> endpoints = served.endpoints();
      REQUIRE(endpoints.size() == 3);
      CHECK(endpoints[2].is_unix());
      for (const std::size_t plain : {0U, 2U}) {
        testing::Client client{on, endpoints[plain]};
        const testing::Answer answer = co_await client.get("/");
        CHECK(answer.body() == "none");
      }
      const TlsClient client = client_of();
      auto first = ask(on, endpoints[1], client);
      const std::string full = co_await std::move(first);
      CHECK(full == "TLS 1.3 http/1.1 for localhost");
      auto second = ask(on, endpoints[1], client);
      const std::string resumed = co_await std::move(second);
      CHECK(resumed == "TLS 1.3 http/1.1 for localhost, resumed");
    });
  });
}

TEST_CASE("an app without tickets resumes nothing", "[app][tls]") {
  SimLoop loop;
  App app;
  app.get("/", describe);
  RunOptions options = with_certificate();
  options.tls->tickets = TlsTickets::off;
  serve_beside(loop, app, std::move(options), [](Loop& on, App& served) -> Task<> {
    const TlsClient client = client_of();
    for (int visit = 0; visit < 2; ++visit) {
      auto asking = ask(on, https_of(served), client);
      const std::string text = co_await std::move(asking);
      CHECK(text == "TLS 1.3 http/1.1 for localhost");
    }
  });
}

TEST_CASE("an app refuses applications that it does not speak", "[app][tls]") {
  SimLoop loop;
  App app;
  app.get("/", describe);
  serve_beside(loop, app, with_certificate(), [](Loop& on, App& served) -> Task<> {
    TlsClientOptions options = trusting();
    options.alpn = {"h3"};
    auto asking = ask(on, https_of(served), client_of(options));
    const std::string text = co_await std::move(asking);
    CHECK_THAT(text, Catch::StartsWith("peer_alert"));
    options.alpn.clear();
    auto without = ask(on, https_of(served), client_of(options));
    const std::string served_text = co_await std::move(without);
    CHECK(served_text == "TLS 1.3  for localhost");
    options.alpn = {"http/1.0"};
    auto old = ask(on, https_of(served), client_of(options));
    const std::string old_text = co_await std::move(old);
    CHECK(old_text == "TLS 1.3 http/1.0 for localhost");
  });
}

TEST_CASE("an app asks its clients for certificates, and its handlers see them", "[app][tls]") {
  for_each_sim_loop([](Loop& loop) {
    App app;
    app.get("/", describe);
    RunOptions options = with_certificate();
    options.tls->client_trust = client_pem().chain;
    TlsClientOptions known = trusting();
    known.certificate = Certificate::parse(client_pem().chain, client_pem().key).value();
    std::string without;
    std::string with = "TLS 1.3 http/1.1 for localhost, CN=ada";
    std::string again = "TLS 1.3 http/1.1 for localhost, resumed, CN=ada";
    SECTION("who has none is refused") {
      options.tls->client_certificates = TlsClientCertificates::mandatory;
      without = "no answer";
    }
    SECTION("who has none is welcome") {
      options.tls->client_certificates = TlsClientCertificates::requested;
      without = "TLS 1.3 http/1.1 for localhost";
    }
    SECTION("the application has the last word") {
      options.tls->client_certificates = TlsClientCertificates::mandatory;
      options.tls->client_check = TlsPeerCheck{[](TlsPeer peer) -> Task<bool> {
        co_await sleep_for(1s);
        co_return peer.subject != "CN=ada";
      }};
      without = with = again = "no answer";
    }
    serve_beside(loop, app, std::move(options), [&](Loop& on, App& served) -> Task<> {
      auto stranger = ask(on, https_of(served), client_of());
      std::string text = co_await std::move(stranger);
      CHECK(text == without);
      const TlsClient client = client_of(known);
      auto friendly = ask(on, https_of(served), client);
      text = co_await std::move(friendly);
      CHECK(text == with);
      auto returning = ask(on, https_of(served), client);
      text = co_await std::move(returning);
      CHECK(text == again);
    });
  });
}

TEST_CASE("a source of certificates is asked for the names that clients want", "[app][tls]") {
  SimLoop loop;
  App app;
  std::string asked;
  app.get("/", describe);
  RunOptions options = with_certificate();
  options.tls->certificates = CertificateSource{[&asked](ServerName wanted) -> Task<Certificate> {
    asked += wanted.text();
    co_await sleep_for(10ms);
    co_return Certificate::parse(server_pem().chain, server_pem().key).value();
  }};
  serve_beside(loop, app, std::move(options), [](Loop& on, App& served) -> Task<> {
    auto asking = ask(on, https_of(served), client_of());
    const std::string text = co_await std::move(asking);
    CHECK(text == "TLS 1.3 http/1.1 for localhost");
  });
  CHECK(asked == "localhost");
}

namespace {

/// A provider whose work beside the answers fails.
struct Failing {
  Task<Certificate> operator()(ServerName) const {
    Certificate certificate = Certificate::parse(server_pem().chain, server_pem().key).value();
    co_return certificate;
  }
  Task<> run() const {
    co_await sleep_for(1s);
    throw std::runtime_error{"the store is gone"};
  }
};

}  // namespace

TEST_CASE("an app goes on when its source of certificates fails", "[app][tls]") {
  SimLoop loop;
  App app;
  std::string logged;
  TimePoint background_ended{};
  app.on_log([&](const LogRecord& record) { logged += record.message; });
  app.get("/", describe);
  app.background([&]() -> Task<> {
    try {
      co_await sleep_for(1h);
    } catch (const Cancelled&) {
      background_ended = loop.now();
    }
  });
  RunOptions options = with_certificate();
  options.tls->certificates = CertificateSource{Failing{}};
  serve_beside(loop, app, std::move(options), [](Loop& on, App& served) -> Task<> {
    co_await sleep_for(5s);
    auto asking = ask(on, https_of(served), client_of());
    const std::string text = co_await std::move(asking);
    CHECK(text == "TLS 1.3 http/1.1 for localhost");
  });
  CHECK(logged == "the source of certificates failed: the store is gone");
  CHECK(background_ended >= TimePoint{} + 5s);
}

TEST_CASE("a certificate that is replaced serves new connections, and none is dropped for it", "[app][tls]") {
  for_each_sim_loop([](Loop& loop) {
    const Files files{loop};
    App app;
    std::vector<std::string> logged;
    app.on_log([&](const LogRecord& record) { logged.emplace_back(record.message); });
    app.get("/", describe);
    const Pem fresh = make_pem("localhost");
    serve_beside(loop, app, with_files(files), [&](Loop& on, App& served) -> Task<> {
      const TlsClient before = client_of();
      TlsClientOptions options = trusting();
      options.trust = fresh.chain;
      const TlsClient after = client_of(options);
      auto connecting = connect(on, https_of(served), before);
      testing::Connection kept = co_await std::move(connecting);
      co_await sleep_for(1s);  // files tell their change by the time
      files.put("chain.pem", fresh.chain);
      co_await sleep_for(15s);  // the key does not fit yet
      auto still = ask(on, https_of(served), client_of());
      std::string text = co_await std::move(still);
      CHECK(text == "TLS 1.3 http/1.1 for localhost");
      files.put("key.pem", fresh.key);
      co_await sleep_for(15s);
      auto asking = ask(on, https_of(served), after);
      text = co_await std::move(asking);
      CHECK(text == "TLS 1.3 http/1.1 for localhost");
      auto refused = ask(on, https_of(served), client_of());
      text = co_await std::move(refused);
      CHECK_THAT(text, Catch::StartsWith("self_signed") || Catch::StartsWith("unknown_issuer"));
      auto getting = get(kept, "/");
      text = co_await std::move(getting);
      CHECK(text == "TLS 1.3 http/1.1 for localhost");
      const Result<void> finished = co_await kept.stream().finish();
      (void)finished;
    });
    REQUIRE(logged.size() == 3);
    CHECK(logged[0] == "the certificate for localhost is valid until 2099-11-30");
    CHECK_THAT(logged[1], Catch::StartsWith("the certificate stays as it is: ") && Catch::Contains("chain.pem") &&
                              Catch::Contains("wrong_key"));
    CHECK(logged[2] == logged[0]);
  });
}

TEST_CASE("an app whose certificate cannot be had does not start, and says which file", "[app][tls]") {
  for_each_sim_loop([](Loop& loop) {
    const Files files{loop};
    RunOptions options = with_files(files);
    SECTION("there is no chain") {
      options.tls->chain = files.path("none.pem");
      CHECK_THAT(refusal(loop, options), Catch::StartsWith(files.path("none.pem") + ": "));
    }
    SECTION("there is no key") {
      options.tls->key = files.path("none.key");
      CHECK_THAT(refusal(loop, options), Catch::StartsWith(files.path("none.key") + ": "));
    }
    SECTION("the key is another one") {
      options.tls->key = files.put("other.key", client_pem().key);
      CHECK_THAT(refusal(loop, options), Catch::StartsWith("wrong_key: "));
    }
    SECTION("the chain is none") {
      options.tls->chain = files.put("chain.pem", "hello");
      CHECK_THAT(refusal(loop, options), Catch::StartsWith("no_certificate: "));
    }
    SECTION("nobody is trusted to issue those of clients") {
      options.tls->client_certificates = TlsClientCertificates::mandatory;
      CHECK_THAT(refusal(loop, options), Catch::Contains("no_certificate") || Catch::Contains("bad_options"));
    }
  });
}

TEST_CASE("TLS wants one kind of certificate", "[app][tls]") {
  SimLoop loop;
  const Files files{loop};
  const std::string kinds = "TLS wants one kind of certificate: a chain, a source, or a development directory";
  RunOptions options = with_files(files);
  SECTION("none") {
    options.tls = TlsOptions{};
    CHECK(refusal(loop, options) == kinds);
  }
  SECTION("a chain and a source") {
    options.tls->certificates = with_certificate().tls->certificates;
    CHECK(refusal(loop, options) == kinds);
  }
  SECTION("a chain and a directory") {
    options.tls->development = "/nowhere";
    CHECK(refusal(loop, options) == kinds);
  }
  SECTION("a key alone") {
    options.tls->chain.clear();
    CHECK(refusal(loop, options) == kinds);
  }
  SECTION("a source, and a key") {
    options = with_certificate();
    options.tls->key = files.path("key.pem");
    CHECK(refusal(loop, options) == kinds);
  }
}

TEST_CASE("an app that is stopped while it reads its certificate ends", "[app][tls]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    App app;
    app.get("/", describe);
    app.on_log([](const LogRecord&) {});
    loop.run([](Loop& on, App& served, RunOptions options) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(served.serve(on, std::move(options)));
      SECTION("by a stop") { served.stop(); }
      SECTION("by a cancellation") { scope.cancel(); }
      co_await scope.join();
    }(loop, app, with_files(files)));
    CHECK(app.endpoints().size() <= 2);
  });
}
