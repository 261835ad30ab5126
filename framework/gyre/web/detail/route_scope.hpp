#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/next.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <source_location>
#include <string_view>
#include <type_traits>

namespace gyre {

class Router;

/// Makes the page of an error: `Response(Request&, Status, std::string_view detail)`.
using ProblemRenderer = Callback<Response(Request&, Status, std::string_view)>;

namespace detail {

/// Where routes are registered: a router, or one of its groups. Belongs to the router.
class RouteScope;

/// Turns exceptions of one type into answers.
class FailureHandler {
 public:
  virtual ~FailureHandler() = default;
  /// False if it is an exception of another type. Throws what the function throws.
  virtual bool handle(Request& request, const std::exception_ptr& failure, Response& answer) const = 0;
};

template <class E, class F>
class TypedFailureHandler final : public FailureHandler {
 public:
  template <class Function>
  explicit TypedFailureHandler(Function&& function) : function_(std::forward<Function>(function)) {}

  bool handle(Request& request, const std::exception_ptr& failure, Response& answer) const override {
    try {
      std::rethrow_exception(failure);
    } catch (const E& exception) {
      answer = respond(function_(request, exception));
      return true;
    } catch (...) {
      return false;
    }
  }

 private:
  const F function_;
};

template <class E, class F>
Box<FailureHandler> make_failure_handler(F&& function) {
  using Stored = std::decay_t<F>;
  static_assert(!std::same_as<E, Cancelled>,
                "gyre: nobody waits for the answer of a cancelled handler: Cancelled is never passed");
  static_assert(std::is_invocable_v<const Stored&, Request&, const E&>,
                "gyre: on_failure<E> takes a function (gyre::Request&, const E&), callable as const");
  if constexpr (std::is_invocable_v<const Stored&, Request&, const E&>) {
    static_assert(Respondable<std::invoke_result_t<const Stored&, Request&, const E&>>,
                  "gyre: on_failure<E> takes a function that returns what a plain handler may return");
    return make_box<TypedFailureHandler<E, Stored>>(std::forward<F>(function));
  } else {
    return nullptr;
  }
}

/// A handler on its way to the router.
struct NewHandler {
  Box<Endpoint> endpoint;
  HandlerFacts facts;
  std::source_location where;
};

template <class F>
NewHandler new_handler(F&& function, const std::source_location& where) {
  return {make_endpoint(std::forward<F>(function)), HandlerCheck<std::decay_t<F>>::facts, where};
}

/// One for a request that has no route, and so no parameters.
template <class F>
NewHandler new_fallback(F&& function, const std::source_location& where) {
  static_assert(HandlerCheck<std::decay_t<F>>::path_parameters.count == 0,
                "gyre: a fallback has no pattern, so its handler has no gyre::Path parameter");
  return new_handler(std::forward<F>(function), where);
}

// What `Routes` does, with the types of handlers gone. All may throw `SetupError`.
void add_route(RouteScope& scope, std::string_view method, std::string_view pattern, NewHandler handler,
               const RouteOptions& options);
RouteScope& add_group(RouteScope& scope, std::string_view prefix, const std::source_location& where,
                      const RouteOptions& options);
void add_middleware(RouteScope& scope, const Middleware* list, std::size_t count);
void mount(RouteScope& scope, std::string_view prefix, const std::source_location& where, Router& inner);
void set_not_found(RouteScope& scope, NewHandler handler, const RouteOptions& options);
void set_method_not_allowed(RouteScope& scope, NewHandler handler);
void set_renderer(RouteScope& scope, ProblemRenderer renderer, const std::source_location& where);
void add_failure_handler(RouteScope& scope, Box<FailureHandler> handler);

}  // namespace detail
}  // namespace gyre
