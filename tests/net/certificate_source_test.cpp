#include "tls_text.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/net/tls/cached_certificates.hpp>
#include <gyre/net/tls/certificate_table.hpp>
#include <gyre/net/tls/failure.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <map>
#include <stdexcept>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_sim_loop;
using net_test::certificate_for;

namespace {

/// The first name of the certificate that a source has for a name, or why it has none.
Task<std::string> answer(CertificateSource source, std::string name) {
  std::string text;
  try {
    Task<Certificate> finding = source.find(ServerName{name});
    const Certificate certificate = co_await std::move(finding);
    text = certificate.names().front();
  } catch (const std::exception& failure) {
    text = failure.what();
  }
  co_return text;
}

std::string ask(Loop& loop, const CertificateSource& source, std::string name) {
  return loop.run(answer(source, std::move(name)));
}

constexpr const char* unknown = "unknown_name: no certificate for this server name";

TlsAlert alert_of(const std::exception& failure) { return alert_for(std::make_exception_ptr(failure)); }

}  // namespace

TEST_CASE("a server name is lower case and has no dot at its end", "[net][tls][certificates]") {
  CHECK(ServerName{"WWW.Example.ORG."}.text() == "www.example.org");
  CHECK(ServerName{"a"} == ServerName{"A."});
  CHECK(ServerName{}.empty());
  CHECK(ServerName{"."}.empty());
}

TEST_CASE("one certificate is for every name", "[net][tls][certificates]") {
  SimLoop loop;
  const CertificateSource source = certificate_for("one.example");
  CHECK(ask(loop, source, "one.example") == "one.example");
  CHECK(ask(loop, source, "") == "one.example");
  loop.run(source.run());  // has nothing to do
  const CertificateSource copy = source;
  CHECK(copy == source);
  CHECK_FALSE(CertificateSource{certificate_for("one.example")} == source);
}

TEST_CASE("a source outlives its copies until the question is answered", "[net][tls][certificates]") {
  SimLoop loop;
  loop.run([]() -> Task<> {
    auto slowly = [kept = certificate_for("kept.example")](ServerName) -> Task<Certificate> {
      co_await sleep_for(1s);
      co_return kept;
    };
    Task<Certificate> finding;
    {
      const CertificateSource source{slowly};
      finding = source.find(ServerName{});
    }
    const Certificate found = co_await std::move(finding);
    CHECK(found.names().front() == "kept.example");
  }());
}

TEST_CASE("a table serves exact names before wildcards, of one label, before all others", "[net][tls][certificates]") {
  SimLoop loop;
  CertificateTable table;
  table.add(certificate_for("Example.org,*.example.org"));
  table.add("shop.example.org", certificate_for("shop"));
  table.add("*.Sub.example.org", certificate_for("sub"));
  const CertificateSource source{table};
  CHECK(ask(loop, source, "example.org") == "example.org");
  CHECK(ask(loop, source, "www.example.org") == "example.org");
  CHECK(ask(loop, source, "SHOP.example.org") == "shop");
  CHECK(ask(loop, source, "a.sub.example.org") == "sub");
  CHECK(ask(loop, source, "sub.example.org") == "example.org");
  for (const char* name : {"", "org", "a.b.example.org", "a.b.sub.example.org", "example.orgs", ".example.org",
                           "*.example.net", "xexample.org"}) {
    CHECK(ask(loop, source, name) == unknown);
  }
  table.otherwise(certificate_for("other"));
  const CertificateSource open{table};
  for (const char* name : {"", "a.b.example.org", "192.0.2.1"}) CHECK(ask(loop, open, name) == "other");
  CHECK(ask(loop, open, "shop.example.org") == "shop");
}

TEST_CASE("a table refuses what is no name or is there already", "[net][tls][certificates]") {
  CertificateTable table;
  const Certificate certificate = certificate_for("example.org");
  table.add(certificate);
  for (const char* pattern : {"", ".", "*", "*.", "a..b", ".a", "*a.org", "a.*.org", "*.*.org", "a b", "a/b",
                              "192.0.2.1", "2001:db8::1", "*.1", "example.org", "EXAMPLE.ORG."}) {
    CHECK_THROWS_AS(table.add(pattern, certificate), std::invalid_argument);
  }
  CHECK_THROWS_AS(table.add(std::string(64, 'a') + ".org", certificate), std::invalid_argument);
  CHECK_THROWS_AS(table.add(certificate), std::invalid_argument);
  table.add(std::string(63, 'a') + "._b-c.org", certificate);
}

TEST_CASE("a table runs what its sources have to run, each once", "[net][tls][certificates]") {
  struct Running {
    int* count;
    Task<Certificate> operator()(ServerName) const { co_return certificate_for("running"); }
    Task<> run() const {
      ++*count;
      co_await sleep_for(1h);
    }
  };
  SimLoop loop;
  int count = 0;
  const CertificateSource running{Running{&count}};
  CertificateTable table;
  table.add("a.example", running);
  table.add("b.example", running);
  table.add("c.example", certificate_for("c"));
  table.otherwise(CertificateSource{Running{&count}});
  loop.run(CertificateSource{std::move(table)}.run());
  CHECK(count == 2);
  CHECK(loop.now() == TimePoint{1h});
}

TEST_CASE("the alert is for the name if nothing is served for it, else says nothing", "[net][tls][certificates]") {
  CHECK(alert_for(std::make_exception_ptr(TlsFailure{TlsFault::unknown_name, unknown})) == TlsAlert::unrecognized_name);
  CHECK(alert_for(std::make_exception_ptr(TlsFailure{TlsFault::internal, "internal"})) == TlsAlert::internal_error);
  CHECK(alert_of(std::runtime_error{"the vault is closed"}) == TlsAlert::internal_error);
  CHECK(alert_for(std::make_exception_ptr(1)) == TlsAlert::internal_error);
  CHECK(alert_for(nullptr) == TlsAlert::internal_error);
}

TEST_CASE("cached certificates are asked for once, and until they expire", "[net][tls][certificates]") {
  for_each_sim_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Context& context = co_await this_context();
      std::map<std::string, int> asked;
      // Valid for an hour from now on.
      const Certificate hour = certificate_for("hour.example", on.wall_time() - 1h, on.wall_time() + 1h);
      const Certificate gone = certificate_for("gone.example", on.wall_time() - 2h, on.wall_time() - 1h);
      auto provide = [&](ServerName name) -> Task<Certificate> {
        ++asked[name.text()];
        co_await sleep_for(10ms);
        if (name.text() == "hour.example") co_return hour;
        if (name.text() == "gone.example") co_return gone;
        if (name.text() == "broken.example") throw std::runtime_error{"broken"};
        co_return Certificate{};
      };
      CachedCertificates cached{CertificateSource{provide}, {.lifetime = 24h, .failure_lifetime = 5s}};
      const CertificateSource source{cached};
      Scope running{context};
      running.spawn(source.run());
      for (int i = 0; i < 3; ++i) {
        std::string text = co_await answer(source, "Hour.example");
        CHECK(text == "hour.example");
        text = co_await answer(source, "gone.example");
        CHECK(text == "gone.example");  // the peer will say what it thinks of it
        text = co_await answer(source, "broken.example");
        CHECK(text == "broken");
        text = co_await answer(source, "made.up");
        CHECK(text == unknown);
        text = co_await answer(source, "");
        CHECK(text == unknown);
      }
      for (const auto& [name, count] : asked) CHECK(count == 1);
      CHECK(asked.size() == 5);
      CHECK(on.now() == TimePoint{50ms});

      co_await sleep_for(5s);
      for (const char* name : {"hour.example", "gone.example", "broken.example", "made.up"}) {
        co_await answer(source, name);
        CHECK(asked[name] == (std::string_view{name} == "hour.example" ? 1 : 2));
      }
      FetchCacheCounts counts = cached.counts();
      CHECK(counts.values == 2);
      CHECK(counts.failed == 3);
      CHECK(counts.fetches == 8);
      CHECK(counts.failures == 5);

      co_await sleep_for(55min - 5s);  // within five minutes of its end
      std::string text = co_await answer(source, "hour.example");
      co_await sleep_for(11ms);
      CHECK(asked["hour.example"] == 2);
      co_await sleep_until(TimePoint{1h});
      text = co_await answer(source, "hour.example");
      CHECK(asked["hour.example"] == 3);
      cached.forget("hour.example");
      text = co_await answer(source, "hour.example");
      CHECK(asked["hour.example"] == 4);
      running.cancel();
      co_await running.join();
    }(loop));
  });
}
