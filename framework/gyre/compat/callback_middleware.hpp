#pragma once

#include <gyre/compat/callback_options.hpp>
#include <gyre/compat/detail/callback_layer.hpp>
#include <gyre/compat/detail/callback_shape.hpp>
#include <gyre/web/next.hpp>

#include <concepts>
#include <source_location>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

/// Says in words what is wrong with the function of a callback middleware. `value` tells whether it can be used.
template <class F>
struct CallbackMiddlewareCheck {
  using Traits = CallbackTraits<F, CallbackShape::responder_next, CallbackShape::reply_next>;
  static constexpr bool value = Traits::value;

  static_assert(Traits::inspectable,
                "gyre: a callback middleware's parameters cannot be inspected: not those of a generic lambda (auto), "
                "an overloaded call operator or a std::bind. Name them: (const gyre::Request&, gyre::Responder, "
                "gyre::NextCallback) or (const gyre::Request&, gyre::Reply, gyre::NextCallback)");
  static_assert(Traits::known,
                "gyre: a callback middleware takes (const gyre::Request&, gyre::Responder, gyre::NextCallback) or "
                "(const gyre::Request&, gyre::Reply, gyre::NextCallback); each may have a gyre::RequestCopy for the "
                "request, a std::function<void(gyre::Response)> for the reply and a std::function<void()> for what is "
                "next");
  static_assert(Traits::returns_nothing, "gyre: a callback middleware returns void: it answers, or calls what is next");
  static_assert(Traits::callable,
                "gyre: every loop calls the callback middleware at once, so it must be callable as const: no mutable "
                "lambda");
};

template <class F>
class FunctionLayer final : public CallbackLayer {
 public:
  FunctionLayer(F function, CallbackOptions options, const std::source_location& where)
      : CallbackLayer(std::move(options), where), function_(std::move(function)) {}
  void invoke(Request& request, ReplyState& state) const override {
    CallbackTraits<F>::Signature::call(function_, request, state);
  }

 private:
  const F function_;
};

template <class F>
concept BeforeFunction = std::is_invocable_v<const F&, const Request&, Response&> &&
                         (std::is_void_v<std::invoke_result_t<const F&, const Request&, Response&>> ||
                          std::same_as<std::invoke_result_t<const F&, const Request&, Response&>, bool>);
template <class F>
concept AfterFunction = std::is_invocable_v<const F&, const Request&, Response&>;

/// Whether a function that tells nothing has filled in an answer, and not only fields for one.
inline bool has_answered(const Response& response) noexcept {
  return response.status() != Status::ok || !response.body().empty() || response.streamed();
}

template <BeforeFunction Before, AfterFunction After>
class BeforeAfter {
 public:
  BeforeAfter(Before before, After after) : before_(std::move(before)), after_(std::move(after)) {}

  Task<Response> operator()(Request& request, Next next) const { return run(this, &request, next); }

 private:
  static Task<Response> run(const BeforeAfter* self, Request* request, Next next) {
    Task<> collected = collect_for_callback(*request, next);
    co_await std::move(collected);
    Response response;
    if (!self->ends(*request, response)) {
      Task<Response> inner = next(*request);
      Response answer = co_await std::move(inner);
      add_draft(answer, response);
      response = std::move(answer);
    }
    self->after_(std::as_const(*request), response);
    co_return std::move(response);
  }

  bool ends(const Request& request, Response& response) const {
    if constexpr (std::is_void_v<std::invoke_result_t<const Before&, const Request&, Response&>>) {
      before_(request, response);
      return has_answered(response);
    } else {
      return before_(request, response);
    }
  }

  Before before_;
  After after_;
};

}  // namespace detail

/// Makes a middleware of a function in the way of Express:
///
///     app.use(gyre::callback_middleware([](const gyre::Request& request, gyre::Responder res, gyre::NextCallback next)
///     {
///       if (request.header("authorization").empty()) return res.status(401).end();
///       res.set("x-checked", "yes");
///       next();
///     }));
///
/// The function is called on the loop, by every loop at once, and answers once, from any thread: by the responder, by
/// `next()`, which goes on, or by `next(error)`, which fails (see `NextCallback`). Rules and counts are those of
/// `callback_handler`; neither an answer nor `next` is 500. Fields and cookies that were set before `next()` are added
/// to the answer that comes back; a field that it has itself stays. The request's body has been collected, if what is
/// behind wants it so. `RequestCopy` for the request, and `std::function<void()>` for `next`, are fine.
template <class F>
Middleware callback_middleware(F&& function, CallbackOptions options = {},
                               std::source_location where = std::source_location::current()) {
  using Stored = std::decay_t<F>;
  if constexpr (detail::CallbackMiddlewareCheck<Stored>::value) {
    auto layer = Shared<const detail::FunctionLayer<Stored>>{
        Shared<detail::FunctionLayer<Stored>>::make(std::forward<F>(function), std::move(options), where)};
    auto run = [layer](Request& request, Next next) { return layer->handle(request, next); };
    return Middleware{std::move(run), where};
  } else {
    return {};
  }
}

/// The same in the way of drogon's filters: `(const Request&, Reply, std::function<void()>)`, where the reply (or a
/// `std::function<void(Response)>`) refuses, and the function goes on.
template <class F>
Middleware callback_filter(F&& function, CallbackOptions options = {},
                           std::source_location where = std::source_location::current()) {
  return callback_middleware(std::forward<F>(function), std::move(options), where);
}

/// Makes a middleware of two functions, in the way of Crow: `before` is called as `bool(const Request&, Response&)`,
/// and ends with that response if it gives true. If it gives false, what the response was given is added to the answer
/// that comes back, as in `callback_middleware`. One that returns nothing ends if it has set a status but 200, or a
/// body. `after`, `(const Request&, Response&)`, sees every answer, those of `before` too; not what was thrown. Both
/// run on the loop, by every loop at once.
template <class Before, class After>
Middleware before_after(Before&& before, After&& after, std::source_location where = std::source_location::current()) {
  using StoredBefore = std::decay_t<Before>;
  using StoredAfter = std::decay_t<After>;
  static_assert(detail::BeforeFunction<StoredBefore>,
                "gyre: before_after: the first function is a bool(const gyre::Request&, gyre::Response&) or a "
                "void(const gyre::Request&, gyre::Response&), callable as const");
  static_assert(detail::AfterFunction<StoredAfter>,
                "gyre: before_after: the second function is a void(const gyre::Request&, gyre::Response&), callable as "
                "const");
  if constexpr (detail::BeforeFunction<StoredBefore> && detail::AfterFunction<StoredAfter>) {
    return Middleware{
        detail::BeforeAfter<StoredBefore, StoredAfter>{std::forward<Before>(before), std::forward<After>(after)},
        where};
  } else {
    return {};
  }
}

}  // namespace gyre
