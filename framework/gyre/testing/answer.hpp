#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/status.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gyre::testing {

class AnswerReader;
namespace internal {
class H2Connection;
}

/// A field of an answer, or of its trailers, as it was sent (over HTTP/2 with names in lower case).
struct AnswerField {
  std::string name;
  std::string value;  ///< Without the blanks around it.
};

/// A whole answer that a test's client got, copied: it lives as long as the test wants. Its framing and fields were
/// checked as strictly as a request's.
class Answer {
 public:
  Answer() = default;

  Status status() const noexcept { return status_; }
  /// 1 for HTTP/1, 2 for HTTP/2.
  int version_major() const noexcept { return version_major_; }
  /// 1 for HTTP/1.1, 0 for HTTP/1.0 and HTTP/2.
  int version_minor() const noexcept { return version_minor_; }

  /// The value of the first field of that name, in any case; empty if there is none.
  std::string_view header(std::string_view name) const noexcept;
  bool has_header(std::string_view name) const noexcept;
  /// All fields in the order of the wire.
  const std::vector<AnswerField>& fields() const noexcept { return fields_; }

  /// The content, without its chunks.
  const std::string& body() const noexcept { return body_; }
  bool chunked() const noexcept { return chunked_; }

  /// The value of the first trailer field of that name, in any case; empty if there is none.
  std::string_view trailer(std::string_view name) const noexcept;
  const std::vector<AnswerField>& trailers() const noexcept { return trailers_; }

  /// The interim answers (1xx) that came before it.
  const std::vector<Answer>& interim() const noexcept { return interim_; }

  /// Whether the server keeps the connection.
  bool keep_alive() const noexcept { return keep_alive_; }

  /// The loop's time from the last byte that the client sent to the end of this answer's head: exact in simulation.
  Duration elapsed() const noexcept { return elapsed_; }

 private:
  friend class AnswerReader;
  friend class Connection;
  friend class internal::H2Connection;

  Status status_{0};
  int version_major_ = 1;
  int version_minor_ = 1;
  bool keep_alive_ = false;
  bool chunked_ = false;
  std::vector<AnswerField> fields_;
  std::string body_;
  std::vector<AnswerField> trailers_;
  std::vector<Answer> interim_;
  Duration elapsed_{};
};

}  // namespace gyre::testing
