#pragma once

#include <gyre/compat/reply.hpp>
#include <gyre/web/error.hpp>

#include <concepts>
#include <exception>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

namespace gyre {

/// What a callback handler or middleware calls to leave the answer to what comes behind it, in the way of Express. It
/// is one of the ways to answer: with the rules of `Reply`, and it counts once, from any thread.
///
/// In a middleware `next()` goes on with what is around or in the route. In a handler nothing is behind, so it is the
/// route's 404. `next(error)` is a failure: see the overloads.
class NextCallback {
 public:
  void operator()(std::source_location where = std::source_location::current()) const noexcept {
    if (reply_.state() != nullptr) reply_.state()->go_on(where);
  }
  /// As if the handler had thrown that. Nothing (nullptr) is no error: it goes on.
  void operator()(std::exception_ptr failure,
                  std::source_location where = std::source_location::current()) const noexcept;
  template <class E>
    requires std::derived_from<std::remove_cvref_t<E>, std::exception>
  void operator()(E&& error, std::source_location where = std::source_location::current()) const noexcept {
    reply_.fail(std::make_exception_ptr(std::forward<E>(error)), where);
  }
  /// As if it had thrown an `HttpError`.
  void operator()(Status status, std::source_location where = std::source_location::current()) const noexcept;
  /// A failure that says so: 500, and told to `Router::on_error`. The client does not see the text. nullptr is
  /// no error.
  void operator()(const std::string& text, std::source_location where = std::source_location::current()) const noexcept;
  void operator()(const char* text, std::source_location where = std::source_location::current()) const noexcept;

  // --- for adapters -----------------------------------------------------------------------------------------------
  explicit NextCallback(Reply reply) noexcept : reply_(std::move(reply)) {}

 private:
  Reply reply_;
};

}  // namespace gyre
