#include <gyre/compat/internal/httplib_transaction.hpp>

#include <gyre/compat/httplib/text.hpp>
#include <gyre/compat/internal/httplib_body_input.hpp>

#include <array>
#include <utility>

namespace gyre::compat::httplib::internal {
namespace {

using HandlerResponse = Server::HandlerResponse;

/// What only the server may say.
bool is_address_field(std::string_view name) {
  for (const std::string_view own : {"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT"}) {
    if (equal_ignoring_case(name, own)) return true;
  }
  return false;
}

bool is_known(std::string_view method) noexcept {
  for (const std::string_view known :
       {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI"}) {
    if (method == known) return true;
  }
  return false;
}

std::string escaped_line_ends(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\r') {
      line += "\\r";
    } else if (c == '\n') {
      line += "\\n";
    } else {
      line += c;
    }
  }
  return line;
}

std::string new_boundary(Loop& loop) {
  constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string boundary = "--cpp-httplib-multipart-data-";
  for (int i = 0; i < 16; ++i) boundary += letters[loop.random() % letters.size()];
  return boundary;
}

}  // namespace

Transaction::Transaction(Shared<ServerCore> core, gyre::Request& native, Body body, Loop& loop)
    : core_(std::move(core)), native_(&native), input_(std::make_unique<BodyInput>(native, body, core_->payload_max)) {
  response_.version = "HTTP/1.1";
  for (const auto& header : core_->default_headers) {
    if (!response_.headers.contains(header.first)) response_.headers.insert(header);
  }
  if (!read_target() || !read_fields()) {
    response_.status = 400;
    refused_ = true;
    return;
  }
  if (request_.target.size() > core_->settings.target_max) {
    response_.status = 414;
    refused_ = true;
    return;
  }
  read_addresses();
  if (!request_.has_header("Range")) return;
  if (!detail::parse_range_header(request_.get_header_value("Range"), request_.ranges)) {
    response_.status = 416;
    refused_ = true;
  }
  if (request_.ranges.size() > 1) boundary_ = new_boundary(loop);
}

Transaction::~Transaction() = default;

bool Transaction::read_target() {
  const wire::RequestHead& head = native_->head();
  request_.method = head.method_text();
  request_.target = head.target();
  request_.version = head.version_major() == 1 && head.version_minor() == 0 ? "HTTP/1.0" : "HTTP/1.1";
  if (!is_known(request_.method)) return false;
  request_.target.erase(std::min(request_.target.find('#'), request_.target.size()));
  std::size_t count = 0;
  const std::string& target = request_.target;
  detail::split(target.data(), target.data() + target.size(), '?', [&](const char* begin, const char* end) {
    ++count;
    if (count == 1) request_.path = detail::decode_url(std::string{begin, end}, false);
    if (count == 2) detail::parse_query_text(std::string{begin, end}, request_.params);
  });
  return count <= 2;
}

bool Transaction::read_fields() {
  for (const wire::FieldView field : native_->head()) {
    if (field.name.size() + field.value.size() + 4 > core_->settings.field_line_max) return false;
    if (field.value.empty() || is_address_field(field.name)) continue;
    request_.headers.emplace(std::string{field.name}, detail::decode_url(std::string{field.value}, false));
  }
  if (native_->head().version_major() != 1 && !request_.has_header("Host")) {
    request_.headers.emplace("Host", std::string{native_->head().host()});
  }
  return true;
}

void Transaction::read_addresses() {
  const auto read = [](const Result<Endpoint>& endpoint, std::string& address, int& port) {
    if (!endpoint || endpoint->is_unix()) return;
    address = endpoint->host();
    port = endpoint->port();
  };
  read(native_->peer(), request_.remote_addr, request_.remote_port);
  read(native_->local(), request_.local_addr, request_.local_port);
  request_.set_header("REMOTE_ADDR", request_.remote_addr);
  request_.set_header("REMOTE_PORT", std::to_string(request_.remote_port));
  request_.set_header("LOCAL_ADDR", request_.local_addr);
  request_.set_header("LOCAL_PORT", std::to_string(request_.local_port));
}

bool Transaction::reads_first() const {
  if (refused_ || !expects_content(request_.method)) return false;
  if (core_->pre_routing_handler || core_->expect_handler) return false;
  const MethodRoutes* const routes = core_->routes_for(request_.method);
  if (routes == nullptr) return false;
  for (const auto& route : routes->reading) {
    if (route.pattern.matches(request_.path)) return false;
  }
  return true;
}

Task<> Transaction::read_all() { return input_->collect(); }

void Transaction::run(LoopCalls& calls) {
  if (refused_ || !expectation_met()) {
    finish(false);
    return;
  }
  const bool routed = route_and_catch(calls);
  if (response_.status == -1) response_.status = routed ? (request_.ranges.empty() ? 200 : 206) : 404;
  finish(routed);
}

// The server says 100 when the body is read.
bool Transaction::expectation_met() {
  if (request_.get_header_value("Expect") != "100-continue" || !core_->expect_handler) return true;
  const int status = core_->expect_handler(request_, response_);
  if (status == 100) return true;
  if (response_.status == -1 || status == 417) response_.status = status;
  return false;
}

bool Transaction::route_and_catch(LoopCalls& calls) {
  const auto answer = [&](const std::string& what) {
    if (core_->exception_handler) {
      core_->exception_handler(request_, response_, std::current_exception());
      return true;
    }
    response_.status = 500;
    response_.set_header("EXCEPTION_WHAT", what);
    return false;
  };
  try {
    return route(calls);
  } catch (const std::exception& exception) {
    return answer(escaped_line_ends(exception.what()));
  } catch (...) {
    return answer("UNKNOWN");
  }
}

bool Transaction::route(LoopCalls& calls) {
  if (core_->pre_routing_handler && core_->pre_routing_handler(request_, response_) == HandlerResponse::Handled) {
    return true;
  }
  const bool for_files = request_.method == "GET" || request_.method == "HEAD";
  if (for_files && serve_file()) return true;
  const MethodRoutes* const routes = core_->routes_for(request_.method);
  if (expects_content(request_.method)) {
    if (routes != nullptr && dispatch_to_reader(*routes, calls)) return true;
    if (!read_body(calls)) return false;
  }
  if (routes != nullptr) return dispatch(*routes);
  response_.status = 400;
  return false;
}

bool Transaction::serve_file() {
  if (request_.path.find('\0') != std::string::npos) return false;
  for (const MountPoint& mount : core_->mounts) {
    if (!request_.path.starts_with(mount.mount_point)) continue;
    const std::string below = "/" + request_.path.substr(mount.mount_point.size());
    if (!detail::is_valid_path(below)) continue;
    std::string path = mount.directory + below;
    if (path.ends_with('/')) path += "index.html";
    if (!detail::is_file(path)) continue;
    detail::read_file(path, response_.body);
    const char* const type = detail::find_content_type(path, core_->file_types);
    if (type != nullptr) response_.set_header("Content-Type", type);
    for (const auto& [name, value] : mount.headers) response_.set_header(name, value);
    response_.status = request_.has_header("Range") ? 206 : 200;
    if (request_.method == "GET" && core_->file_request_handler) core_->file_request_handler(request_, response_);
    return true;
  }
  return false;
}

bool Transaction::dispatch_to_reader(const MethodRoutes& routes, LoopCalls& calls) {
  for (const auto& route : routes.reading) {
    if (!route.pattern.match(request_.path, request_.matches)) continue;
    const ContentReader reader{[&](const ContentReceiver& receiver) {
                                 return input_->read(request_, calls, receiver, nullptr, nullptr, response_.status);
                               },
                               [&](const MultipartContentHeader& header, const ContentReceiver& receiver) {
                                 return input_->read(request_, calls, nullptr, header, receiver, response_.status);
                               }};
    route.handler(request_, response_, reader);
    return true;
  }
  return false;
}

bool Transaction::dispatch(const MethodRoutes& routes) {
  for (const auto& route : routes.plain) {
    if (!route.pattern.match(request_.path, request_.matches)) continue;
    route.handler(request_, response_);
    return true;
  }
  return false;
}

bool Transaction::read_body(LoopCalls& calls) {
  std::size_t parts = 0;
  MultipartFormDataMap::iterator part;
  const auto append = [&](const char* data, std::size_t size) {
    request_.body.append(data, size);
    return true;
  };
  const auto begin_part = [&](const MultipartFormData& head) {
    if (++parts > core_->settings.parts_max) return false;
    part = request_.files.emplace(head.name, head);
    return true;
  };
  const auto append_to_part = [&](const char* data, std::size_t size) {
    part->second.content.append(data, size);
    return true;
  };
  if (!input_->read(request_, calls, append, begin_part, append_to_part, response_.status)) return false;
  if (!request_.get_header_value("Content-Type").starts_with("application/x-www-form-urlencoded")) return true;
  if (request_.body.size() > core_->settings.form_max) {
    response_.status = 413;
    return false;
  }
  detail::parse_query_text(request_.body, request_.params);
  return true;
}

Task<gyre::Response> answer_request(Shared<ServerCore> core, gyre::Request* request, Body body) {
  Context& context = co_await this_context();
  Loop& loop = Loop::of(context);
  auto transaction = std::make_shared<Transaction>(core, *request, body, loop);
  if (transaction->reads_first()) {
    Task<> reading = transaction->read_all();
    co_await std::move(reading);
  }
  Callback<void(LoopCalls&)> work = [&](LoopCalls& calls) { transaction->run(calls); };
  Task<> working = core->threads.run(loop, std::move(work));
  bool full = false;
  try {
    co_await std::move(working);
  } catch (const Failure& failure) {
    if (!(failure.error() == Errc::limit_exceeded)) throw;
    full = true;
  }
  if (full) co_return gyre::Response{Status::service_unavailable}.with("Retry-After", "1");
  co_return Transaction::answer(std::move(transaction));
}

}  // namespace gyre::compat::httplib::internal
