#include <gyre/testing/run.hpp>

#include <gyre/coro/scope.hpp>
#include <gyre/testing/internal/limited.hpp>
#include <gyre/testing/internal/session.hpp>

namespace gyre::testing {
namespace {

/// What is left at the end of a run, or when it is stuck.
struct Remains {
  explicit Remains(Loop& loop)
      : operations(loop.armed()),
        descriptors(loop.backend() == Backend::sim ? static_cast<SimLoop&>(loop).open_descriptors() : 0),
        timers(loop.has_timers()) {}

  bool none() const noexcept { return operations == 0 && descriptors == 0 && !timers; }
  std::string text() const {
    std::string text = "armed operations: " + std::to_string(operations);
    text += ", open descriptors: " + std::to_string(descriptors);
    text += timers ? ", a timer is armed" : ", no timer is armed";
    return text;
  }

  std::size_t operations;
  std::size_t descriptors;
  bool timers;
};

class Session {
 public:
  Session(App& app, const TestBody& body, const Options& options, Loop& loop, internal::Trouble& trouble)
      : app_(&app), body_(&body), options_(&options), loop_(&loop), trouble_(&trouble) {}

  /// Serves and tests, then throws whatever was wrong.
  void execute();

 private:
  /// Hears of the cancellation with which a loop ends a run that is stuck, while everything is still in its place.
  struct Witness : CancelHook {
    explicit Witness(Session& owner) noexcept : CancelHook(&Session::stuck), session(&owner) {}
    Session* session;
  };
  static void stuck(CancelHook& hook) noexcept;

  Task<> serve_and_test();
  Task<> serve();
  Task<> test();
  Task<> run_body();
  Task<> run_body_or_cancel();
  bool simulated() const noexcept { return options_->transport == Transport::sim; }

  App* app_;
  const TestBody* body_;
  const Options* options_;
  Loop* loop_;
  internal::Trouble* trouble_;
  Event serving_;
  std::exception_ptr body_failure_;
  std::string remains_when_stuck_;
};

void Session::stuck(CancelHook& hook) noexcept {
  Session& session = *static_cast<Witness&>(hook).session;
  const auto seconds = std::chrono::duration<double>(session.loop_->now().time_since_epoch()).count();
  session.remains_when_stuck_ =
      " (at " + std::to_string(seconds) + " s of virtual time; " + Remains{*session.loop_}.text() + ")";
}

Task<> Session::serve() {
  RunOptions options;
  options.port = 0;
  if (options_->tls == Tls::on) {
    options.tls = TlsOptions{.host = std::exchange(options.host, {}), .port = 0, .tickets = TlsTickets::off};
    options.tls->certificates.emplace(TlsEnds::get().certificate());
  }
  options.server = options_->server;
  options.drain = options_->drain;
  co_await app_->serve(*loop_, std::move(options), &serving_);
}

Task<> Session::run_body() {
  TlsClient tls;
  if (options_->tls == Tls::on) tls = TlsEnds::get().client(options_->protocol);
  Client client{*loop_, app_->endpoints().at(0), simulated() ? Duration::max() : options_->time_limit, std::move(tls)};
  client.speak(options_->protocol);
  co_await (*body_)(client);
}

// A scope of its own, so that the body alone is cancelled: the app goes on and sees a client that leaves.
Task<> Session::run_body_or_cancel() {
  if (trouble_->cancel_in == 0) {
    co_await run_body();
    co_return;
  }
  auto& sim = static_cast<SimLoop&>(*loop_);
  Context& context = co_await this_context();
  Scope scope{context};
  sim.cancel_at(sim.operations() + trouble_->cancel_in, scope.context());
  std::exception_ptr failure;
  try {
    scope.spawn(run_body());
    co_await scope.join();
  } catch (...) {
    failure = std::current_exception();
  }
  sim.cancel_at(0, scope.context());
  trouble_->cancelled = scope.context().reason() == CancelReason::requested;
  if (failure) std::rethrow_exception(failure);
}

Task<> Session::test() {
  try {
    co_await serving_.wait();
    const Duration limit = simulated() ? Duration::max() : options_->run_limit;
    co_await internal::limited(limit, run_body_or_cancel(), "the test");
  } catch (...) {
    body_failure_ = std::current_exception();
  }
  app_->stop();
}

Task<> Session::serve_and_test() {
  Context& context = co_await this_context();
  Witness witness{*this};
  context.add_hook(witness);
  const auto both = [](Scope& scope, Session* self) -> Task<> {
    scope.spawn(self->serve());
    scope.spawn(self->test());
    co_return;
  };
  co_await with_scope(both, this);
}

void Session::execute() {
  std::exception_ptr failure;
  std::string deadlock;
  try {
    loop_->run(serve_and_test());
  } catch (const gyre::Deadlock& found) {
    deadlock = found.what() + remains_when_stuck_;
  } catch (...) {
    failure = std::current_exception();
  }
  // A body that was cancelled was so because of something else: of the deadlock, or of what ended the app.
  const bool cancelled = body_failure_ && gyre::detail::is_cancelled(body_failure_);
  if (body_failure_ && !cancelled) std::rethrow_exception(body_failure_);
  if (!deadlock.empty()) throw Deadlock{deadlock};
  if (failure) std::rethrow_exception(failure);
  if (cancelled) throw TestFailure{"the test's body ended as cancelled, and nothing had cancelled it"};
}

}  // namespace

void internal::run_session(App& app, const TestBody& body, const Options& options, Trouble& trouble) {
  std::unique_ptr<Loop> loop = make_loop(options.transport, options.sim);
  std::exception_ptr failure;
  try {
    Session{app, body, options, *loop, trouble}.execute();
  } catch (...) {
    failure = std::current_exception();
  }
  if (options.transport == Transport::sim) trouble.operations = static_cast<SimLoop&>(*loop).operations();
  const Remains remains{*loop};
  // A loop with armed operations cannot end in order: their owners are unknown. It is left as it is.
  if (remains.operations != 0) (void)loop.release();
  if (failure) std::rethrow_exception(failure);
  if (!remains.none()) throw Leak{"the test has left something behind: " + remains.text()};
}

namespace {

void run_with(App& app, const TestBody& body, const Options& options) {
  internal::Trouble none;
  internal::run_session(app, body, options, none);
}

}  // namespace

void run(App& app, const TestBody& body, const Options& options) {
  const std::optional<std::uint64_t> seed = given_seed();
  if (!seed) return run_with(app, body, options);
  Options seeded = options;
  seeded.sim.seed = *seed;
  run_with(app, body, seeded);
}

void run_seeds(App& app, std::uint64_t count, const TestBody& body, const Options& options) {
  for_each_seed(count, [&](std::uint64_t seed) {
    Options seeded = options;
    seeded.transport = Transport::sim;
    seeded.sim.seed = seed;
    run_with(app, body, seeded);
  });
}

void run_everywhere(App& app, const TestBody& body, const Options& options) {
  for_each_transport([&](Transport transport) {
    Options here = options;
    here.transport = transport;
    run(app, body, here);
  });
}

}  // namespace gyre::testing
