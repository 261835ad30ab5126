#pragma once

#include "secure.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/http/server.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/stream.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gyre::test {

using namespace std::chrono_literals;

/// A service without a router: the path names what happens.
class TestService : public Service {
 public:
  RequestHandler& find(Request& request) noexcept override {
    const std::string_view path = request.path();
    return path.starts_with("/co/") ? static_cast<RequestHandler&>(coroutine_) : plain_;
  }
  Response failed(Request&, std::exception_ptr) noexcept override {
    ++failures;
    return {Status::internal_server_error, "failed"};
  }

  Event entered;                             ///< A coroutine handler has begun.
  Event gate;                                ///< "/co/gate" waits for it.
  CancelReason reason = CancelReason::none;  ///< Why a waiting handler was cancelled.
  int failures = 0;
  std::vector<std::string> seen;  ///< Targets in the order in which handlers saw them.

 private:
  struct Plain : RequestHandler {
    explicit Plain(TestService& owner) : RequestHandler(Kind::plain), service(&owner) {}
    Response call(Request& request) override { return service->plain(request); }
    Task<Response> start(Request&) override { co_return Response{}; }
    TestService* service;
  };
  struct Coroutine : RequestHandler {
    explicit Coroutine(TestService& owner) : RequestHandler(Kind::coroutine), service(&owner) {}
    Response call(Request&) override { return {}; }
    Task<Response> start(Request& request) override { return service->wait(request); }
    TestService* service;
  };

  Response plain(Request& request) {
    seen.emplace_back(request.target());
    const std::string_view path = request.path();
    if (path == "/echo") return std::string{request.body()};
    if (path == "/big") return std::string(100'000, 'b');
    if (path == "/empty") return Status::no_content;
    if (path == "/unmodified") return {Status::not_modified, "not to be sent"};
    if (path == "/interim") return Status::continue_;
    if (path == "/throw") throw 7;
    return "hello";
  }
  Task<Response> wait(Request& request) {
    seen.emplace_back(request.target());
    const std::string_view path = request.path();
    entered.set();
    const Result<void> collected = co_await request.collect();
    collected.value();
    if (path == "/co/throw") throw std::string{"no std::exception"};
    if (path == "/co/echo") co_return std::string{request.body()};
    if (path == "/co/sleep") co_await sleep_for(50ms);
    if (path == "/co/gate") {
      bool cancelled = false;
      try {
        co_await gate.wait();
      } catch (const Cancelled&) {
        cancelled = true;
      }
      if (cancelled) {
        reason = request.context().reason();
        throw Cancelled{};
      }
    }
    // The head and the path are still there, whatever arrived in the meantime.
    co_return "waited " + std::string{request.path()} + " " + std::string{request.header("x-mark")};
  }

  Plain plain_{*this};
  Coroutine coroutine_{*this};
};

/// A server on a free port of a loop, and clients that speak bytes.
struct Site {
  Site(Loop& owner, ServerOptions options) : loop(owner), server(owner, service, std::move(options)), listener(owner) {}

  Task<ClientStream> connect() const { return connect_to(listener.endpoint()); }

  /// Sends `bytes` on a connection of its own and returns everything that came until the server closed.
  Task<std::string> ask(std::string_view bytes) const;

  Loop& loop;
  TestService service;
  Server server;
  Listener listener;
};

template <class AnyStream>
Task<> send(AnyStream& stream, std::string_view bytes) {
  const Result<void> written = co_await stream.write(as_bytes(bytes));
  written.value();
}

/// Everything until the peer's end; a reset counts as an end.
template <class AnyStream>
Task<std::string> read_to_end(AnyStream& stream) {
  std::string text;
  std::byte buffer[4096];
  for (;;) {
    const Result<std::size_t> count = co_await stream.read(buffer);
    if (!count || *count == 0) co_return text;
    text += as_text(Bytes{buffer, *count});
  }
}

/// Reads until `text` ends with `ending`, or the peer ends.
template <class AnyStream>
Task<std::string> read_until(AnyStream& stream, std::string_view ending) {
  std::string text;
  std::byte byte[1];
  while (!text.ends_with(ending)) {
    const Result<std::size_t> count = co_await stream.read(byte);
    if (!count || *count == 0) break;
    text += as_text(Bytes{byte, 1});
  }
  co_return text;
}

inline Task<std::string> Site::ask(std::string_view bytes) const {
  ClientStream stream = co_await connect();
  co_await send(stream, bytes);
  std::string answer = co_await read_to_end(stream);
  co_return answer;
}

/// The answer without the fields that do not matter here.
inline std::string brief(std::string answer) {
  for (const std::string_view field : {"Date: ", "Server: "}) {
    for (std::size_t at = answer.find(field); at != std::string::npos; at = answer.find(field)) {
      answer.erase(at, answer.find("\r\n", at) + 2 - at);
    }
  }
  return answer;
}

inline std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

/// Runs `body(site)` while the site's server serves its listener on a free port; whatever happens, ends that in order.
template <class AnySite, class Body>
Task<> serve_beside(AnySite& site, Body& body) {
  const Endpoint any = Endpoint::ip("127.0.0.1", 0).value();
  site.listener.open(any).value();
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(serve(site.server, site.listener));
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

template <class Body>
Task<> serve_while(Loop& loop, ServerOptions options, Body body) {
  Site site{loop, std::move(options)};
  co_await serve_beside(site, body);
}

/// Runs `body(Site&)`, a coroutine, beside a server, then stops that.
template <class Body>
void with_site(Loop& loop, Body body, ServerOptions options = {}) {
  loop.run(serve_while(loop, std::move(options), std::move(body)));
}

}  // namespace gyre::test
