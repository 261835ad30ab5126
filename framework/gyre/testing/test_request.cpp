#include <gyre/testing/test_request.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/h1/chunk_writer.hpp>

#include <algorithm>

namespace gyre::testing {
namespace {

void add_line(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

void add_chunk(std::string& text, std::string_view data) {
  char head[wire::chunk_head_bound];
  text.append(head, wire::write_chunk_head(data.size(), head)).append(data).append(wire::chunk_end);
}

bool usually_has_body(Method method) noexcept {
  return method == Method::post || method == Method::put || method == Method::patch;
}

}  // namespace

TestRequest::TestRequest(Method method, std::string_view target)
    : method_(method), method_text_(gyre::name(method)), target_(target) {}

TestRequest::TestRequest(std::string_view method, std::string_view target)
    : method_(parse_method(method)), method_text_(method), target_(target) {}

TestRequest& TestRequest::field(std::string_view name, std::string_view value) {
  fields_.push_back({std::string{name}, std::string{value}});
  return *this;
}

TestRequest& TestRequest::body(std::string_view bytes, std::string_view content_type) {
  body_ = bytes;
  body_given_ = true;
  return content_type.empty() ? *this : field("Content-Type", content_type);
}

TestRequest& TestRequest::chunk(std::string_view bytes) {
  chunks_.emplace_back(bytes);
  return *this;
}

TestRequest& TestRequest::trailer(std::string_view name, std::string_view value) {
  add_line(trailers_, name, value);
  return *this;
}

bool TestRequest::has_field(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [name](const RequestField& each) { return equal_ignoring_case(each.name, name); });
}

bool TestRequest::is_framed() const { return has_field("Content-Length") || has_field("Transfer-Encoding"); }

bool TestRequest::says_length() const {
  return !in_chunks() && !is_framed() && (body_given_ || usually_has_body(method_));
}

std::string TestRequest::content() const {
  std::string content = body_;
  for (const std::string& each : chunks_) content += each;
  return content;
}

std::string TestRequest::bytes(std::string_view host) const {
  std::string text = method_text_ + " " + target_ + " HTTP/1.1\r\n";
  if (!has_field("Host")) add_line(text, "Host", host);
  for (const RequestField& each : fields_) add_line(text, each.name, each.value);
  if (in_chunks() && !is_framed()) {
    add_line(text, "Transfer-Encoding", "chunked");
  } else if (says_length()) {
    add_line(text, "Content-Length", std::to_string(body_.size()));
  }
  text += "\r\n";
  if (!in_chunks()) return text += body_;
  if (!body_.empty()) add_chunk(text, body_);
  for (const std::string& each : chunks_) {
    if (!each.empty()) add_chunk(text, each);
  }
  return text.append(wire::last_chunk).append(trailers_).append("\r\n");
}

}  // namespace gyre::testing
