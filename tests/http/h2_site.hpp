#pragma once

#include "h2_transcript.hpp"
#include "http_support.hpp"

#include <gyre/http/body_writer.hpp>

namespace gyre::test::h2 {

/// The test service, and handlers for what only streams have: "/hold" waits and does not read its body, "/ignore"
/// answers at once and does not read it either, "/pour" answers with a stream that does not end.
class H2Service final : public TestService {
 public:
  RequestHandler& find(Request& request) noexcept override {
    const std::string_view path = request.path();
    if (request.method() == Method::connect) return no_tunnel_;
    if (path == "/hold") return hold_;
    if (path == "/ignore") return ignore_;
    if (path == "/pour") return pour_;
    return TestService::find(request);
  }

  Event never;

 private:
  struct Hold : RequestHandler {
    explicit Hold(H2Service& owner) : RequestHandler(Kind::coroutine, BodyUse::streamed), service(&owner) {}
    Response call(Request&) override { return {}; }
    Task<Response> start(Request&) override { return wait(service); }
    static Task<Response> wait(H2Service* service) {
      co_await service->never.wait();
      co_return Response{};
    }
    H2Service* service;
  };
  struct Ignore : RequestHandler {
    Ignore() : RequestHandler(Kind::plain, BodyUse::ignored) {}
    Response call(Request&) override { return "ignored"; }
    Task<Response> start(Request&) override { co_return Response{}; }
  };
  struct NoTunnel : RequestHandler {
    NoTunnel() : RequestHandler(Kind::plain, BodyUse::ignored) {}
    Response call(Request&) override { return {Status::not_implemented, "no tunnel"}; }
    Task<Response> start(Request&) override { co_return Response{}; }
  };
  struct Pour : RequestHandler {
    Pour() : RequestHandler(Kind::plain, BodyUse::ignored) {}
    Response call(Request&) override {
      return Response::stream([](BodyWriter& writer) -> Task<> {
        const std::string text(4096, 'p');
        for (;;) co_await writer.write(text);
      });
    }
    Task<Response> start(Request&) override { co_return Response{}; }
  };

  Hold hold_{*this};
  Ignore ignore_;
  NoTunnel no_tunnel_;
  Pour pour_;
};

/// A request that its handler never answers.
inline std::string held(std::uint32_t stream) { return get(stream, "/co/gate"); }

/// A server with that service on a free port of a loop, over TLS if the tests are.
struct H2Site {
  H2Site(Loop& owner, ServerOptions options)
      : loop(owner), server(owner, service, std::move(options)), listener(owner) {}

  Task<Stream> connect() const {
    Result<Stream> connected = co_await Stream::connect(listener.endpoint());
    Stream stream = std::move(connected).value();
    if (!over_tls()) co_return std::move(stream);
    auto shaking = tls_connect(std::move(stream), SecureEnds::of_h2().client, "127.0.0.1");
    Stream encrypted = co_await std::move(shaking);
    co_return std::move(encrypted);
  }

  Loop& loop;
  H2Service service;
  Server server;
  Listener listener;
};

inline Task<> serve(H2Site& site) {
  return over_tls() ? site.server.serve(site.listener, *SecureEnds::of_h2().acceptor)
                    : site.server.serve(site.listener);
}

/// Runs `body(site)` while the site's server serves its listener; whatever happens, ends that in order.
template <class Body>
Task<> serve_h2(Loop& loop, ServerOptions options, Body body) {
  H2Site site(loop, std::move(options));
  const Endpoint any = Endpoint::ip("127.0.0.1", 0).value();
  site.listener.open(any).value();
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(serve(site));
  std::exception_ptr failure;
  try {
    co_await body(site);
  } catch (...) {
    failure = std::current_exception();
  }
  site.listener.stop();
  co_await scope.join();
  co_await site.listener.close();
  co_await site.server.stop(0s);
  if (failure) std::rethrow_exception(failure);
}

/// A client's connection on which the test says every frame itself.
class H2Client {
 public:
  explicit H2Client(Stream stream) : stream_(std::move(stream)) {}

  const Transcript& heard() const noexcept { return heard_; }
  /// The server has ended the connection.
  bool ended() const noexcept { return ended_; }

  /// A server that does not listen any more is no failure.
  Task<> send(std::string bytes) {
    const Result<void> written = co_await stream_.write(as_bytes(bytes));
    if (!written) broken_ = true;
  }
  /// Reads until the server has said all that there is to say about what was sent, or has ended the connection.
  Task<> settle() {
    // Twice: the answer to the first may overtake what was written before.
    for (int i = 0; i < 2 && !ended_; ++i) {
      co_await send(frame(Type::ping, 0, 0, Transcript::probe));
      const int probes = heard_.probes() + 1;
      while (!ended_ && heard_.probes() < probes) co_await read_some();
    }
  }
  /// The same, where it may be that no HTTP/2 is spoken yet.
  Task<> settle_if_greeted() {
    while (!ended_ && !heard_.greeted()) co_await read_some();
    co_await settle();
  }
  /// Preface, SETTINGS, and the acknowledgement of the server's.
  Task<> greet() {
    co_await send(preface());
    co_await settle();
    co_await send(settings_ack());
  }
  Task<> read_some() {
    std::byte buffer[16 * 1024];
    const Result<std::size_t> size = co_await stream_.read(buffer);
    if (!size || *size == 0) {
      ended_ = true;
      co_return;
    }
    heard_.add(as_text(Bytes{buffer, *size}));
  }
  Stream& stream() noexcept { return stream_; }
  bool broken() const noexcept { return broken_; }

 private:
  Stream stream_;
  Transcript heard_;
  bool ended_ = false;
  bool broken_ = false;
};

/// One GET on a connection of its own.
inline Task<std::string> ask_once(H2Site& site, std::string_view path) {
  Stream stream = co_await site.connect();
  H2Client client(std::move(stream));
  co_await client.send(preface() + get(1, path));
  while (!client.ended() && client.heard().text().find("1:") == std::string::npos) co_await client.read_some();
  while (!client.ended() && client.heard().text().find('+') != std::string::npos) co_await client.read_some();
  std::string text = client.heard().text();
  if (text.starts_with("ACK ")) text.erase(0, 4);
  co_return text;
}

}  // namespace gyre::test::h2
