#pragma once

#include <string_view>

namespace gyre::wire {

/// Walks the elements of a comma-separated field value (RFC 9110 5.6.1): blanks around an element are cut, empty
/// elements are skipped. Elements are not validated, and quoted strings are not understood: for lists of tokens.
///
///     for (TokenList list{value}; list.next();) use(list.element());
class TokenList {
 public:
  explicit TokenList(std::string_view value) noexcept : rest_(value) {}

  /// Goes to the next element; false behind the last.
  bool next() noexcept;

  /// The element that `next` went to: a view into the value.
  std::string_view element() const noexcept { return element_; }

 private:
  std::string_view rest_;
  std::string_view element_;
};

}  // namespace gyre::wire
