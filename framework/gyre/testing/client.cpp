#include <gyre/testing/client.hpp>

#include <gyre/net/tls/connect.hpp>
#include <gyre/testing/internal/h2_connection.hpp>
#include <gyre/testing/internal/limited.hpp>

namespace gyre::testing {
namespace {

TestRequest with_body(Method method, std::string_view target, std::string_view body, std::string_view content_type) {
  TestRequest request{method, target};
  request.body(body, content_type);
  return request;
}

Task<> encrypt(Stream* stream, TlsClient tls) {
  auto shaking = tls_connect(std::move(*stream), std::move(tls), "localhost");
  Stream encrypted = co_await std::move(shaking);
  *stream = std::move(encrypted);
}

}  // namespace

Client::Client(Loop& loop, const Endpoint& endpoint, Duration limit, TlsClient tls)
    : loop_(&loop), endpoint_(endpoint), limit_(limit), tls_(std::move(tls)) {}

Task<Answer> Client::post(std::string_view target, std::string_view body, std::string_view content_type) {
  return send(with_body(Method::post, target, body, content_type));
}

Task<Answer> Client::put(std::string_view target, std::string_view body, std::string_view content_type) {
  return send(with_body(Method::put, target, body, content_type));
}

Task<Answer> Client::patch(std::string_view target, std::string_view body, std::string_view content_type) {
  return send(with_body(Method::patch, target, body, content_type));
}

Task<Connection> Client::connect() {
  Result<Stream> connected = co_await internal::limited(limit_, Stream::connect(endpoint_), "connecting");
  Stream stream = std::move(connected).value();
  if (tls_) {
    std::string failure;
    try {
      auto encrypting = encrypt(&stream, tls_);
      co_await internal::limited(limit_, std::move(encrypting), "the TLS handshake");
    } catch (const TlsFailure& failed) {
      failure = failed.what();
    } catch (const Failure& failed) {
      failure = failed.what();
    }
    if (!failure.empty()) throw WrongAnswer{"the TLS handshake failed: " + failure};
  }
  co_return Connection{*loop_, std::move(stream), limit_};
}

bool Client::may_reuse(const TestRequest& request) const noexcept {
  constexpr std::chrono::seconds idle_max{1};
  return kept_ && (is_idempotent(request.method()) || loop_->now() - kept_since_ < idle_max);
}

std::string Client::host() const { return endpoint_.is_unix() ? "localhost" : endpoint_.text(); }

Task<Answer> Client::send(TestRequest request) {
  return protocol_ == Protocol::http_2 ? send_h2(std::move(request)) : send_h1(std::move(request));
}

// A request that the server has not looked at, since it goes or has no place, goes to a new connection.
Task<Answer> Client::send_h2(TestRequest request) {
  const std::string authority = host();
  for (int tries = 1;; ++tries) {
    std::shared_ptr<internal::H2Connection> connection = shared_;
    const bool is_new = connection == nullptr || !connection->is_open();
    if (is_new) {
      Connection opened = co_await connect();
      connection = std::make_shared<internal::H2Connection>(*loop_, std::move(opened.stream()), limit_);
      shared_ = connection;
    }
    std::optional<Answer> answer = co_await connection->ask(request, authority);
    if (answer) co_return std::move(*answer);
    constexpr int tries_max = 3;
    if (tries == tries_max) throw WrongAnswer{"the server refused the request"};
  }
}

Task<Answer> Client::send_h1(TestRequest request) {
  const std::string bytes = request.bytes(host());
  std::unique_ptr<Connection> connection;
  if (may_reuse(request)) {
    connection = std::move(kept_);
    co_await connection->write(bytes);
    const bool alive = co_await connection->wait_for_bytes();  // the server may have closed it in the meantime
    if (!alive && is_idempotent(request.method())) connection.reset();
  }
  if (!connection) {
    Connection opened = co_await connect();
    connection = std::make_unique<Connection>(std::move(opened));
    co_await connection->write(bytes);
  }
  Answer answer = co_await connection->read_answer(request.method());
  if (answer.keep_alive() && answer.status() != Status::switching_protocols && !kept_) {
    kept_ = std::move(connection);
    kept_since_ = loop_->now();
  }
  co_return answer;
}

}  // namespace gyre::testing
