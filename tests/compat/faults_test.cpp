#include "compat_support.hpp"

#include <gyre/compat/callback_middleware.hpp>
#include <gyre/compat/provider_stream.hpp>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

/// Everything that callbacks can do, and somebody who answers later what is kept.
class Site {
 public:
  Site() {
    app.on_log([](const LogRecord&) {});
    app.background([this]() -> Task<> {
      for (;;) {
        co_await sleep_for(1ms);
        for (const Reply& reply : std::exchange(replies_, {})) reply("later");
        for (const NextCallback& next : std::exchange(nexts_, {})) next();
        for (const ReplyStream& stream : streams_) {
          (void)stream.offer("more");
          stream.end();
        }
        streams_.clear();
      }
    });
    app.post("/now", callback_handler([](const Request& request, Reply reply) { reply(std::string{request.body()}); }));
    app.get("/later", callback_handler([this](const Request&, Reply reply) {
              reply.on_cancel([this](CancelReason) { ++cancelled; });
              replies_.push_back(std::move(reply));
            }));
    app.get("/blocks", callback_handler([](const RequestCopy&, Response& response) { response.set_body("blocked"); }));
    app.get("/stream", callback_handler([this](const Request&, Responder res) {
              const ReplyStream stream = res.stream();
              (void)stream.offer(std::string(10'000, 'x'));
              streams_.push_back(stream);
            }));
    app.get("/provided", [] {
      return provider_stream([](std::uint64_t offset, ProviderSink& sink) {
        if (offset >= 20'000) sink.done();
        return sink.write(std::string(5'000, 'y'));
      });
    });
    const Middleware layer = callback_middleware([this](const Request&, Responder res, NextCallback next) {
      res.set("x-layer", "1");
      nexts_.push_back(std::move(next));
    });
    app.with(layer).get("/layered", [] { return "layered"; });
  }

  static Task<> ask(Client& client) {
    const Answer now = co_await client.post("/now", "now");
    CHECK(now.body() == "now");
    const Answer later = co_await client.get("/later");
    CHECK(later.body() == "later");
    const Answer blocked = co_await client.get("/blocks");
    CHECK(blocked.body() == "blocked");
    const Answer stream = co_await client.get("/stream");
    CHECK(stream.body().size() == 10'004);
    const Answer provided = co_await client.get("/provided");
    CHECK(provided.body().size() == 25'000);
    const Answer layered = co_await client.get("/layered");
    CHECK(layered.header("x-layer") == "1");
  }

  App app;
  int cancelled = 0;

 private:
  std::vector<Reply> replies_;
  std::vector<NextCallback> nexts_;
  std::vector<ReplyStream> streams_;
};

}  // namespace

TEST_CASE("contract 3 and 10: a client that leaves at every possible place", "[compat]") {
  for (const Protocol protocol : {Protocol::http_1_1, Protocol::http_2}) {
    Site site;
    Options options;
    options.protocol = protocol;
    cancel_each_operation(site.app, &Site::ask, options);
    CHECK(site.cancelled > 0);
  }
}

TEST_CASE("callback handlers where each operation fails in turn", "[compat]") {
  for (const Protocol protocol : {Protocol::http_1_1, Protocol::http_2}) {
    Site site;
    Options options;
    options.protocol = protocol;
    fail_each_operation(site.app, &Site::ask, options);
  }
}
