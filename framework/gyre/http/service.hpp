#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>

#include <cstdint>
#include <exception>

namespace gyre {

/// One thing that answers requests: a route with its middleware, or an error page. Called by the server on the loop
/// of the connection. Outlives every request.
class RequestHandler {
 public:
  enum class Kind : std::uint8_t {
    plain,      ///< Answers in `call`, at once: costs no coroutine frame.
    coroutine,  ///< Answers through `start`.
  };

  explicit RequestHandler(Kind kind) noexcept : kind_(kind) {}
  virtual ~RequestHandler() = default;

  Kind kind() const noexcept { return kind_; }

  /// The answer. Only for `plain`. May throw: the server turns that into an answer through `Service::failed`.
  virtual Response call(Request& request) = 0;
  /// The task that answers; the server runs it in the request's context. Only for `coroutine`.
  virtual Task<Response> start(Request& request) = 0;

 private:
  Kind kind_;
};

/// What a server serves: the router, or in a test anything else. Used by every loop at once, so it must not change
/// while a server runs.
class Service {
 public:
  virtual ~Service() = default;

  /// Who answers this request; called with the head parsed and before the body is read. Sets the path parameters.
  /// Never fails: there is a handler for "not found" too.
  virtual RequestHandler& find(Request& request) noexcept = 0;

  /// The answer to a request whose handler threw. `Cancelled` does not get here.
  virtual Response failed(Request& request, std::exception_ptr failure) noexcept = 0;
};

}  // namespace gyre
