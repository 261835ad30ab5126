#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/net/listener.hpp>
#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/connect.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include "tls_text.hpp"

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

namespace {

struct Ends {
  TlsAcceptor acceptor;
  TlsClient client;
  Semaphore pace{1};
  unsigned done = 0;
};

TlsServer make_server() {
  TlsServerOptions options;
  options.certificate = net_test::certificate_for("localhost");
  return TlsServer::make(options).value();
}

TlsClient make_client() {
  TlsClientOptions options;
  options.verification = TlsVerification::nothing_any_server;
  return TlsClient::make(options).value();
}

Task<> shake(Stream plain, Ends* ends) {
  auto shaking = ends->acceptor.accept(std::move(plain), {}, &ends->pace);
  Stream stream = co_await std::move(shaking);
  ++ends->done;
}

Task<> connect(const Listener* listener, Ends* ends) {
  Endpoint endpoint = listener->endpoint();
  Result<Stream> connected = co_await Stream::connect(endpoint);
  auto shaking = tls_connect(std::move(connected).value(), ends->client, "localhost");
  Stream stream = co_await std::move(shaking);
  std::byte nothing[1];
  (void)co_await stream.read(nothing);  // the server has more to say: its tickets
}

Task<> hold_the_pace(Loop* loop, Ends* ends) {
  Listener listener{*loop};
  listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
  Scope scope{co_await this_context()};
  Semaphore::Permit permit = co_await ends->pace.acquire();
  for (int index = 0; index < 8; ++index) {
    scope.spawn(connect(&listener, ends));
    Result<Stream> accepted = co_await listener.accept();
    scope.spawn(shake(std::move(accepted).value(), ends));
  }
  co_await sleep_for(10ms);
  CHECK(ends->done == 0);
  CHECK(scope.size() == 16);
  permit.release();
  co_await scope.join();
  CHECK(ends->done == 8);
  CHECK(ends->pace.available() == 1);
  co_await listener.close();
}

}  // namespace

TEST_CASE("handshakes compute when their pace lets them", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    Ends ends{.acceptor = TlsAcceptor{make_server()}, .client = make_client()};
    loop.run(hold_the_pace(&loop, &ends));
  });
}
