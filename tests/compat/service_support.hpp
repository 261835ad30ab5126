#pragma once

#include <gyre/compat/callback_service.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/gyre.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>

/// What tests of `CallbackService` have in common.
namespace service_test {

using namespace gyre;

template <class Value>
CallbackServiceOptions with(Value Limits::* limit, Value value) {
  CallbackServiceOptions options;
  options.limits.*limit = value;
  return options;
}

/// A service that is asked on its own loop, in simulation.
class Asked {
 public:
  explicit Asked(CallbackServiceOptions options = {}) : options_(std::move(options)) {}

  App app;
  SimLoop loop;

  /// Runs `body(service)`, a task, beside the service, which is stopped after it.
  template <class Body>
  void run(Body body) {
    CallbackService service{loop, app, options_};
    loop.run([](CallbackService& asked, Body& use) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(asked.serve());
      Task<> used = use(asked);
      co_await std::move(used);
      asked.stop();
      co_await scope.join();
    }(service, body));
    CHECK(loop.armed() == 0);
    CHECK_FALSE(loop.has_timers());
  }

  /// The answer to one request.
  ServiceAnswer ask(ServiceRequest request) {
    ServiceAnswer answer;
    int answers = 0;
    run([&](CallbackService& service) -> Task<> {
      Event done;
      service.ask(std::move(request), [&](ServiceAnswer given) {
        answer = std::move(given);
        ++answers;
        done.set();
      });
      CHECK(answers == 0);  // never inside the call
      co_await done.wait();
    });
    CHECK(answers == 1);
    return answer;
  }
  ServiceAnswer get(std::string target) { return ask({.target = std::move(target)}); }

 private:
  CallbackServiceOptions options_;
};

/// What a test sees of one request.
struct Seen {
  ServiceAnswer answer;
  std::string pieces;
  int heads = 0;
  int answers = 0;
  TimePoint when;

  AskCallbacks callbacks(Loop& loop) {
    return {.on_answer =
                [this, &loop](ServiceAnswer given) {
                  answer = std::move(given);
                  ++answers;
                  when = loop.now();
                },
            .on_head = [this](const ServiceAnswer&) { ++heads; },
            .on_piece = [this](std::string_view piece) { pieces += piece; }};
  }
};

}  // namespace service_test
