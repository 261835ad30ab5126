#pragma once

#include <gyre/compat/callback_options.hpp>
#include <gyre/compat/detail/blocking_route.hpp>
#include <gyre/compat/detail/callback_route.hpp>
#include <gyre/compat/detail/callback_shape.hpp>
#include <gyre/compat/next_callback.hpp>
#include <gyre/compat/reply.hpp>
#include <gyre/compat/request_copy.hpp>
#include <gyre/compat/responder.hpp>

#include <source_location>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

/// Says in words what is wrong with the function of a callback handler. `value` tells whether it can be used.
template <class F>
struct CallbackHandlerCheck {
  using Traits = CallbackTraits<F, CallbackShape::reply, CallbackShape::responder, CallbackShape::responder_next,
                                CallbackShape::blocking>;
  static constexpr CallbackShape shape = Traits::shape;
  static constexpr bool value = Traits::value;

  static_assert(Traits::inspectable,
                "gyre: a callback handler's parameters cannot be inspected: not those of a generic lambda (auto), an "
                "overloaded call operator or a std::bind. Name them: (const gyre::Request&, gyre::Reply), (const "
                "gyre::Request&, std::function<void(gyre::Response)>), (const gyre::Request&, gyre::Responder), (const "
                "gyre::Request&, gyre::Responder, gyre::NextCallback) or (const gyre::Request&, gyre::Response&)");
  static_assert(Traits::known,
                "gyre: a callback handler takes (const gyre::Request&, gyre::Reply), (const gyre::Request&, "
                "std::function<void(gyre::Response)>), (const gyre::Request&, gyre::Responder), (const gyre::Request&, "
                "gyre::Responder, gyre::NextCallback) or, to block on the pool, (const gyre::Request&, "
                "gyre::Response&); each may have a gyre::RequestCopy for the request");
  static_assert(Traits::returns_nothing, "gyre: a callback handler returns void: it answers through what it takes");
  static_assert(Traits::callable,
                "gyre: every loop calls the callback handler at once, so it must be callable as const: no mutable "
                "lambda");
};

}  // namespace detail

/// What `callback_handler` makes of a function: a handler for any route.
template <class F>
struct CallbackHandler {
  F function;
  CallbackOptions options;
  std::source_location where;  ///< It was made.

  /// Tells the router what the handler takes and gives. Never called: the endpoint of the route does the work.
  Task<Response> operator()(Request& request) const;
};

/// Makes a handler of a function that answers by callback, or that blocks, for any route:
///
///     app.get("/rows/{id}", gyre::callback_handler([&](const gyre::Request& request, gyre::Reply reply) { ... }));
///
/// The function is called with one of these, and returns void:
///
/// | parameters | runs | answers by |
/// | --- | --- | --- |
/// | `(const Request&, Reply)` | on the loop | calling the reply, from any thread |
/// | `(const Request&, std::function<void(Response)>)` | on the loop | the same |
/// | `(const Request&, Responder)` | on the loop | `send`, `json`, `end`, ... |
/// | `(const Request&, Responder, NextCallback)` | on the loop | that, or `next`: 404, or a failure |
/// | `(const Request&, Response&)` | on a pool of threads | filling that in, and returning |
///
/// Each may take a `RequestCopy` in the place of `const Request&`. What it takes by reference, a responder too, is good
/// for the length of the call: to answer later, keep a copy. The request's body has been collected; placeholders
/// are read by `Request::parameter`. Every loop calls the function at once. What it throws before it has answered is
/// answered as if a native handler had thrown it; what it throws after that is reported.
///
/// On the loop the request is good until the answer or the cancellation, and on the loop's thread alone. A function on
/// the pool may block; it is not stopped when the request is cancelled. It has the request's head, parameters and body
/// for the length of its call; what asks the connection (`peer`, `secure`, `tls`) and the context are the loop's: take
/// a `RequestCopy` for these. No thread within `CallbackOptions::queue_wait`, or a full pool, is answered with 503 and
/// Retry-After.
template <class F>
CallbackHandler<std::decay_t<F>> callback_handler(F&& function, CallbackOptions options = {},
                                                  std::source_location where = std::source_location::current()) {
  (void)detail::CallbackHandlerCheck<std::decay_t<F>>::value;
  return {std::forward<F>(function), std::move(options), where};
}

namespace detail {

template <class F>
class CallbackEndpoint : public LoopCallbackRoute {
 public:
  CallbackEndpoint(F function, CallbackOptions options, const std::source_location& where)
      : LoopCallbackRoute(std::move(options), where), function_(std::move(function)) {}

  void invoke(Request& request, ReplyState& state) const final {
    CallbackTraits<F>::Signature::call(function_, request, state);
  }

 private:
  const F function_;
};

template <class F>
class BlockingEndpoint : public BlockingRoute {
 public:
  BlockingEndpoint(F function, CallbackOptions options, const std::source_location& where)
      : BlockingRoute(takes_copy, std::move(options), where), function_(std::move(function)) {}

  void block(const Request& request, const RequestCopy* copy, Response& response) const final {
    if constexpr (takes_copy == CopyRequest::yes) {
      function_(RequestCopy{*copy}, response);
    } else {
      function_(request, response);
    }
  }

 private:
  static constexpr CopyRequest takes_copy =
      CallbackTraits<F>::Signature::takes_copy ? CopyRequest::yes : CopyRequest::no;
  const F function_;
};

/// What serves a function, by its shape.
template <class F, CallbackShape shape = CallbackHandlerCheck<F>::shape>
struct CallbackEndpointFor {
  using type = CallbackEndpoint<F>;
};
template <class F>
struct CallbackEndpointFor<F, CallbackShape::blocking> {
  using type = BlockingEndpoint<F>;
};
template <class F>
struct CallbackEndpointFor<F, CallbackShape::none> {};

template <class F>
class FunctionEndpoint<CallbackHandler<F>, Task<Response>(Request&)> final : public CallbackEndpointFor<F>::type {
  using Base = typename CallbackEndpointFor<F>::type;

 public:
  explicit FunctionEndpoint(CallbackHandler<F> handler)
      : Base(std::move(handler.function), std::move(handler.options), handler.where) {}
};

}  // namespace detail
}  // namespace gyre
