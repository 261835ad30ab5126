#pragma once

#include <gyre/web/validation.hpp>
#include <gyre/wire/status.hpp>

#include <string>
#include <vector>

namespace gyre {

/// What came of reading JSON, in the terms of the answer that a request gets for it.
struct JsonOutcome {
  /// The most violations that are told.
  static constexpr std::size_t violations_max = 32;
  /// The longest JSON pointer that is told, in bytes without its escapes: where keys of the client's are longer, the
  /// pointer is that of a container around the place.
  static constexpr std::size_t pointer_max = 1024;

  /// `ok`; `bad_request` for what is no JSON; `unprocessable_content` for JSON of another shape, or values that break
  /// the rules; `content_too_large` for more than `JsonLimits`.
  Status status = Status::ok;
  /// What is wrong with the whole, and at which byte: "not JSON: syntax error at byte 17".
  std::string detail;
  /// What is wrong with the values, in the order of the text: those of 422.
  std::vector<Violation> violations;

  explicit operator bool() const noexcept { return status == Status::ok; }
};

}  // namespace gyre
