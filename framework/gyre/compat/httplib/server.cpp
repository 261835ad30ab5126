#include <gyre/compat/httplib/server.hpp>

#include <gyre/compat/httplib/text.hpp>
#include <gyre/compat/internal/httplib_core.hpp>
#include <gyre/compat/internal/httplib_socket.hpp>
#include <gyre/compat/internal/httplib_transaction.hpp>
#include <gyre/loop/host.hpp>

#include <algorithm>
#include <csignal>
#include <utility>

namespace gyre::compat::httplib {
namespace {

using internal::ServerCore;

template <class Function>
void add(std::vector<internal::Route<Function>>& routes, std::string_view method, const std::string& pattern,
         Function handler, const std::source_location& where) {
  routes.push_back({internal::PathPattern{method, pattern, where}, std::move(handler)});
}

// "For ever" is said in many ways.
std::chrono::microseconds length_of(std::time_t sec, std::time_t usec) {
  constexpr std::time_t most = 3'000'000'000;  // seconds
  return std::chrono::seconds{std::clamp(sec, -most, most)} +
         std::chrono::microseconds{std::clamp(usec, -most * 1'000'000, most * 1'000'000)};
}

}  // namespace

Task<gyre::Response> NativeHandler::operator()(gyre::Request& request, Body body) const {
  return internal::answer_request(core_, &request, body);
}

/// The native routes, and behind them those of the server.
class Server::Application final : public App {
 public:
  explicit Application(Shared<ServerCore> core) {
    // Requests are as long as they are, handlers take their time, and end, whether somebody waits for them or not.
    not_found(NativeHandler{core},
              RouteOptions{.body = SIZE_MAX, .handler = Duration::max(), .on_disconnect = OnDisconnect::finish});
    on_start([core](Loop&) {
      core->stopping = false;
      core->running = true;
    });
    on_stop([core](Loop&) { core->running = false; });
  }

  // Where gyre would say what is wrong, the server has its own way of it.
  RequestHandler& find(gyre::Request& request) noexcept override {
    RequestHandler& found = App::find(request);
    return found.body_use() == RequestHandler::BodyUse::ignored ? not_found_page(request) : found;
  }
};

std::size_t detail::usual_thread_count() { return std::max(8U, default_thread_count() - 1); }

Server::Server(const Settings& settings)
    : new_task_queue([threads = settings.threads] { return new ThreadPool{threads}; }),
      core_(Shared<ServerCore>::make()),
      application_(make_box<Application>(core_)) {
  core_->settings = settings;
  core_->keep_alive = std::chrono::duration_cast<std::chrono::seconds>(length_of(settings.keep_alive, 0));
  core_->keep_alive_count = settings.keep_alive_count;
  core_->read_timeout = length_of(settings.read_seconds, settings.read_microseconds);
  core_->write_timeout = length_of(settings.write_seconds, settings.write_microseconds);
  core_->payload_max = settings.payload_max;
  std::signal(SIGPIPE, SIG_IGN);  // what else the program writes to may rely on it
}

Server::Server(TlsOptions tls, const Settings& settings) : Server(settings) { core_->tls = std::move(tls); }

Server::~Server() { internal::close_socket(core_->socket); }

Server& Server::Get(const std::string& pattern, Handler handler, Where where) {
  add(core_->get.plain, "GET", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Post(const std::string& pattern, Handler handler, Where where) {
  add(core_->post.plain, "POST", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Post(const std::string& pattern, HandlerWithContentReader handler, Where where) {
  add(core_->post.reading, "POST", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Put(const std::string& pattern, Handler handler, Where where) {
  add(core_->put.plain, "PUT", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Put(const std::string& pattern, HandlerWithContentReader handler, Where where) {
  add(core_->put.reading, "PUT", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Patch(const std::string& pattern, Handler handler, Where where) {
  add(core_->patch.plain, "PATCH", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Patch(const std::string& pattern, HandlerWithContentReader handler, Where where) {
  add(core_->patch.reading, "PATCH", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Delete(const std::string& pattern, Handler handler, Where where) {
  add(core_->delete_.plain, "DELETE", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Delete(const std::string& pattern, HandlerWithContentReader handler, Where where) {
  add(core_->delete_.reading, "DELETE", pattern, std::move(handler), where);
  return *this;
}
Server& Server::Options(const std::string& pattern, Handler handler, Where where) {
  add(core_->options.plain, "OPTIONS", pattern, std::move(handler), where);
  return *this;
}

bool Server::set_base_dir(const std::string& dir, const std::string& mount_point) {
  return set_mount_point(mount_point, dir);
}
bool Server::set_mount_point(const std::string& mount_point, const std::string& dir, Headers headers) {
  const std::string at = mount_point.empty() ? "/" : mount_point;
  if (!at.starts_with('/') || !detail::is_dir(dir)) return false;
  core_->mounts.push_back({at, dir, std::move(headers)});
  return true;
}
bool Server::remove_mount_point(const std::string& mount_point) {
  const auto mount = std::ranges::find(core_->mounts, mount_point, &internal::MountPoint::mount_point);
  if (mount == core_->mounts.end()) return false;
  core_->mounts.erase(mount);
  return true;
}
Server& Server::set_file_extension_and_mimetype_mapping(const std::string& ext, const std::string& mime) {
  core_->file_types[ext] = mime;
  return *this;
}
Server& Server::set_file_request_handler(Handler handler) {
  core_->file_request_handler = std::move(handler);
  return *this;
}

Server& Server::set_error_handler(HandlerWithResponse handler) {
  core_->error_handler = std::move(handler);
  return *this;
}
Server& Server::set_error_handler(Handler handler) {
  core_->error_handler = [handler = std::move(handler)](const Request& request, Response& response) {
    handler(request, response);
    return HandlerResponse::Handled;
  };
  return *this;
}
Server& Server::set_exception_handler(ExceptionHandler handler) {
  core_->exception_handler = std::move(handler);
  return *this;
}
Server& Server::set_pre_routing_handler(HandlerWithResponse handler) {
  core_->pre_routing_handler = std::move(handler);
  return *this;
}
Server& Server::set_post_routing_handler(Handler handler) {
  core_->post_routing_handler = std::move(handler);
  return *this;
}
Server& Server::set_expect_100_continue_handler(Expect100ContinueHandler handler) {
  core_->expect_handler = std::move(handler);
  return *this;
}
Server& Server::set_logger(Logger logger) {
  core_->logger = std::move(logger);
  return *this;
}
Server& Server::set_default_headers(Headers headers) {
  core_->default_headers = std::move(headers);
  return *this;
}

Server& Server::set_address_family(int family) {
  core_->address_family = family;
  return *this;
}
Server& Server::set_socket_options(SocketOptions socket_options) {
  core_->socket_options = std::move(socket_options);
  return *this;
}
Server& Server::set_tcp_nodelay(bool) { return *this; }
Server& Server::set_keep_alive_max_count(std::size_t count) {
  core_->keep_alive_count = count;
  return *this;
}
Server& Server::set_keep_alive_timeout(std::time_t sec) {
  core_->keep_alive = std::chrono::duration_cast<std::chrono::seconds>(length_of(sec, 0));
  return *this;
}
Server& Server::set_read_timeout(std::time_t sec, std::time_t usec) {
  core_->read_timeout = length_of(sec, usec);
  return *this;
}
Server& Server::set_write_timeout(std::time_t sec, std::time_t usec) {
  core_->write_timeout = length_of(sec, usec);
  return *this;
}
Server& Server::set_idle_interval(std::time_t, std::time_t) { return *this; }
Server& Server::set_payload_max_length(std::size_t length) {
  core_->payload_max = length;
  return *this;
}
Server& Server::set_loops(unsigned count) {
  core_->loops = count;
  return *this;
}

bool Server::is_running() const { return core_->running; }

void Server::stop() {
  if (!core_->running) return;
  core_->stopping = true;
  application_->stop();
}

App& Server::app() {
  core_->threads.make_with(new_task_queue);
  return *application_;
}

NativeHandler Server::handler() {
  core_->threads.make_with(new_task_queue);
  return NativeHandler{core_};
}

int Server::bind(const std::string& host, int port, int socket_flags) {
  if (!is_valid()) return -1;
  const internal::Bound bound =
      internal::bind_socket(host, port, core_->address_family, socket_flags, core_->socket_options);
  if (bound.descriptor < 0) return -1;
  internal::close_socket(std::exchange(core_->socket, bound.descriptor));
  return port != 0 ? port : bound.port;
}

bool Server::bind_to_port(const std::string& host, int port, int socket_flags) {
  return bind(host, port, socket_flags) >= 0;
}
int Server::bind_to_any_port(const std::string& host, int socket_flags) { return bind(host, 0, socket_flags); }

bool Server::listen(const std::string& host, int port, int socket_flags) {
  return bind_to_port(host, port, socket_flags) && listen_after_bind();
}

bool Server::listen_after_bind() {
  if (core_->socket < 0) return false;
  const int code = app().run(run_options());
  core_->running = false;
  core_->threads.shut_down();
  return code == 0;
}

RunOptions Server::run_options() {
  RunOptions options{.host = "", .threads = core_->loops, .stop_on = StopOn::request};
  Limits& limits = options.server.limits;
  limits.idle = std::max<Duration>(core_->keep_alive, std::chrono::milliseconds{1});
  limits.body_stall = std::max<Duration>(core_->read_timeout, std::chrono::milliseconds{1});
  limits.head_read = std::max<Duration>(limits.head_read, core_->read_timeout);
  limits.write_stall = std::max<Duration>(core_->write_timeout, std::chrono::milliseconds{1});
  const auto bytes = [](std::size_t count) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(count, wire::HeadLimits::largest));
  };
  constexpr std::uint32_t method_and_version = 64;
  const Settings& settings = core_->settings;
  limits.head.request_line = std::max(limits.head.request_line, bytes(settings.target_max) + method_and_version);
  limits.head.header_block = std::max(limits.head.header_block, bytes(settings.field_line_max));
  options.server.server_name = "";
  const int descriptor = std::exchange(core_->socket, -1);
  if (core_->tls) {
    options.tls = *core_->tls;
    options.tls->host = "";
    options.tls->descriptors = {descriptor};
  } else {
    options.descriptors = {descriptor};
  }
  return options;
}

}  // namespace gyre::compat::httplib
