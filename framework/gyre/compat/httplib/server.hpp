#pragma once

#include <gyre/app/app.hpp>
#include <gyre/base/box.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/compat/httplib/request.hpp>
#include <gyre/compat/httplib/response.hpp>
#include <gyre/compat/httplib/settings.hpp>
#include <gyre/compat/httplib/task_queue.hpp>
#include <gyre/http/body.hpp>

#include <chrono>
#include <cstddef>
#include <ctime>
#include <exception>
#include <functional>
#include <source_location>
#include <string>

namespace gyre::compat::httplib {

namespace internal {
struct ServerCore;
}

using socket_t = int;
/// Told of every answer, once it is written.
using Logger = std::function<void(const Request&, const Response&)>;
/// Called with the listening socket before it is bound.
using SocketOptions = std::function<void(socket_t)>;
/// Sets SO_REUSEPORT.
void default_socket_options(socket_t socket);

/// A server's routes and hooks as a handler of gyre: for an `App` that has one, `app.not_found(server.handler())`. Its
/// limits are then those of that app. Keeps what it needs of the server.
class NativeHandler {
 public:
  explicit NativeHandler(Shared<internal::ServerCore> core) noexcept : core_(std::move(core)) {}
  Task<gyre::Response> operator()(gyre::Request& request, Body body) const;

 private:
  Shared<internal::ServerCore> core_;
};

/// The server of cpp-httplib 0.11.4, served by gyre. docs/porting-httplib.md tells what differs.
///
/// Routes and hooks are called on the threads of `new_task_queue`, one request at a time each, and may block. A route's
/// pattern is a regular expression that matches the whole path; the first that was registered and matches answers.
/// RE2 compiles it: what that cannot do (it never backtracks) throws `SetupError` with pattern, reason and line.
///
/// Set everything up first, then listen.
class Server {
 public:
  using Handler = std::function<void(const Request&, Response&)>;
  using ExceptionHandler = std::function<void(const Request&, Response&, std::exception_ptr)>;
  enum class HandlerResponse { Handled, Unhandled };
  using HandlerWithResponse = std::function<HandlerResponse(const Request&, Response&)>;
  using HandlerWithContentReader = std::function<void(const Request&, Response&, const ContentReader&)>;
  using Expect100ContinueHandler = std::function<int(const Request&, Response&)>;
  using Where = std::source_location;

  /// `settings` are what the CPPHTTPLIB_... macros of the program say. Has the process ignore SIGPIPE, as there. (gyre
  /// itself never raises it.)
  Server(const Settings& settings = {});  // not explicit: a member of an aggregate may be one
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Not while it listens.
  virtual ~Server();

  virtual bool is_valid() const { return true; }

  // Handlers with a `ContentReader` are asked before the others, and read the body themselves.
  Server& Get(const std::string& pattern, Handler handler, Where where = Where::current());
  Server& Post(const std::string& pattern, Handler handler, Where where = Where::current());
  Server& Post(const std::string& pattern, HandlerWithContentReader handler, Where where = Where::current());
  Server& Put(const std::string& pattern, Handler handler, Where where = Where::current());
  Server& Put(const std::string& pattern, HandlerWithContentReader handler, Where where = Where::current());
  Server& Patch(const std::string& pattern, Handler handler, Where where = Where::current());
  Server& Patch(const std::string& pattern, HandlerWithContentReader handler, Where where = Where::current());
  Server& Delete(const std::string& pattern, Handler handler, Where where = Where::current());
  Server& Delete(const std::string& pattern, HandlerWithContentReader handler, Where where = Where::current());
  Server& Options(const std::string& pattern, Handler handler, Where where = Where::current());

  bool set_base_dir(const std::string& dir, const std::string& mount_point = {});
  /// Files below `dir` for paths that begin with `mount_point`. False if there is no such directory.
  bool set_mount_point(const std::string& mount_point, const std::string& dir, Headers headers = {});
  bool remove_mount_point(const std::string& mount_point);
  Server& set_file_extension_and_mimetype_mapping(const std::string& ext, const std::string& mime);
  Server& set_file_request_handler(Handler handler);

  Server& set_error_handler(HandlerWithResponse handler);
  Server& set_error_handler(Handler handler);
  Server& set_exception_handler(ExceptionHandler handler);
  Server& set_pre_routing_handler(HandlerWithResponse handler);
  Server& set_post_routing_handler(Handler handler);
  Server& set_expect_100_continue_handler(Expect100ContinueHandler handler);
  Server& set_logger(Logger logger);
  Server& set_default_headers(Headers headers);

  Server& set_address_family(int family);
  Server& set_socket_options(SocketOptions socket_options);
  /// Without effect: gyre sends at once what an answer's end completes.
  Server& set_tcp_nodelay(bool on);

  /// Without effect: a connection that is kept costs no thread here.
  Server& set_keep_alive_max_count(std::size_t count);
  /// Between requests, in seconds: `Limits::idle`.
  Server& set_keep_alive_timeout(std::time_t sec);
  /// From one piece of a request's body to the next: `Limits::body_stall`.
  Server& set_read_timeout(std::time_t sec, std::time_t usec = 0);
  template <class Rep, class Period>
  Server& set_read_timeout(const std::chrono::duration<Rep, Period>& duration) {
    return set_read_timeout(0, std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  }
  /// How long a client may take nothing of an answer: `Limits::write_stall`.
  Server& set_write_timeout(std::time_t sec, std::time_t usec = 0);
  template <class Rep, class Period>
  Server& set_write_timeout(const std::chrono::duration<Rep, Period>& duration) {
    return set_write_timeout(0, std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  }
  /// Without effect: see `TaskQueue::on_idle`.
  Server& set_idle_interval(std::time_t sec, std::time_t usec = 0);
  template <class Rep, class Period>
  Server& set_idle_interval(const std::chrono::duration<Rep, Period>&) {
    return *this;
  }
  /// Bytes of a request's body, decoded or not: 413 beyond it. No limit, unless it is set: then a client decides how
  /// much memory a request takes. No more than the first 1 MiB of a body is read before its request has a thread.
  Server& set_payload_max_length(std::size_t length);

  bool bind_to_port(const std::string& host, int port, int socket_flags = 0);
  /// The port, or -1.
  int bind_to_any_port(const std::string& host, int socket_flags = 0);
  /// Blocks until `stop`. False if it could not start; the reason is logged.
  bool listen_after_bind();
  bool listen(const std::string& host, int port, int socket_flags = 0);
  bool is_running() const;
  /// From any thread, a handler's included. Requests in progress are answered first.
  void stop();

  /// Makes the queue that calls handlers. Asked for once, when it first listens or is asked something.
  std::function<TaskQueue*()> new_task_queue;

  // --- what cpp-httplib does not have -----------------------------------------------------------------------------
  /// How many loops, each a thread of its own, do the connections' work: 1, unless it is set.
  Server& set_loops(unsigned count);
  /// The application that serves: what is registered there comes first, whatever is not found there is asked here. For
  /// a route that is ported, for middleware around everything, for `gyre::testing`.
  App& app();
  /// For an application of one's own.
  NativeHandler handler();

 protected:
  /// Serves HTTPS: `tls` but where it listens.
  Server(TlsOptions tls, const Settings& settings);

 private:
  class Application;

  int bind(const std::string& host, int port, int socket_flags);
  RunOptions run_options();

  Shared<internal::ServerCore> core_;
  Box<Application> application_;
};

}  // namespace gyre::compat::httplib
