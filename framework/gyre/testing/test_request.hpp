#pragma once

#include <gyre/wire/method.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gyre::testing {

/// A field of a request, as it is sent.
struct RequestField {
  std::string name;
  std::string value;
};

/// A request as a test writes it:
///
///     TestRequest request{Method::post, "/orders"};
///     request.field("Accept", "text/plain").body("2 tea", "text/plain");
///     const Answer answer = co_await client.send(request);
///
/// Nothing is checked: what the test says is what goes out. Host, and Content-Length for a request with a body (or a
/// method that has one), are added unless the test gives them; a request with chunks or trailers gets
/// Transfer-Encoding. Over HTTP/2 chunks are a body without a length, names are in lower case, Host is `:authority`,
/// and fields that are the connection's own in HTTP/1.1 (RFC 9113 8.2.2) are left out.
class TestRequest {
 public:
  TestRequest(Method method, std::string_view target);
  /// With a method of the test's own ("PURGE").
  TestRequest(std::string_view method, std::string_view target);

  /// Adds a field line.
  TestRequest& field(std::string_view name, std::string_view value);
  /// The body, with Content-Length. `content_type` is sent unless it is empty.
  TestRequest& body(std::string_view bytes, std::string_view content_type = {});
  /// Adds a chunk: the body then goes out in chunks.
  TestRequest& chunk(std::string_view bytes);
  /// Adds a trailer field: the body then goes out in chunks.
  TestRequest& trailer(std::string_view name, std::string_view value);

  Method method() const noexcept { return method_; }
  const std::string& method_text() const noexcept { return method_text_; }
  const std::string& target() const noexcept { return target_; }
  /// Those that the test has given.
  const std::vector<RequestField>& fields() const noexcept { return fields_; }
  /// The body and the chunks, one behind the other.
  std::string content() const;
  /// Each with its CRLF.
  const std::string& trailer_lines() const noexcept { return trailers_; }
  /// Content-Length is added.
  bool says_length() const;

  /// All bytes of the request; `host` is the value of the Host field that is added.
  std::string bytes(std::string_view host) const;

 private:
  bool in_chunks() const noexcept { return !chunks_.empty() || !trailers_.empty(); }
  bool is_framed() const;
  bool has_field(std::string_view name) const;

  Method method_;
  std::string method_text_;
  std::string target_;
  std::vector<RequestField> fields_;
  std::string body_;
  bool body_given_ = false;
  std::vector<std::string> chunks_;
  std::string trailers_;
};

}  // namespace gyre::testing
