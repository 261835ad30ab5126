#include <gyre/compat/request_copy.hpp>

#include <gyre/wire/target.hpp>

#include <algorithm>
#include <vector>

namespace gyre {
namespace detail {
namespace {

/// Copies texts one behind the other into memory that is large enough.
class TextCopier {
 public:
  explicit TextCopier(char* to) noexcept : to_(to) {}
  std::string_view operator()(std::string_view text) noexcept {
    std::copy(text.begin(), text.end(), to_);
    to_ += text.size();
    return {to_ - text.size(), text.size()};
  }

 private:
  char* to_;
};

std::size_t size_of(const Request& request) noexcept {
  std::size_t size = request.head().method_text().size() + request.target().size() + request.head().host().size() +
                     request.body().size();
  for (const wire::FieldView field : request.head()) size += field.name.size() + field.value.size();
  for (unsigned i = 0; i < request.parameter_count(); ++i) size += request.parameter(i).size();
  return size;
}

}  // namespace

struct CopiedRequest {
  explicit CopiedRequest(const Request& request) : bytes(size_of(request), '\0') {
    TextCopier copy{bytes.data()};
    const wire::RequestHead& head = request.head();
    method = head.method();
    method_name = copy(head.method_text());
    target = copy(request.target());
    path = within_target(request.target(), request.path());
    query = within_target(request.target(), request.query());
    host = copy(head.host());
    version_major = head.version_major();
    version_minor = head.version_minor();
    fields.reserve(head.field_count());
    for (const wire::FieldView field : head) fields.push_back({copy(field.name), copy(field.value), field.id});
    parameters.reserve(request.parameter_count());
    for (unsigned i = 0; i < request.parameter_count(); ++i) parameters.push_back(copy(request.parameter(i)));
    body = copy(request.body());
    secure = request.secure();
    if (const Result<Endpoint> from = request.peer()) {
      peer = from->text();
      if (!from->is_unix()) ip = from->host();
      port = from->port();
    }
  }
  CopiedRequest(const CopiedRequest&) = delete;
  CopiedRequest& operator=(const CopiedRequest&) = delete;

  /// A part of the target in the copy of it; the "/" that stands for no path is a literal.
  std::string_view within_target(std::string_view from, std::string_view part) const noexcept {
    const auto offset = reinterpret_cast<std::uintptr_t>(part.data()) - reinterpret_cast<std::uintptr_t>(from.data());
    return offset < from.size() ? target.substr(offset, part.size()) : part;
  }

  std::string bytes;
  Method method = Method::other;
  std::string_view method_name;
  std::string_view target;
  std::string_view path;
  std::string_view query;
  std::string_view host;
  int version_major = 1;
  int version_minor = 1;
  std::vector<wire::FieldView> fields;
  std::vector<std::string_view> parameters;
  std::string_view body;
  std::string peer;
  std::string ip;
  std::uint16_t port = 0;
  bool secure = false;
};

}  // namespace detail

RequestCopy::RequestCopy(const Request& request) : copy_(Shared<detail::CopiedRequest>::make(request)) {}
RequestCopy::~RequestCopy() = default;

Method RequestCopy::method() const noexcept { return copy_->method; }
std::string_view RequestCopy::method_name() const noexcept { return copy_->method_name; }
std::string_view RequestCopy::target() const noexcept { return copy_->target; }
std::string_view RequestCopy::path() const noexcept { return copy_->path; }
std::string_view RequestCopy::query() const noexcept { return copy_->query; }
std::string_view RequestCopy::host() const noexcept { return copy_->host; }
int RequestCopy::version_major() const noexcept { return copy_->version_major; }
int RequestCopy::version_minor() const noexcept { return copy_->version_minor; }
std::span<const wire::FieldView> RequestCopy::fields() const noexcept { return copy_->fields; }
std::span<const std::string_view> RequestCopy::parameters() const noexcept { return copy_->parameters; }
std::string_view RequestCopy::body() const noexcept { return copy_->body; }
std::string_view RequestCopy::peer() const noexcept { return copy_->peer; }
std::string_view RequestCopy::peer_ip() const noexcept { return copy_->ip; }
std::uint16_t RequestCopy::peer_port() const noexcept { return copy_->port; }
bool RequestCopy::secure() const noexcept { return copy_->secure; }

std::optional<std::string> RequestCopy::query(std::string_view key) const {
  const std::optional<std::string_view> raw = wire::query_value(query(), key);
  if (!raw) return std::nullopt;
  std::string text(raw->size(), '\0');
  const Result<std::string_view> decoded = wire::decode_query_component(*raw, text);
  if (!decoded) return std::nullopt;
  return std::string{*decoded};
}

std::string_view RequestCopy::header(FieldId id) const noexcept {
  for (const wire::FieldView& field : copy_->fields) {
    if (field.id == id) return field.value;
  }
  return {};
}

std::string_view RequestCopy::header(std::string_view name) const noexcept {
  for (const wire::FieldView& field : copy_->fields) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

}  // namespace gyre
