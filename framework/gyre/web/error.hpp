#pragma once

#include <gyre/wire/status.hpp>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gyre {

class Request;

/// Thrown by a handler to be answered with that status and an RFC 9457 problem: `throw HttpError{Status::conflict,
/// "the name is taken"};`. The detail goes to the client. It is an answer, no fault: the error hook does not hear of
/// it.
class HttpError : public std::runtime_error {
 public:
  explicit HttpError(Status status, const std::string& detail = {}) : std::runtime_error(detail), status_(status) {}

  Status status() const noexcept { return status_; }
  std::string_view detail() const noexcept { return what(); }

 private:
  Status status_;
};

/// Thrown while routes are registered: two routes that cannot both be, `use` after a route, a bad runtime pattern. The
/// text begins with "file:line:" of the call and names the line of the other one, where there is one.
class SetupError : public std::exception {
 public:
  explicit SetupError(std::string text) noexcept : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// What the error hook hears when a handler threw something that is neither `HttpError` nor `Cancelled`.
struct ErrorReport {
  const Request& request;
  /// What was thrown.
  std::exception_ptr failure;
  /// Its `what()`, or "unknown exception". The client does not see it.
  std::string_view text;
};

}  // namespace gyre
