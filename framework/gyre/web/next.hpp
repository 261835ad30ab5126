#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/http/service.hpp>

#include <concepts>
#include <source_location>
#include <type_traits>
#include <utility>

namespace gyre {

class Next;

namespace detail {

/// A middleware behind one virtual call.
class MiddlewareBody {
 public:
  virtual ~MiddlewareBody() = default;
  virtual Task<Response> handle(Request& request, Next next) const = 0;
};

}  // namespace detail

/// What comes after a middleware: the next one, or the handler. `co_await next(request)` gives the answer and rethrows
/// what was thrown further in. Not calling it answers in the handler's place; calling it again asks again. A cheap
/// value that lives as long as the router.
class Next {
 public:
  /// `middleware` is the first of a list that a null pointer ends.
  Next(const detail::MiddlewareBody* const* middleware, RequestHandler& handler) noexcept
      : middleware_(middleware), handler_(&handler) {}

  /// The task that answers. Throws nothing by itself: exceptions come out of the await.
  Task<Response> operator()(Request& request) const;

  /// What the handler wants to become of the body.
  RequestHandler::BodyUse body_use() const noexcept { return handler_->body_use(); }

 private:
  const detail::MiddlewareBody* const* middleware_;
  RequestHandler* handler_;
};

namespace detail {

template <class F>
concept MiddlewareFunction = requires(const F& function, Request& request, Next next) {
  { function(request, next) } -> std::same_as<Task<Response>>;
};

template <MiddlewareFunction F>
class OwnedMiddleware final : public MiddlewareBody {
 public:
  template <class Function>
  explicit OwnedMiddleware(Function&& function) : function_(std::forward<Function>(function)) {}
  Task<Response> handle(Request& request, Next next) const override { return function_(request, next); }

 private:
  const F function_;
};

}  // namespace detail

/// What `use` takes: any `Task<Response>(Request&, Next)`, a function or a closure. It is owned by the routers that use
/// it, so a coroutine lambda may capture. Every loop runs it at once: what it captures must be fit for that. Copies
/// share the function: one value may be used in several places.
class Middleware {
 public:
  /// None.
  Middleware() noexcept = default;

  template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, Middleware>)
  Middleware(Function&& function, std::source_location where = std::source_location::current()) : where_(where) {
    using Stored = std::decay_t<Function>;
    static_assert(detail::MiddlewareFunction<Stored>,
                  "gyre: a middleware is a gyre::Task<gyre::Response>(gyre::Request&, gyre::Next), callable as const");
    if constexpr (detail::MiddlewareFunction<Stored>) {
      body_ = Shared<const detail::OwnedMiddleware<Stored>>::make(std::forward<Function>(function));
    }
  }

  explicit operator bool() const noexcept { return body_ != nullptr; }
  /// The line that made it of a function: as a rule that of `use`.
  const std::source_location& where() const noexcept { return where_; }

  // --- for the router -------------------------------------------------------------------------------------------
  const Shared<const detail::MiddlewareBody>& body() const noexcept { return body_; }

 private:
  Shared<const detail::MiddlewareBody> body_;
  std::source_location where_;
};

}  // namespace gyre
