#pragma once

#include <gyre/web/detail/pattern_grammar.hpp>
#include <gyre/web/detail/signature.hpp>

#include <concepts>
#include <cstddef>
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

/// A group's prefix as a template argument: `app.group<"/orgs/{org}">()`.
template <std::size_t size>
struct PrefixText {
  char text[size]{};

  constexpr PrefixText() = default;
  consteval PrefixText(const char (&literal)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = literal[i];
  }
  constexpr std::string_view view() const noexcept { return {text, size - 1}; }
};

namespace detail {

template <std::size_t left, std::size_t right>
consteval PrefixText<left + right - 1> joined(const PrefixText<left>& first, const PrefixText<right>& second) {
  PrefixText<left + right - 1> both;
  for (std::size_t i = 0; i + 1 < left; ++i) both.text[i] = first.text[i];
  for (std::size_t i = 0; i < right; ++i) both.text[left - 1 + i] = second.text[i];
  return both;
}

/// A prefix and a pattern of at most `capacity` characters behind each other, to be checked as one.
class JoinedPattern {
 public:
  static constexpr std::size_t capacity = 1024;

  consteval JoinedPattern(std::string_view prefix, std::string_view pattern) {
    for (const std::string_view part : {prefix, pattern}) {
      for (const char c : part) text_[size_++] = c;
    }
  }
  constexpr std::string_view view() const noexcept { return {text_, size_}; }

 private:
  char text_[2 * capacity]{};
  std::size_t size_ = 0;
};

}  // namespace detail

/// The prefix of a group or a mounted router, checked when it is compiled: a pattern without placeholders that does not
/// end with a slash, "/api/v1". Never written out: it is the type of a parameter.
class Prefix {
 public:
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  consteval Prefix(const Text& text, std::source_location where = std::source_location::current())
      : text_(text), where_(where) {
    detail::require(detail::check_plain_prefix(text_));
  }

  Prefix(const RuntimePattern& prefix) noexcept : text_(prefix.text), where_(prefix.where) {}

  std::string_view text() const noexcept { return text_; }
  const std::source_location& where() const noexcept { return where_; }

 private:
  std::string_view text_;
  std::source_location where_;
};

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
///
/// In a group, and in a router that is mounted, the pattern is what follows the prefix; "" is the prefix itself. The
/// placeholders of a prefix that is a template argument come first.
template <class Handler, PrefixText prefix = "">
class Pattern {
  using Check = detail::HandlerCheck<std::decay_t<Handler>>;

 public:
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  consteval Pattern(const Text& text, std::source_location where = std::source_location::current())
      : text_(text), where_(where) {
    if constexpr (prefix.view().empty()) {
      if (!text_.empty()) detail::require(detail::check_pattern(text_));
      detail::require(detail::check_parameters(text_, Check::path_parameters));
    } else {
      if (!text_.empty() && !text_.starts_with('/')) detail::require(detail::PatternFault::no_leading_slash);
      const detail::JoinedPattern whole{prefix.view(), text_};
      detail::require(detail::check_pattern(whole.view()));
      detail::require(detail::check_parameters(whole.view(), Check::path_parameters));
    }
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
