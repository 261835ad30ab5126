#include "tls_text.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/signals.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/net/tls/certificate_files.hpp>
#include <gyre/net/tls/certificate_source.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>
#include <file_fixture.hpp>

#include <unistd.h>
#include <csignal>
#include <thread>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::Files;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;
using net_test::self_signed;

namespace {

/// Certificate files in a directory of the test's own, and what they tell of themselves.
struct Site {
  explicit Site(Loop& loop, Duration interval = 10s) : place(loop) {
    options.chain = place.path("chain.pem");
    options.key = place.path("key.pem");
    options.interval = interval;
    options.on_load = [this](const Certificate& taken) { loaded.push_back(taken.names().front()); };
    options.on_failure = [this](std::string_view text) { failed.emplace_back(text); };
  }

  void put(const detail::SelfSigned& made) {
    place.put("chain.pem", made.chain);
    place.put("key.pem", made.key);
  }

  Files place;
  CertificateFilesOptions options;
  std::vector<std::string> loaded;
  std::vector<std::string> failed;
};

Task<std::string> load(CertificateFiles files) {
  std::string text;
  try {
    Task<Certificate> loading = files.load();
    const Certificate taken = co_await std::move(loading);
    text = taken.names().front();
  } catch (const std::exception& failure) {
    text = failure.what();
  }
  co_return text;
}

std::string served(const CertificateFiles& files) { return files.current() ? files.current().names().front() : "none"; }

/// Runs `body(files, site)` beside the files' `run`.
template <class Body>
void run_with(Loop& loop, Site& site, Body body) {
  loop.run([](Site* of, Body test) -> Task<> {
    Context& context = co_await this_context();
    CertificateFiles files{std::move(of->options)};
    Scope running{context};
    running.spawn(files.run());
    Task<> testing = test(files, of);
    co_await std::move(testing);
    running.cancel(CancelReason::shutdown);
    co_await running.join();
  }(&site, std::move(body)));
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a certificate is read from two files, or from one", "[net][tls][certificate_files]") {
  for_each_loop([](Loop& loop) {
    Site site{loop};
    const auto made = self_signed("two.example", 490'896h, 900'000h);
    site.put(made);
    const CertificateFiles two{std::move(site.options)};
    CHECK(served(two) == "none");
    CHECK_FALSE(two.expires());
    CHECK_THROWS_AS(loop.run(two(ServerName{})), Failure);
    CHECK(loop.run(load(two)) == "two.example");
    CHECK(served(two) == "two.example");
    CHECK(two.expires() == Duration{900'000h});
    CHECK(site.loaded == Names{"two.example"});

    CertificateFilesOptions options;
    options.chain = site.place.put("both.pem", made.key + made.chain);
    const CertificateFiles one{std::move(options)};
    const CertificateSource source{one};
    CHECK(loop.run(load(one)) == "two.example");
    CHECK(loop.run(source.find(ServerName{"any"})) == one.current());
  });
}

TEST_CASE("what is wrong with the files is said at the start", "[net][tls][certificate_files]") {
  for_each_sim_loop([](Loop& loop) {
    Site site{loop};
    const std::string chain = site.options.chain;
    const std::string key = site.options.key;
    const CertificateFiles files{std::move(site.options)};
    CHECK(loop.run(load(files)) == chain + ": not_found: No such file or directory (2)");
    const auto made = self_signed("a.example");
    const auto other = self_signed("b.example");
    site.place.put("chain.pem", made.chain);
    CHECK(loop.run(load(files)) == key + ": not_found: No such file or directory (2)");
    site.place.put("key.pem", other.key);
    CHECK(loop.run(load(files)).starts_with("wrong_key"));
    site.place.put("key.pem", "");
    CHECK(loop.run(load(files)).starts_with("no_key"));
    site.place.put("chain.pem", "");
    CHECK(loop.run(load(files)).starts_with("no_certificate"));
    site.put(self_signed("a.example", 480'000h, 490'000h));
    CHECK(loop.run(load(files)).starts_with("expired"));
    site.put(self_signed("a.example", 499'000h, 500'000h));
    CHECK(loop.run(load(files)).starts_with("not_yet_valid"));
    site.put({.chain = made.chain + std::string(CertificateFiles::size_max, ' '), .key = made.key});
    CHECK(loop.run(load(files)) == chain + ": limit_exceeded");
    CHECK(served(files) == "none");
    const std::string rest(CertificateFiles::size_max - made.chain.size(), ' ');
    site.put({.chain = made.chain + rest, .key = made.key});
    CHECK(loop.run(load(files)) == "a.example");
    CHECK(site.failed.empty());
  });
}

TEST_CASE("a file that changes is noticed at the next look", "[net][tls][certificate_files]") {
  for_each_sim_loop([](Loop& loop) {
    Site site{loop};
    site.put(self_signed("old.example"));
    run_with(loop, site, [](CertificateFiles files, Site* of) -> Task<> {
      co_await sleep_for(1ns);
      CHECK(served(files) == "old.example");  // the first look is at once
      const Certificate old = files.current();
      co_await sleep_for(30s);
      CHECK(of->loaded == Names{"old.example"});
      of->put(self_signed("new.example"));
      co_await sleep_for(10s - 2ns);
      CHECK(served(files) == "old.example");
      co_await sleep_for(2ns);
      CHECK(served(files) == "new.example");
      CHECK(of->loaded == Names{"old.example", "new.example"});
      CHECK(of->failed.empty());
      CHECK(old.names().front() == "old.example");  // whoever has it keeps it
    });
  });
}

TEST_CASE("a new file that is wrong leaves the old certificate, and is reported once",
          "[net][tls][certificate_files]") {
  for_each_sim_loop([](Loop& loop) {
    Site site{loop};
    site.put(self_signed("old.example"));
    run_with(loop, site, [](CertificateFiles files, Site* of) -> Task<> {
      co_await sleep_for(1s);
      const auto fresh = self_signed("new.example");
      of->place.put("chain.pem", fresh.chain);  // the key is still the old one
      co_await sleep_for(60s);
      CHECK(served(files) == "old.example");
      REQUIRE(of->failed.size() == 1);
      const std::string begin = "cannot take the certificate of /test/chain.pem: ";
      CHECK(of->failed.front().starts_with(begin + "wrong_key"));
      of->place.put("chain.pem", "nonsense");
      co_await sleep_for(60s);
      REQUIRE(of->failed.size() == 2);
      CHECK(of->failed.back().starts_with(begin + "no_certificate"));
      of->place.put("chain.pem", fresh.chain);
      of->place.put("key.pem", fresh.key);
      co_await sleep_for(10s);
      CHECK(served(files) == "new.example");
      CHECK(of->failed.size() == 2);
      CHECK(of->loaded == Names{"old.example", "new.example"});
    });
  });
}

TEST_CASE("files that come late, or whose time has not come, are taken then", "[net][tls][certificate_files]") {
  for_each_sim_loop([](Loop& loop) {
    Site site{loop, 1min};
    run_with(loop, site, [](CertificateFiles files, Site* of) -> Task<> {
      co_await sleep_for(90s);
      CHECK(served(files) == "none");
      CHECK(of->failed.size() == 1);
      of->put(self_signed("soon.example", 490'898h, 491'000h));  // two hours after the beginning of time
      co_await sleep_for(2h - 1min - 90s);
      CHECK(served(files) == "none");
      CHECK(of->failed.size() == 2);
      co_await sleep_for(2min);
      CHECK(served(files) == "soon.example");
    });
  });
}

TEST_CASE("a signal and a call have the files read at once", "[net][tls][certificate_files]") {
  for_each_sim_loop([](Loop& loop) {
    Site site{loop, Duration::max()};
    site.put(self_signed("one.example"));
    run_with(loop, site, [](CertificateFiles files, Site* of) -> Task<> {
      Context& context = co_await this_context();
      Scope listening{context};
      listening.spawn(files.reload_on(SIGHUP));
      co_await sleep_for(1h);
      of->put(self_signed("two.example"));
      co_await sleep_for(1h);
      CHECK(served(files) == "one.example");
      Loop::of(context).raise(SIGHUP);
      co_await sleep_for(1ns);
      CHECK(served(files) == "two.example");
      files.reload();  // also if nothing has changed
      co_await sleep_for(1ns);
      CHECK(of->loaded == Names{"one.example", "two.example", "two.example"});
      of->place.put("key.pem", "");
      files.reload();
      co_await sleep_for(1ns);
      CHECK(served(files) == "two.example");
      CHECK(of->failed.size() == 1);
      listening.cancel();
      co_await listening.join();
    });
  });
}

TEST_CASE("several loops run the files, one at a time looks", "[net][tls][certificate_files]") {
  for_each_sim_loop([](Loop& loop) {
    Site site{loop};
    site.put(self_signed("one.example"));
    run_with(loop, site, [](CertificateFiles files, Site* of) -> Task<> {
      Context& context = co_await this_context();
      Scope running{context};
      for (int i = 0; i < 3; ++i) running.spawn(files.run());
      co_await sleep_for(15s);
      of->put(self_signed("two.example"));
      co_await sleep_for(10s);
      files.reload();
      co_await sleep_for(1ns);
      CHECK(of->loaded == Names{"one.example", "two.example", "two.example"});
      running.cancel();
      co_await running.join();
      of->put(self_signed("three.example"));
      co_await sleep_for(10s);
      CHECK(served(files) == "three.example");
    });
  });
}

TEST_CASE("another thread has the files read", "[net][tls][certificate_files][threads]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    Site site{loop, Duration::max()};
    site.put(self_signed("one.example", 490'896h, 900'000h));
    Event taken;
    site.options.on_load = [&](const Certificate& certificate) {
      if (certificate.names().front() == "two.example") taken.set();
    };
    run_with(loop, site, [&taken](CertificateFiles files, Site* of) -> Task<> {
      co_await load(files);
      of->put(self_signed("two.example", 490'896h, 900'000h));
      std::jthread caller{[files] { files.reload(); }};
      co_await taken.wait();
      CHECK(served(files) == "two.example");
    });
  });
}

TEST_CASE("a signal of the process has the files read", "[net][tls][certificate_files]") {
  const BlockedSignals blocked{SIGHUP};
  loop_test::for_each_real_loop([](Loop& loop) {
    Site site{loop, Duration::max()};
    site.put(self_signed("one.example", 490'896h, 900'000h));
    Event taken;
    site.options.on_load = [&](const Certificate& certificate) {
      if (certificate.names().front() == "two.example") taken.set();
    };
    run_with(loop, site, [&taken](CertificateFiles files, Site* of) -> Task<> {
      Context& context = co_await this_context();
      Scope listening{context};
      listening.spawn(files.reload_on(SIGHUP));
      co_await load(files);
      of->put(self_signed("two.example", 490'896h, 900'000h));
      ::kill(::getpid(), SIGHUP);
      co_await taken.wait();
      CHECK(served(files) == "two.example");
      listening.cancel();
      co_await listening.join();
    });
  });
}
