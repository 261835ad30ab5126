// Where an app listens for HTTPS.

#include "app_support.hpp"

#include <gyre/testing/client.hpp>
#include <gyre/testing/failure.hpp>

#include "each_loop.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace gyre;
using namespace gyre::test;
using gyre::testing::TlsEnds;
using loop_test::for_each_loop;
using loop_test::make_or_warn;

namespace {

/// HTTPS with a certificate, and nowhere to listen.
RunOptions https_only() {
  RunOptions options;
  options.host.clear();
  options.port = 0;
  options.tls = TlsOptions{.port = 0, .certificates = CertificateSource{TlsEnds::get().certificate()}};
  return options;
}

std::string socket_path(const char* what) { return "@gyre-tls-listener-" + std::to_string(::getpid()) + "-" + what; }

/// Whether a connection of its own was answered in that way.
Task<std::string> ask(Loop& loop, Endpoint endpoint, TlsClient tls) {
  std::string text;
  try {
    testing::Client client{loop, endpoint, Duration::max(), std::move(tls)};
    const testing::Answer answer = co_await client.get("/");
    text = answer.body();
  } catch (const testing::WrongAnswer&) {
    text = "no answer";
  }
  co_return text;
}

Task<> check_each(Loop& loop, std::vector<Endpoint> endpoints, std::vector<bool> tls) {
  REQUIRE(endpoints.size() == tls.size());
  for (std::size_t index = 0; index < endpoints.size(); ++index) {
    CAPTURE(endpoints[index].text());
    auto encrypted = ask(loop, endpoints[index], TlsEnds::get().client());
    const std::string with = co_await std::move(encrypted);
    CHECK(with == (tls[index] ? "TLS" : "no answer"));
    auto plain = ask(loop, endpoints[index], TlsClient{});
    const std::string without = co_await std::move(plain);
    CHECK(without == (tls[index] ? "no answer" : "none"));
  }
}

/// Serves with these options, and expects of each listener, in order, that it speaks TLS or does not.
void serves(Loop& loop, RunOptions options, std::vector<bool> tls) {
  App app;
  app.get("/", [](const Request& request) { return request.tls() ? "TLS" : "none"; });
  loop.run([](Loop& on, App& served, RunOptions its, std::vector<bool> expected) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Event serving;
    scope.spawn(served.serve(on, std::move(its), &serving));
    co_await serving.wait();
    auto checking = check_each(on, served.endpoints(), std::move(expected));
    co_await std::move(checking);
    served.stop();
    co_await scope.join();
  }(loop, app, std::move(options), std::move(tls)));
}

std::string refusal(RunOptions options) {
  SimLoop loop;
  App app;
  try {
    loop.run(app.serve(loop, std::move(options)));
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
  return "it served";
}

/// A listening socket of the operating system.
int listening_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(descriptor, 16) == 0);
  return descriptor;
}

}  // namespace

TEST_CASE("an app serves nothing but https", "[app][tls]") {
  for_each_loop([](Loop& loop) {
    RunOptions options = https_only();
    SECTION("on a port") {
      options.tls->host = "127.0.0.1";
      serves(loop, std::move(options), {true});
    }
    SECTION("on a Unix socket") {
      options.tls->unix_path = socket_path("only");
      serves(loop, std::move(options), {true});
    }
    SECTION("on both") {
      options.tls->host = "127.0.0.1";
      options.tls->unix_path = socket_path("both");
      serves(loop, std::move(options), {true, true});
    }
  });
}

TEST_CASE("an app serves https beside http, on whatever it listens", "[app][tls]") {
  for_each_loop([](Loop& loop) {
    RunOptions options = https_only();
    options.unix_path = socket_path("http");
    options.tls->unix_path = socket_path("https");
    SECTION("on hosts of their own") {
      options.host = "127.0.0.1";
      options.tls->host = "127.0.0.2";
      serves(loop, std::move(options), {false, true, false, true});
    }
    SECTION("on the same host") {
      options.host = "127.0.0.1";
      serves(loop, std::move(options), {false, true, false, true});
    }
    SECTION("on a host for http alone") {
      options.host = "127.0.0.1";
      options.tls->host = "";
      serves(loop, std::move(options), {false, false, true});
    }
  });
}

TEST_CASE("the threads of an app share what was inherited for https, and the start line says what is spoken where",
          "[app][tls]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      const std::unique_ptr<Loop> loop = make_or_warn({.backend = backend});
      if (loop == nullptr) continue;
      App app;
      app.get("/", [](const Request& request) { return request.tls() ? "TLS" : "none"; });
      RunOptions options = https_only();
      options.backend = backend;
      options.threads = 3;
      options.descriptors.push_back(listening_socket());
      options.tls->descriptors.push_back(listening_socket());
      options.tls->unix_path = socket_path("shared");
      const std::string path = options.tls->unix_path;
      Running running{app, std::move(options)};
      REQUIRE(running.started());
      const std::vector<Endpoint> endpoints = app.endpoints();
      REQUIRE(endpoints.size() == 3);
      CHECK(running.logged("listening on https+unix:" + path + " http://" + endpoints[1].text() + " https://" +
                           endpoints[2].text() + " ("));
      for (int visit = 0; visit < 5; ++visit) loop->run(check_each(*loop, endpoints, {true, false, true}));
      CHECK(running.join() == 0);
    }
  }
}

TEST_CASE("an app wants somewhere to listen for https", "[app][tls]") {
  RunOptions options = https_only();
  SECTION("and a place for http is none") {
    options.unix_path = socket_path("none");
    CHECK(refusal(options) == "TLS wants somewhere to listen: a host, a Unix socket or a descriptor");
  }
  SECTION("an address") {
    options.tls->host = "localhost";
    CHECK(refusal(options) == "\"localhost\" is no IP address");
  }
  SECTION("a path that fits") {
    const std::string path(200, 'p');
    options.tls->unix_path = path;
    CHECK(refusal(options) == "\"" + path + "\" is no path for a Unix socket");
  }
}
