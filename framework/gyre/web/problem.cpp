#include <gyre/web/problem.hpp>

#include <gyre/base/error.hpp>
#include <gyre/base/json_string.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>

namespace gyre {
namespace {

bool is_own(std::string_view name) noexcept {
  return name == "type" || name == "title" || name == "status" || name == "detail" || name == "instance";
}

void append(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  ((out += ",\"") += name) += "\":";
  append_json_string(out, text);
}

}  // namespace

Problem& Problem::type(std::string_view uri) {
  type_ = uri;
  return *this;
}

Problem& Problem::title(std::string_view text) {
  title_ = text;
  return *this;
}

Problem& Problem::detail(std::string_view text) {
  detail_ = text;
  return *this;
}

Problem& Problem::instance(std::string_view uri) {
  instance_ = uri;
  return *this;
}

Problem& Problem::member(std::string_view name, std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return member_json(name, json);
}

Problem& Problem::member_json(std::string_view name, std::string_view json) {
  if (is_own(name)) throw Failure{Errc::invalid_argument};
  members_ += ',';
  append_json_string(members_, name);
  (members_ += ':') += json;
  return *this;
}

// JSON has no word for infinity and for what is no number.
Problem& Problem::member_number(std::string_view name, double value) {
  if (!std::isfinite(value)) return member_json(name, "null");
  char text[32];
  const char* end = std::to_chars(text, text + sizeof text, value).ptr;
  return member_json(name, {text, static_cast<std::size_t>(end - text)});
}

Response to_response(const Problem& problem) {
  std::string text = "{\"type\":";
  append_json_string(text, problem.type_.empty() ? std::string_view{"about:blank"} : problem.type_);
  append(text, "title", problem.title_.empty() ? reason(problem.status_) : std::string_view{problem.title_});
  (text += ",\"status\":") += std::to_string(code(problem.status_));
  append(text, "detail", problem.detail_);
  append(text, "instance", problem.instance_);
  (text += problem.members_) += '}';
  Response response{problem.status_};
  response.set_body(std::move(text));
  response.set_content_type("application/problem+json");
  return response;
}

}  // namespace gyre
