#pragma once

#include <gyre/http/response.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace gyre {

/// An error as RFC 9457 describes them, of `application/problem+json`:
///
///     return gyre::Problem{gyre::Status::forbidden}
///         .type("https://shop.example/problems/out-of-credit")
///         .title("You do not have enough credit.")
///         .member("balance", 30);
///
/// Without a type it is "about:blank", without a title the status's reason phrase. Text is UTF-8; what is not comes out
/// as U+FFFD. For the plain ones `Response::problem` and `HttpError` are shorter.
class Problem {
 public:
  explicit Problem(Status status) noexcept : status_(status) {}

  /// A URI that names the kind of problem.
  Problem& type(std::string_view uri);
  /// The kind of problem in a few words, the same each time.
  Problem& title(std::string_view text);
  /// What happened this time, for the client.
  Problem& detail(std::string_view text);
  /// A URI that names this occurrence.
  Problem& instance(std::string_view uri);

  /// An extension member (RFC 9457 3.2). Throws `Failure` (`Errc::invalid_argument`) for one of the RFC's own names.
  Problem& member(std::string_view name, std::string_view text);
  Problem& member(std::string_view name, const char* text) { return member(name, std::string_view{text}); }
  template <class T>
    requires std::integral<T> || std::floating_point<T>
  Problem& member(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>) {
      return member_json(name, value ? "true" : "false");
    } else if constexpr (std::integral<T>) {
      return member_json(name, std::to_string(value));
    } else {
      return member_number(name, static_cast<double>(value));
    }
  }
  /// One that is JSON already, of `to_json` for example. It is taken as it is: never a client's text.
  Problem& member_json(std::string_view name, std::string_view json);

  friend Response to_response(const Problem& problem);

 private:
  Problem& member_number(std::string_view name, double value);

  Status status_;
  std::string type_;
  std::string title_;
  std::string detail_;
  std::string instance_;
  std::string members_;  ///< `,"name":value` each.
};

}  // namespace gyre
