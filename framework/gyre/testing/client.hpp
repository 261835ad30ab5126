#pragma once

#include <gyre/testing/connection.hpp>
#include <gyre/testing/protocol.hpp>
#include <gyre/testing/test_request.hpp>
#include <gyre/testing/tls.hpp>

#include <memory>
#include <string_view>

namespace gyre::testing {

/// An HTTP client for tests, on the loop that the application under test runs on:
///
///     const Answer answer = co_await client.get("/users/7");
///
/// A connection is kept from one request to the next; requests that run at the same time have one each. What the server
/// closed in the meantime is opened again. A request that is not idempotent is never sent twice, and goes to a new
/// connection if the kept one has been idle for a second. Over HTTP/2 (`speak`) all requests share one connection, as
/// its streams; one that is given up (by `within`, by cancellation) is taken back from the server.
///
/// Requests throw `WrongAnswer` for an answer that is malformed or does not come, `TimedOut` beyond
/// `Options::time_limit`, `Failure` if the server does not listen. A TLS handshake that fails is a `WrongAnswer`, too.
/// All statuses are answers.
class Client {
 public:
  /// `loop` outlives the client. `limit` is for each wait; `Duration::max()` for none. With a `tls` it speaks HTTPS, to
  /// a server that is localhost.
  Client(Loop& loop, const Endpoint& endpoint, Duration limit = Duration::max(), TlsClient tls = {});

  /// What the requests from now on are sent by. HTTP/1.1 unless somebody says otherwise.
  void speak(Protocol protocol) noexcept { protocol_ = protocol; }

  Task<Answer> get(std::string_view target) { return send(TestRequest{Method::get, target}); }
  Task<Answer> head(std::string_view target) { return send(TestRequest{Method::head, target}); }
  Task<Answer> options(std::string_view target) { return send(TestRequest{Method::options, target}); }
  Task<Answer> delete_(std::string_view target) { return send(TestRequest{Method::delete_, target}); }
  Task<Answer> post(std::string_view target, std::string_view body, std::string_view content_type = "text/plain");
  Task<Answer> put(std::string_view target, std::string_view body, std::string_view content_type = "text/plain");
  Task<Answer> patch(std::string_view target, std::string_view body, std::string_view content_type = "text/plain");

  /// Sends any request and returns its answer.
  Task<Answer> send(TestRequest request);

  /// A connection on which the test says every byte itself, whatever the client speaks; over TLS, every byte inside of
  /// it.
  Task<Connection> connect();

  Loop& loop() const noexcept { return *loop_; }
  /// Where the application listens.
  const Endpoint& endpoint() const noexcept { return endpoint_; }

 private:
  bool may_reuse(const TestRequest& request) const noexcept;
  Task<Answer> send_h1(TestRequest request);
  Task<Answer> send_h2(TestRequest request);
  std::string host() const;

  Loop* loop_;
  Endpoint endpoint_;
  Duration limit_;
  TlsClient tls_;
  std::unique_ptr<Connection> kept_;
  TimePoint kept_since_{};
  Protocol protocol_ = Protocol::http_1_1;
  std::shared_ptr<internal::H2Connection> shared_;
};

}  // namespace gyre::testing
