#include <gyre/http/response.hpp>

#include <gyre/base/assert.hpp>
#include <gyre/base/error.hpp>
#include <gyre/base/json_string.hpp>
#include <gyre/coro/frame.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/detail/server_fields.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/h1/response_writer.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace gyre {
namespace {

constexpr std::size_t first_fields_capacity = 256;

constexpr std::string_view problem_type = "application/problem+json";

/// The problems that every server sends, and that a flood of bad requests asks for: they must cost nothing.
std::string_view fixed_problem(Status status) noexcept {
  switch (status) {
    case Status::bad_request: return R"({"type":"about:blank","title":"Bad Request","status":400})";
    case Status::unauthorized: return R"({"type":"about:blank","title":"Unauthorized","status":401})";
    case Status::forbidden: return R"({"type":"about:blank","title":"Forbidden","status":403})";
    case Status::not_found: return R"({"type":"about:blank","title":"Not Found","status":404})";
    case Status::method_not_allowed: return R"({"type":"about:blank","title":"Method Not Allowed","status":405})";
    case Status::content_too_large: return R"({"type":"about:blank","title":"Content Too Large","status":413})";
    case Status::too_many_requests: return R"({"type":"about:blank","title":"Too Many Requests","status":429})";
    case Status::internal_server_error: return R"({"type":"about:blank","title":"Internal Server Error","status":500})";
    case Status::not_implemented: return R"({"type":"about:blank","title":"Not Implemented","status":501})";
    case Status::service_unavailable: return R"({"type":"about:blank","title":"Service Unavailable","status":503})";
    case Status::gateway_timeout: return R"({"type":"about:blank","title":"Gateway Timeout","status":504})";
    default: return {};
  }
}

/// One line of `fields()`, cut off its front.
struct FieldLine {
  std::string_view name;
  std::string_view value;
  std::size_t size;
};

FieldLine first_line(std::string_view fields) noexcept {
  const std::size_t colon = fields.find(':');
  const std::size_t end = fields.find("\r\n", colon);
  return {fields.substr(0, colon), fields.substr(colon + 2, end - colon - 2), end + 2};
}

[[noreturn]] void refuse() { throw Failure{Errc::invalid_argument}; }

}  // namespace

struct Response::Owned {
  std::string body;
  std::string type;
  Callback<Task<>(BodyWriter&)> producer;
  std::optional<std::uint64_t> length;
  Callback<Task<>(Stream, std::string)> session;
  char* fields = nullptr;
  std::size_t fields_capacity = 0;

  static void* operator new(std::size_t size) { return detail::frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { detail::frame_release(memory, size); }

  Owned() noexcept = default;
  Owned(const Owned&) = delete;
  ~Owned() {
    if (fields != nullptr) detail::frame_release(fields, fields_capacity);
  }
};

Response::Owned& Response::owned() {
  if (owned_ == nullptr) owned_ = new Owned;
  return *owned_;
}

void Response::release() noexcept {
  delete owned_;
  owned_ = nullptr;
}

Response::Response(Status status, std::string&& text) : status_(status), type_(text_plain) {
  set_body(std::move(text));
}

Response& Response::set_body(std::string&& text) & {
  Owned& mine = owned();
  mine.body = std::move(text);
  body_ = mine.body;
  return *this;
}

Response& Response::set_content_type(std::string_view type) & {
  if (!is_field_value(type)) refuse();
  type_ = type;
  return *this;
}

/// Appends one line. A larger block replaces a full one only after the line is written, because `value` may be a view
/// into the full one.
void Response::append_line(std::string_view name, std::string_view value) {
  Owned& mine = owned();
  const std::size_t needed = fields_.size() + wire::field_bound(name, value);
  char* full = nullptr;
  const std::size_t full_capacity = mine.fields_capacity;
  if (needed > full_capacity) {
    const std::size_t capacity = std::max({first_fields_capacity, full_capacity * 2, needed});
    auto* larger = static_cast<char*>(detail::frame_allocate(capacity));
    if (!fields_.empty()) std::memcpy(larger, fields_.data(), fields_.size());
    full = std::exchange(mine.fields, larger);
    mine.fields_capacity = capacity;
  }
  const char* end = wire::write_field(name, value, mine.fields + fields_.size());
  GYRE_ASSERT(end != nullptr);
  if (full != nullptr) detail::frame_release(full, full_capacity);
  fields_ = {mine.fields, static_cast<std::size_t>(end - mine.fields)};
}

Response& Response::add(std::string_view name, std::string_view value) & {
  const FieldId id = field_id(name);
  if (!is_token(name) || !is_field_value(value) || detail::written_by_server_alone(id)) refuse();
  if (id == FieldId::content_type) {
    Owned& mine = owned();
    mine.type = value;
    type_ = mine.type;
  } else {
    append_line(name, value);
    names_server_ = names_server_ || id == FieldId::server;
  }
  return *this;
}

// Adds before it removes: a refused value must not cost the old one, and `value` may be a view into it.
Response& Response::set(std::string_view name, std::string_view value) & {
  const std::size_t before = fields_.size();
  add(name, value);
  const std::string_view added = fields_.substr(before);
  if (added.empty()) return *this;  // it was the Content-Type
  const bool names_server = names_server_;
  fields_ = fields_.substr(0, before);
  remove(added.substr(0, name.size()));
  std::memmove(owned_->fields + fields_.size(), added.data(), added.size());
  fields_ = {owned_->fields, fields_.size() + added.size()};
  names_server_ = names_server;
  return *this;
}

Response& Response::remove(std::string_view name) & noexcept {
  if (field_id(name) == FieldId::content_type) type_ = {};
  if (fields_.empty()) return *this;
  char* out = owned_->fields;
  for (std::string_view rest = fields_; !rest.empty();) {
    const FieldLine line = first_line(rest);
    if (!equal_ignoring_case(line.name, name)) {
      std::memmove(out, rest.data(), line.size);
      out += line.size;
    }
    rest.remove_prefix(line.size);
  }
  fields_ = {owned_->fields, static_cast<std::size_t>(out - owned_->fields)};
  names_server_ = names_server_ && field_id(name) != FieldId::server;
  return *this;
}

Response& Response::set_cookie(const SetCookie& cookie) & {
  std::string value;
  const wire::SetCookieError error = wire::append_set_cookie(value, cookie);
  if (error != wire::SetCookieError::none) throw std::invalid_argument{std::string{wire::describe(error)}};
  append_line("Set-Cookie", value);
  return *this;
}

Response& Response::remove_cookie(const SetCookie& cookie) & {
  SetCookie gone = cookie;
  gone.value = {};
  gone.max_age = Duration::zero();
  gone.expires = 0;  // for what knows no Max-Age
  return set_cookie(gone);
}

std::string_view Response::field(std::string_view name) const noexcept {
  if (field_id(name) == FieldId::content_type) return type_;
  for (std::string_view rest = fields_; !rest.empty();) {
    const FieldLine line = first_line(rest);
    if (equal_ignoring_case(line.name, name)) return line.value;
    rest.remove_prefix(line.size);
  }
  return {};
}

Response Response::stream(Callback<Task<>(BodyWriter&)> producer) {
  Response response;
  response.owned().producer = std::move(producer);
  return response;
}

Response Response::stream(std::uint64_t length, Callback<Task<>(BodyWriter&)> producer) {
  Response response = stream(std::move(producer));
  response.owned().length = length;
  return response;
}

Callback<Task<>(BodyWriter&)> Response::take_stream() noexcept {
  if (!streamed()) return {};
  owned_->length.reset();
  return std::exchange(owned_->producer, {});
}

Response& Response::set_stream(Callback<Task<>(BodyWriter&)> producer, std::optional<std::uint64_t> length) & {
  Owned& mine = owned();
  mine.producer = std::move(producer);
  mine.length = length;
  body_ = {};
  return *this;
}

Response Response::generate(Generator<std::string> source) {
  return stream([source = std::move(source)](BodyWriter& out) mutable -> Task<> {
    for (;;) {
      const std::optional<std::string> piece = co_await source.next();
      if (!piece) co_return;
      co_await out.write(*piece);
    }
  });
}

Response Response::file(File file, std::uint64_t offset, std::uint64_t size) {
  return stream(size, [file = std::move(file), offset, size](BodyWriter& out) mutable -> Task<> {
    co_await out.send_file(file, offset, size);
  });
}

Response Response::upgrade(std::string_view protocol, Callback<Task<>(Stream, std::string)> session) {
  if (!is_token(protocol.substr(0, protocol.find('/')))) refuse();
  Response response{Status::switching_protocols};
  response.append_line("Upgrade", protocol);
  response.owned().session = std::move(session);
  return response;
}

bool Response::has_producer() const noexcept { return static_cast<bool>(owned_->producer); }
bool Response::has_session() const noexcept { return static_cast<bool>(owned_->session); }

std::optional<std::uint64_t> Response::stream_length() const noexcept {
  return owned_ == nullptr ? std::nullopt : owned_->length;
}

Task<> Response::write_body(BodyWriter& out) { return owned_->producer(out); }

Task<> Response::run_session(Stream stream, std::string early) {
  return owned_->session(std::move(stream), std::move(early));
}

Response Response::problem(Status status, std::string_view detail, std::string_view members) {
  Response response{status};
  response.type_ = problem_type;
  if (detail.empty() && members.empty()) {
    response.body_ = fixed_problem(status);
    if (!response.body_.empty()) return response;
  }
  char number[8];
  const char* end = std::to_chars(number, number + sizeof number, code(status)).ptr;
  std::string text = R"({"type":"about:blank")";
  if (const std::string_view title = reason(status); !title.empty()) {
    text += R"(,"title":)";
    append_json_string(text, title);
  }
  text.append(R"(,"status":)").append(number, static_cast<std::size_t>(end - number));
  if (!detail.empty()) {
    text += R"(,"detail":)";
    append_json_string(text, detail);
  }
  if (!members.empty()) text.append(",").append(members);
  text += '}';
  response.set_body(std::move(text));
  return response;
}

}  // namespace gyre
