#pragma once

#include <gyre/web/detail/pattern_grammar.hpp>
#include <gyre/web/detail/signature.hpp>

#include <concepts>
#include <source_location>
#include <string_view>
#include <type_traits>

namespace gyre {

/// A pattern that is known only at run time: see `runtime`.
struct RuntimePattern {
  std::string_view text;
  std::source_location where;
};

/// For a pattern that is no literal: `app.get(gyre::runtime(prefix + "/status"), handler)`. It is checked when it is
/// registered; `SetupError` tells what is wrong, with this line. The text is copied there.
inline RuntimePattern runtime(std::string_view text,
                              std::source_location where = std::source_location::current()) noexcept {
  return {text, where};
}

/// A route's path for a handler of type `Handler`, checked when it is compiled: a literal converts to it, as to
/// `std::format_string`. Never written out: it is the type of a parameter.
///
///     "/users/{id}"        {id} is one segment that is not empty
///     "/files/{path...}"   the rest of the path, perhaps empty; only at the end
///     "/users/"            another route than "/users"
///
/// The literal parts are compared with the decoded segments of a request, so they are written decoded: "/café", no
/// percent signs. Of the patterns that match a path, the one with the more specific segment at the first difference
/// wins: literal before `{id}` before `{path...}`; the order of registration does not matter.
///
/// Every placeholder has a `Path` parameter in the handler, in the same order; a handler that takes `Request&` and no
/// `Path` may read them with `Request::parameter`. Anything else does not compile, and the error names the reason.
template <class Handler>
class Pattern {
  using Check = detail::HandlerCheck<std::decay_t<Handler>>;

 public:
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  consteval Pattern(const Text& text, std::source_location where = std::source_location::current())
      : text_(text), where_(where) {
    detail::require(detail::check_pattern(text_));
    detail::require(detail::check_parameters(text_, Check::path_parameters));
  }

  Pattern(const RuntimePattern& pattern) noexcept : text_(pattern.text), where_(pattern.where) {}

  std::string_view text() const noexcept { return text_; }
  /// The line that registers the route.
  const std::source_location& where() const noexcept { return where_; }

 private:
  std::string_view text_;
  std::source_location where_;
};

}  // namespace gyre
