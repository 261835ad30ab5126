#pragma once

#include <gyre/compat/callback_options.hpp>
#include <gyre/compat/detail/callback_ledger.hpp>
#include <gyre/compat/detail/reply_state.hpp>
#include <gyre/web/handler.hpp>

#include <source_location>

namespace gyre::detail {

/// The function of a callback handler or middleware, whatever its shape.
class CallbackFunction {
 public:
  /// Calls it on the loop. It answers through `state`, now or later. Throws what it throws.
  virtual void invoke(Request& request, ReplyState& state) const = 0;

 protected:
  ~CallbackFunction() = default;
};

/// The owner of a debt: a task that calls a function, and waits for what comes of it with a `ReplyWait`.
class ReplyOwner {
 public:
  /// `name` is for messages.
  ReplyOwner(Request& request, Executor& executor, const Shared<CallbackLedger>& ledger, const char* name);
  ReplyOwner(const ReplyOwner&) = delete;
  ReplyOwner& operator=(const ReplyOwner&) = delete;
  /// Tells those who wait for a cancellation, and the router what was done wrong.
  ~ReplyOwner();

  ReplyState& state() const noexcept { return *state_; }
  /// Calls the function, catches what it throws, and looks at the time.
  void call(const CallbackFunction& function, const CallbackOptions& options) const noexcept;
  /// What has come of it; 404 for `next`. Throws the failure, or `Cancelled`.
  Response result() const;

 private:
  ReplyState* state_;
};

/// What all callback handlers of routes have in common.
class CallbackRoute : public TaskEndpoint {
 public:
  CallbackCounts counts() const noexcept { return ledger_->counts(); }

 protected:
  CallbackRoute(CallbackOptions options, const std::source_location& where);

  CallbackLedger& ledger() const noexcept { return *ledger_; }
  const CallbackOptions& callback_options() const noexcept { return options_; }

  /// The answer of a function on the loop.
  static Task<Response> answer_by(const CallbackRoute* route, const CallbackFunction* function, Request* request);

 private:
  CallbackOptions options_;
  Shared<CallbackLedger> ledger_;
};

/// One whose function is called on the loop.
class LoopCallbackRoute : public CallbackRoute, public CallbackFunction {
 protected:
  using CallbackRoute::CallbackRoute;
  Task<Response> begin(Request& request) final { return answer_by(this, this, &request); }
};

}  // namespace gyre::detail
