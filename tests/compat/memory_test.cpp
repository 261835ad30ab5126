#include <gyre/compat/callback_handler.hpp>
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/compat/provider_stream.hpp>
#include <gyre/gyre.hpp>
#include <gyre/testing/allocation.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <functional>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

/// Asks for `target` again and again, each time with the next allocation failing. Every time there is one answer: that
/// of the handler, a 500 or 503, or none because the connection itself had no memory, or its stream was cut.
void fail_each(App& app, const char* target, const Callback<void()>& act = {}) {
  app.on_log([](const LogRecord&) {});
  bool answered = false;
  fail_each_allocation([&](AllocationFault& fault) {
    const auto body = [&](Client& client) -> Task<> {
      Connection connection = co_await client.connect();
      const auto ask = [&]() -> Task<> {
        fault.begin();
        try {
          co_await connection.write(std::string{"GET "} + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
          const Answer answer = co_await connection.read_answer();
          answered = answer.status() == Status::ok;
          CHECK((answered || answer.status() == Status::internal_server_error ||
                 answer.status() == Status::service_unavailable));
        } catch (const WrongAnswer&) {
        }
        fault.end();
      };
      const auto act_later = [&]() -> Task<> {
        co_await sleep_for(1s);
        if (act) act();
      };
      co_await when_all(ask(), act_later());
    };
    gyre::testing::run(app, body);
  });
  CHECK(answered);  // in the last run
}

const auto take_word = [](const Request& request) { return std::string{request.parameter(0)} + std::string(100, 'x'); };

}  // namespace

TEST_CASE("callback handlers: each allocation fails in turn", "[compat]") {
  App app;
  std::optional<Reply> kept;
  app.get("/now/{word}", callback_handler([](const Request& request, Reply reply) { reply(take_word(request)); }));
  app.get("/function/{word}", callback_handler([](const Request& request, std::function<void(Response)> reply) {
            reply(take_word(request));
          }));
  app.get("/responder/{word}", callback_handler([](const Request& request, Responder res) {
            res.set("x-row", take_word(request)).send(take_word(request));
          }));
  app.get("/copy/{word}",
          callback_handler([](RequestCopy request, Reply reply) { reply(std::string{request.parameter(0)}); }));
  app.get("/later", callback_handler([&](const Request&, Reply reply) {
            reply.on_cancel([](CancelReason) {});
            kept = std::move(reply);
          }));
  app.get("/blocking", callback_handler([](const Request&, Response& response) { response.set("x-row", "7"); }));
  app.get("/stream", callback_handler([&](const Request&, Reply reply) {
            const ReplyStream out = reply.stream({});
            out.on_writable([] {});
            (void)out.offer(std::string(1000, 'x'));
            out.add_trailer("x-sum", "7");
            out.end();
          }));
  app.get("/provided", [] {
    return provider_stream([](std::uint64_t, ProviderSink& sink) {
      sink.done();
      return sink.write(std::string(1000, 'x'));
    });
  });
  const Middleware layer = callback_middleware([](const Request&, Responder res, NextCallback next) {
    res.set("x-layer", std::string(100, 'x'));
    next();
  });
  app.with(layer).get("/layered", [] { return "layered"; });
  for (const char* target : {"/now/word", "/function/word", "/responder/word", "/copy/word", "/blocking", "/stream",
                             "/provided", "/layered"}) {
    INFO(target);
    fail_each(app, target);
  }
  fail_each(app, "/later", [&] {
    if (kept) (*kept)(std::string(100, 'x'));
    kept.reset();
  });
}
