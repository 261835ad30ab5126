#include <gyre/compat/callback_handler.hpp>
#include <gyre/compat/reply_stream.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/gyre.hpp>
#include <gyre/loop/loop_driver.hpp>
#include <gyre/testing/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <string>

using namespace gyre;
using namespace std::chrono_literals;

namespace {

// As docs/embedding.md has it.
/// Drives a gyre loop in an `io_context` that one thread runs.
class InAsio {
 public:
  InAsio(boost::asio::io_context& context, gyre::LoopDriver& driver)
      : driver_(&driver), descriptor_(context, driver.descriptor()), timer_(context) {
    wait();
  }
  ~InAsio() { descriptor_.release(); }  // it is the loop's to close

 private:
  void wait() {
    const std::optional<gyre::Duration> left = driver_->timeout();
    const auto turn = [this, number = ++waits_](boost::system::error_code error = {}) { go_on(number, error); };
    if (left == gyre::Duration::zero()) return boost::asio::post(descriptor_.get_executor(), turn);
    descriptor_.async_wait(descriptor_.wait_read, turn);
    if (!left) return;
    timer_.expires_after(*left);
    timer_.async_wait(turn);
  }
  void go_on(unsigned long number, boost::system::error_code error) {
    if (error || number != waits_) return;  // the other one of the two was first
    descriptor_.cancel();
    timer_.cancel();
    if (driver_->run_once()) wait();
  }

  gyre::LoopDriver* driver_;
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer timer_;
  unsigned long waits_ = 0;
};

Task<> serve_and_ask(Loop& loop, App& app, std::string& body) {
  Context& context = co_await this_context();
  Scope scope{context};
  Event serving;
  RunOptions options;
  options.port = 0;
  scope.spawn(app.serve(loop, options, &serving));
  co_await serving.wait();
  {
    testing::Client client{loop, app.endpoints().at(0)};
    for (int number = 0; number < 20; ++number) {
      const testing::Answer answer = co_await client.get("/");
      body += answer.body();
    }
  }
  app.stop();
  co_await scope.join();
}

}  // namespace

TEST_CASE("an app is served in an io_context of Asio", "[compat][driver]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    App app;
    app.get("/", []() -> Task<std::string> {
      co_await sleep_for(2ms);
      const int sum = co_await offload([](int number) { return number + 1; }, 4);
      co_return std::to_string(sum);
    });
    std::string body;
    int ticks = 0;
    {
      LoopDriver driver{loop, serve_and_ask(loop, app, body)};
      boost::asio::io_context context{1};
      const InAsio in_asio{context, driver};
      boost::asio::steady_timer timer{context, 5ms};
      timer.async_wait([&](boost::system::error_code) { ++ticks; });  // of the program's own
      context.run();
      driver.result();
    }
    CHECK(body == std::string(20, '5'));
    CHECK(ticks == 1);
  });
}

// No turn of gyre's loop is under way then, and nobody else wakes it.
TEST_CASE("contract 4: a callback of the io_context answers, and pushes, on gyre's own thread", "[compat][driver]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    App app;
    std::optional<boost::asio::steady_timer> timer;
    app.get("/", callback_handler([&](const Request&, Reply reply) {
              timer->expires_after(2ms);
              timer->async_wait([&, reply](boost::system::error_code) {
                const ReplyStream out = reply.stream({});
                timer->expires_after(2ms);
                timer->async_wait([out](boost::system::error_code) {
                  CHECK(out.offer("x"));
                  out.end();
                });
              });
            }),
            {.handler = 1h});
    std::string body;
    const TimePoint start = loop.now();
    {
      LoopDriver driver{loop, serve_and_ask(loop, app, body)};
      boost::asio::io_context context{1};
      timer.emplace(context);
      const InAsio in_asio{context, driver};
      context.run();
      timer.reset();
      driver.result();
    }
    CHECK(body == std::string(20, 'x'));
    CHECK(loop.now() - start < 10s);  // some timer of a connection's would come to wake it in the end
  });
}
