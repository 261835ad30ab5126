#pragma once

#include <gyre/web/validation.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre {
namespace detail {

/// A text as a template argument.
template <std::size_t size>
struct PatternText {
  char text[size]{};

  consteval PatternText(const char (&literal)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = literal[i];
  }
  constexpr std::string_view view() const noexcept { return {text, size - 1}; }
};

/// A regular expression, ready to be used by every thread.
class CompiledPattern {
 public:
  /// Throws `SetupError` if it is none.
  explicit CompiledPattern(std::string_view expression);
  CompiledPattern(const CompiledPattern&) = delete;
  CompiledPattern& operator=(const CompiledPattern&) = delete;
  ~CompiledPattern();

  /// Whether the whole text matches.
  bool matches(std::string_view text) const noexcept;

 private:
  void* compiled_;
};

}  // namespace detail

/// See `pattern`.
template <detail::PatternText expression, detail::PatternText text>
struct PatternCheck {
  static const detail::CompiledPattern& compiled() {
    static const detail::CompiledPattern pattern{expression.view()};
    return pattern;
  }
  static void prepare() { compiled(); }

  template <detail::Text V>
  bool holds(const V& value) const {
    return compiled().matches(value);
  }
  template <class V>
  std::string complaint() const {
    if (!text.view().empty()) return std::string{text.view()};
    return std::string{"must match "}.append(expression.view());
  }
};

/// A text that matches a regular expression as a whole, in RE2's syntax and in time linear to the text:
/// `gyre::pattern<"[0-9]{5}">`, or with words for the client, `gyre::pattern<"[0-9]{5}", "must be a postal code">`.
/// A bad expression throws `SetupError` when a route that uses it is registered.
template <detail::PatternText expression, detail::PatternText text = "">
inline constexpr PatternCheck<expression, text> pattern{};

}  // namespace gyre
