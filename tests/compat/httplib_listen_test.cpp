#include <gyre/compat/httplib.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>
#include <gyre/testing/testing.hpp>

#include "file_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <sys/socket.h>

namespace httplib = gyre::compat::httplib;
using gyre::Method;
using gyre::Status;
using gyre::Task;
using gyre::testing::Answer;
using gyre::testing::Client;
using loop_test::Files;

namespace {

/// A server that listens on a thread of its own, for as long as this lives.
class Listening {
 public:
  explicit Listening(httplib::Server& server) : Listening(server, bound(server)) {}
  Listening(httplib::Server& server, const gyre::Endpoint& endpoint) : server_(&server), endpoint_(endpoint) {
    server.app().on_log([](const gyre::LogRecord&) {});
    thread_ = std::thread{[this] { good_ = server_->listen_after_bind(); }};
    while (!server_->is_running()) std::this_thread::yield();
  }
  ~Listening() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  bool join() {
    thread_.join();
    return good_;
  }

  Answer get(const std::string& target) { return get(target, gyre::TlsClient{}); }
  Answer get(const std::string& target, const gyre::TlsClientOptions& options) {
    return get(target, gyre::TlsClient::make(options).value());
  }

 private:
  static gyre::Endpoint bound(httplib::Server& server) {
    const int port = server.bind_to_any_port("127.0.0.1");
    REQUIRE(port > 0);
    return gyre::Endpoint::ip("127.0.0.1", static_cast<std::uint16_t>(port)).value();
  }
  Answer get(const std::string& target, gyre::TlsClient tls) {
    auto loop = gyre::make_loop({.backend = gyre::Backend::epoll}).value();
    return loop->run(ask(*loop, target, std::move(tls)));
  }
  Task<Answer> ask(gyre::Loop& loop, std::string target, gyre::TlsClient tls) {
    Client client{loop, endpoint_, std::chrono::seconds{10}, std::move(tls)};
    Answer answer = co_await client.get(target);
    co_return answer;
  }

  httplib::Server* server_;
  gyre::Endpoint endpoint_;
  bool good_ = false;
  std::thread thread_;
};

gyre::detail::SelfSigned make_pem(std::string name, std::string usage) {
  constexpr std::chrono::hours year{24 * 365};
  gyre::detail::SelfSignedOptions options;
  options.common_name = name;
  options.names = "DNS:" + name;
  options.not_before = 50 * year;
  options.not_after = 130 * year;
  options.usage = std::move(usage);
  return gyre::detail::make_self_signed(options);
}

/// A queue of a program's own, with one thread.
class OneThread final : public httplib::TaskQueue {
 public:
  explicit OneThread(std::atomic<int>& count) : count_(&count), thread_([this] { work(); }) {}
  ~OneThread() override {
    if (thread_.joinable()) thread_.join();
  }
  void enqueue(std::function<void()> fn) override {
    ++*count_;
    if (*count_ == 3) return;  // loses one
    const std::lock_guard lock{mutex_};
    next_ = std::move(fn);
    there_ = true;
    there_.notify_one();
  }
  void shutdown() override {
    over_ = true;
    there_ = true;
    there_.notify_one();
    thread_.join();
  }

 private:
  void work() {
    while (true) {
      there_.wait(false);
      there_ = false;
      std::function<void()> fn;
      {
        const std::lock_guard lock{mutex_};
        fn = std::exchange(next_, nullptr);
      }
      if (fn) fn();
      if (over_) return;
    }
  }

  std::atomic<int>* count_;
  std::mutex mutex_;
  std::function<void()> next_;
  std::atomic<bool> there_ = false;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a server listens until it is stopped, and again", "[httplib]") {
  httplib::Server server;
  server.Get("/hi", [](const httplib::Request&, httplib::Response& res) { res.set_content("hi", "text/plain"); });
  server.Get("/stop", [&](const httplib::Request&, httplib::Response& res) {
    res.set_content("stopping", "text/plain");
    server.stop();
  });
  server.set_loops(2);
  CHECK_FALSE(server.is_running());
  server.stop();
  for (int i = 0; i < 2; ++i) {
    Listening listening{server};
    CHECK(listening.get("/hi").body() == "hi");
    CHECK(listening.get("/hi").header("server").empty());
    CHECK(listening.get("/stop").body() == "stopping");
    CHECK(listening.join());
    CHECK_FALSE(server.is_running());
  }
  CHECK_FALSE(server.listen_after_bind());
  CHECK_FALSE(server.bind_to_port("not an address", 1));
}

TEST_CASE("a stop ends a provider that would not end", "[httplib]") {
  httplib::Server server;
  std::atomic<int> released = 0;
  server.Get("/endless", [&](const httplib::Request&, httplib::Response& res) {
    res.set_chunked_content_provider(
        "text/plain",
        [&](std::size_t offset, httplib::DataSink& sink) {
          if (offset > 100) server.stop();
          return sink.write("text", 4);
        },
        [&](bool success) { released += success ? 100 : 1; });
  });
  Listening listening{server};
  CHECK_THROWS(listening.get("/endless"));
  CHECK(listening.join());
  CHECK(released == 1);
}

TEST_CASE("handlers run on a program's own queue", "[httplib]") {
  std::atomic<int> count = 0;
  httplib::Server server;
  std::thread::id ran;
  server.Get("/hi", [&](const httplib::Request&, httplib::Response& res) {
    ran = std::this_thread::get_id();
    res.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
      sink.write("hi", 2);
      sink.done();
      return true;
    });
  });
  server.Get("/plain", [&](const httplib::Request&, httplib::Response& res) { res.set_content("hi", "text/plain"); });
  server.new_task_queue = [&] { return new OneThread{count}; };
  Listening listening{server};
  CHECK(listening.get("/hi").body() == "hi");
  CHECK(count == 2);
  CHECK(ran != std::thread::id{});
  const Answer lost = listening.get("/plain");
  CHECK(lost.status() == Status::service_unavailable);
  CHECK(lost.header("retry-after") == "1");
  CHECK(listening.get("/plain").body() == "hi");
}

TEST_CASE("a thread pool calls what is enqueued by hand", "[httplib]") {
  std::atomic<int> called = 0;
  httplib::ThreadPool pool{2};
  for (int i = 0; i < 20; ++i) pool.enqueue([&] { ++called; });
  pool.shutdown();
  CHECK(called == 20);
  CHECK(pool.size() == 2);
}

TEST_CASE("a server listens on a Unix socket", "[httplib]") {
  const auto loop = gyre::make_loop({.backend = gyre::Backend::epoll}).value();
  const Files files{*loop};
  const std::string path = files.path("socket");
  httplib::Server server;
  server.set_address_family(AF_UNIX);
  server.Get("/who", [](const httplib::Request& req, httplib::Response& res) {
    res.set_content("[" + req.remote_addr + "] " + std::to_string(req.remote_port), "text/plain");
  });
  REQUIRE(server.bind_to_port(path, 80));
  Listening listening{server, gyre::Endpoint::unix_path(path).value()};
  CHECK(listening.get("/who").body() == "[] -1");
}

TEST_CASE("a server speaks HTTPS, and takes clients with a certificate alone", "[httplib]") {
  const auto loop = gyre::make_loop({.backend = gyre::Backend::epoll}).value();
  const Files files{*loop};
  const gyre::detail::SelfSigned own = make_pem("localhost", "serverAuth");
  const gyre::detail::SelfSigned ada = make_pem("ada", "clientAuth");
  const std::string chain = files.put("chain.pem", own.chain);
  const std::string key = files.put("key.pem", own.key);
  const std::string trust = files.put("ada.pem", ada.chain);
  files.put("0123abcd.0", ada.chain);
  CHECK_FALSE(httplib::SSLServer(chain.c_str(), "/none.pem").is_valid());
  CHECK_FALSE(httplib::SSLServer(chain.c_str(), "/none.pem").bind_to_port("127.0.0.1", 0));

  gyre::TlsClientOptions options;
  options.trust = own.chain;
  for (const auto& [file, directory] : {std::pair<const char*, const char*>{nullptr, nullptr},
                                        {trust.c_str(), nullptr},
                                        {nullptr, files.directory().c_str()}}) {
    const bool asks = file != nullptr || directory != nullptr;
    httplib::SSLServer server{chain.c_str(), key.c_str(), file, directory};
    REQUIRE(server.is_valid());
    server.Get("/hi", [](const httplib::Request&, httplib::Response& res) { res.set_content("hi", "text/plain"); });
    const int port = server.bind_to_any_port("127.0.0.1");
    Listening listening{server, gyre::Endpoint::ip("127.0.0.1", static_cast<std::uint16_t>(port)).value()};
    options.certificate = {};
    if (asks) CHECK_THROWS(listening.get("/hi", options));
    options.certificate = gyre::Certificate::parse(ada.chain, ada.key).value();
    CHECK(listening.get("/hi", options).body() == "hi");
  }
}
