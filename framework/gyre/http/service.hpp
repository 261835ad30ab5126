#pragma once

#include <gyre/base/box.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/http/route_options.hpp>

#include <cstdint>
#include <exception>

namespace gyre {

class Loop;

/// One thing that answers requests: a route with its middleware, or an error page. Called by the server on the loop
/// of the connection. Outlives every request.
class RequestHandler {
 public:
  enum class Kind : std::uint8_t {
    plain,      ///< Answers in `call`, at once: costs no coroutine frame.
    coroutine,  ///< Answers through `start`.
  };

  /// What becomes of the request's body.
  enum class BodyUse : std::uint8_t {
    collected,  ///< It is there when a plain handler is called; a task awaits `Request::collect` before it looks.
    streamed,   ///< The handler reads it piece by piece.
    ignored,    ///< Nobody looks at it: an error page.
  };

  /// Whether what `call` answers with may look at the request after the call, as a stream or an upgrade can.
  enum class Views : std::uint8_t {
    kept,  ///< It may: the request is made independent of the bytes that it came in first.
    none,  ///< Never: the request is looked at where its bytes lie.
  };

  explicit RequestHandler(Kind kind, BodyUse body_use = BodyUse::collected, Views views = Views::kept) noexcept
      : kind_(kind), body_use_(body_use), views_(views) {}
  virtual ~RequestHandler() = default;

  Kind kind() const noexcept { return kind_; }
  BodyUse body_use() const noexcept { return body_use_; }
  Views views() const noexcept { return views_; }

  /// What is otherwise for this route than for the server.
  const RouteOptions& options() const noexcept { return options_; }
  void set_options(const RouteOptions& options) noexcept { options_ = options; }

  /// What it is called in a task tree and by the watchdog, such as "GET /users/{id}"; empty without a name.
  const char* name() const noexcept { return name_; }
  /// `name` lives as long as the handler.
  void set_name(const char* name) noexcept { name_ = name; }

  /// The answer. Only for `plain`. May throw: the server turns that into an answer through `Service::failed`.
  virtual Response call(Request& request) = 0;
  /// The task that answers; the server runs it in the request's context. Only for `coroutine`.
  virtual Task<Response> start(Request& request) = 0;

 private:
  Kind kind_;
  BodyUse body_use_;
  Views views_;
  RouteOptions options_;
  const char* name_ = "";
};

/// What a service has for the requests of one loop, by numbers that the service gives. Made, used and destroyed on that
/// loop's thread.
class LoopValues {
 public:
  LoopValues() noexcept = default;
  LoopValues(const LoopValues&) = delete;
  LoopValues& operator=(const LoopValues&) = delete;
  virtual ~LoopValues();

  /// nullptr if there is none of that number.
  void* find(std::uint32_t number) const noexcept { return number < count_ ? values_[number] : nullptr; }

 protected:
  void set(std::uint32_t number, void* value);

 private:
  void** values_ = nullptr;
  std::uint32_t count_ = 0;
};

/// What a server serves: the router, or in a test anything else. Used by every loop at once, so it must not change
/// while a server runs.
class Service {
 public:
  virtual ~Service() = default;

  /// Who answers this request; called with the head parsed and before the body is read. Sets the path parameters.
  /// Never fails: there is a handler for "not found" too.
  virtual RequestHandler& find(Request& request) noexcept = 0;

  /// The answer to a request whose handler threw. `Cancelled` gets here only out of a request that nobody cancelled:
  /// the handler let a cancellation of its own making escape. Also told of what cannot be answered any more: then the
  /// result is dropped.
  virtual Response failed(Request& request, std::exception_ptr failure) noexcept = 0;

  /// What all requests of `loop` get to see (`Request::values`): a server asks once, when it is made, and keeps it as
  /// long as it lives. nullptr for nothing. What it throws, the server's constructor throws.
  virtual Box<LoopValues> values_for(Loop& loop);
};

}  // namespace gyre
