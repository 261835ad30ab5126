#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/http/service.hpp>
#include <gyre/web/detail/type_number.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/group.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/next.hpp>
#include <gyre/web/pattern.hpp>
#include <gyre/web/respond.hpp>

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gyre {

template <class T>
class State;
template <class T>
class LoopState;

namespace internal {
struct RouterCore;
}

namespace detail {
struct RouterAccess;
}

/// A placeholder of a route.
struct ParameterInfo {
  std::string_view name;  ///< "id"
  /// What its handler reads it as: "int", "string", "shop::Slug"; empty if it leaves it to `Request::parameter`.
  std::string_view type;
};

/// A registered route, for a look at the table.
struct RouteInfo {
  std::string_view host;     ///< "*.example.com"; empty if it is for all hosts without routes of their own.
  std::string_view method;   ///< "GET"
  std::string_view pattern;  ///< "/users/{id}", with the prefixes of its groups.
  std::source_location where;
  std::vector<ParameterInfo> parameters;
  std::size_t middleware;         ///< How many are around it.
  const RequestHandler* handler;  ///< Itself, without them.
};

/// Finds the handler for a request, runs the middleware around it, and answers itself where there is no handler.
///
///     Router router;
///     router.use(access_log);
///     router.get("/users/{id}", [](Path<int> id) { return "user " + std::to_string(*id); });
///
/// `Pattern` tells what a path may be; `Extract`, `FromSegment` and `Respondable` what a handler may take and return.
///
/// - **Method.** It takes part in the match: of the routes for a path, the most specific that has the method answers.
///   GET answers HEAD, too (the server leaves the body away), unless there is a HEAD route as specific.
/// - **Answers without a route**, as RFC 9457 problems: 404; 405 with Allow; 204 with Allow for OPTIONS, unless there
///   is a route for it; 400 for a path with `.` or `..` segments in any spelling, a bad escape, `%00`, or an escaped
///   slash where a rest placeholder would take it.
/// - **Path.** Split first, then each segment decoded once: `/a%2Fb` is the one segment "a/b". "/users" and "/users/"
///   are two paths; nothing is redirected.
/// - **Options** of one route stand behind its handler: `router.post("/upload", upload, {.body = 100 << 20});`
/// - **Middleware** runs around all of that, so a log also sees the 404s; the first used is the outermost.
/// - **Groups** share a prefix, middleware and limits: `group`, `with`; `host` is one for a host; `mount` takes another
///   router in. See `Routes`, which has what a router and its groups can do alike.
/// - **State** for handlers is added by `state` and `loop_state`.
///
/// Set-up mistakes that the compiler cannot see throw `SetupError`. Registering is not thread-safe and ends before the
/// first request; after that every loop may use the router at once. Handlers and middleware live as long as it does.
class Router : public Service, public Routes<Router&, ""> {
 public:
  Router();
  /// What is moved from can only be destroyed or assigned to. Not while a server uses it.
  Router(Router&& other) noexcept;
  Router& operator=(Router&& other) noexcept;
  ~Router() override;

  /// The routes for one host: "api.example.com", an address ("[::1]"), or "*.example.com" for all names that end so.
  /// The most specific one that the request's authority matches has it, with its 404s; a request for another host goes
  /// to the routes that are registered at the router itself. Case, port and a dot at the end do not matter. Made at the
  /// first call; the router's middleware, fallbacks and hooks hold there, too. Throws `SetupError` for no host's name.
  Group host(std::string_view name, std::source_location where = std::source_location::current());

  /// Gives handlers a value: they take it as `State<T>`. `SetupError` with both lines if there is one of that type.
  template <class T>
    requires(!detail::SharedPointer<T>)
  Router& state(T value, std::source_location where = std::source_location::current()) {
    return state(Shared<T>::make(std::move(value)), where);
  }
  /// The same for an object that others hold, too, or that cannot be moved: a `std::shared_ptr`. Not nullptr.
  template <detail::SharedPointer Pointer>
  Router& state(Pointer value, std::source_location where = std::source_location::current()) {
    using T = typename Pointer::element_type;
    add_state(detail::type_number<State<T>>(), detail::type_name<State<T>>(), Shared<void>{std::move(value)}, {},
              where);
    return *this;
  }
  /// Gives handlers a value of each loop's own: they take it as `LoopState<T>`. `make` is called as `T(Loop&)` on each
  /// loop before it accepts connections, by all loops at once; the value dies when the loop's last connection is gone.
  /// What `make` throws ends the start. `SetupError` with both lines if there is one of that type.
  ///
  ///     app.loop_state([](gyre::Loop&) { return Cache{}; });
  template <class Make>
  Router& loop_state(Make make, std::source_location where = std::source_location::current()) {
    using T = std::invoke_result_t<const Make&, Loop&>;
    auto on_loop = [make = std::move(make)](Loop& loop) -> Shared<void> {
      return Shared<T>{Box<T>{new T(make(loop))}};
    };
    add_state(detail::type_number<LoopState<T>>(), detail::type_name<LoopState<T>>(), nullptr, std::move(on_loop),
              where);
    return *this;
  }

  /// Who hears of exceptions that became a 500: called on the loop of the request, so by every loop at once. What it
  /// throws is dropped. Replaces the one before. A mounted router's own one hears of its failures.
  Router& on_error(Callback<void(const ErrorReport&)> hook);

  /// Throws `SetupError`, with the line of the route, for what can be told only when everything is registered: a
  /// handler takes a state that nobody has added; a pattern is empty, and the router is not mounted. `App::run` calls
  /// it.
  void check() const;

  /// All routes, host by host in the order of registration. The views live as long as the router.
  std::vector<RouteInfo> routes() const;
  /// The same as text, a line each: "GET     /users/{id}  main.cpp:12". With hosts they stand in front of the pattern;
  /// where there is middleware, its number stands before the line.
  std::string route_table() const;

  RequestHandler& find(Request& request) noexcept override;
  Response failed(Request& request, std::exception_ptr failure) noexcept override;
  Box<LoopValues> values_for(Loop& loop) override;

 protected:
  /// Who answers where there is no route, with the middleware around it: for a `find` of one's own that has further
  /// routes there. Says so to the request.
  RequestHandler& not_found_page(Request& request) const noexcept;

 private:
  friend struct detail::RouterAccess;

  explicit Router(Box<internal::RouterCore> core) noexcept;
  void add_state(std::uint32_t number, std::string_view type, Shared<void> value, Callback<Shared<void>(Loop&)> make,
                 const std::source_location& where);

  Box<internal::RouterCore> core_;
};

}  // namespace gyre
