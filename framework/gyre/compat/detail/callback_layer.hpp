#pragma once

#include <gyre/compat/detail/callback_route.hpp>
#include <gyre/web/next.hpp>

#include <source_location>

namespace gyre::detail {

/// A middleware made of a callback function.
class CallbackLayer : public CallbackFunction {
 public:
  CallbackLayer(CallbackOptions options, const std::source_location& where);
  CallbackLayer(const CallbackLayer&) = delete;
  CallbackLayer& operator=(const CallbackLayer&) = delete;

  /// What it and what is behind it answer.
  Task<Response> handle(Request& request, Next next) const { return run(this, &request, next); }

 protected:
  ~CallbackLayer() = default;

 private:
  static Task<Response> run(const CallbackLayer* layer, Request* request, Next next);

  CallbackOptions options_;
  Shared<CallbackLedger> ledger_;
};

/// Waits for the body where what is behind it wants it collected: callbacks cannot.
Task<> collect_for_callback(Request& request, const Next& next);
/// Gives `answer` the fields of `draft` that it does not have itself, and all its cookies.
void add_draft(Response& answer, const Response& draft);

}  // namespace gyre::detail
