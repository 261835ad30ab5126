#pragma once

#include <gyre/base/error.hpp>
#include <gyre/wire/target.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gyre::wire {

/// What a form or a query may hold. Its size is limited by the body or the head that it came with.
struct FormLimits {
  std::size_t pairs = 1000;  ///< Pairs, empty ones ("&&") not counted.
};

/// The room that `FormPairs` needs to decode the whole form, in characters: 0 if nothing is escaped.
std::size_t form_decoded_bound(std::string_view form) noexcept;

/// Walks the decoded pairs of application/x-www-form-urlencoded text (the URL standard, 5.1): a body, or the query of a
/// target. In their order, names that stand twice and empty names included; split first, each part decoded once. One
/// rule is stricter than the standard's: an escape that is not two hexadecimal digits is an error, not text.
///
///     const std::size_t room = form_decoded_bound(form);
///     FormPairs pairs{form, {static_cast<char*>(arena.allocate(room, 1)), room}};
///     while (pairs.next()) use(pairs.name(), pairs.value());
///     if (pairs.error()) refuse();
class FormPairs {
 public:
  /// Parts without an escape are views into `form`; the others are decoded into `buffer`, one behind the other, so that
  /// all that was walked over stays valid. `form_decoded_bound(form)` characters are always enough.
  explicit FormPairs(std::string_view form, std::span<char> buffer, const FormLimits& limits = {}) noexcept
      : pairs_(form), buffer_(buffer), left_(limits.pairs) {}

  /// Goes to the next pair; false behind the last, and at the first error.
  bool next() noexcept;

  /// Of the pair that `next` went to, decoded. Any bytes, NUL included: whether they are UTF-8 is not asked.
  std::string_view name() const noexcept { return name_; }
  std::string_view value() const noexcept { return value_; }

  /// Why the walk ended early: `bad_message` for a bad escape, `limit_exceeded` for too many pairs or a buffer that is
  /// too small. Nothing otherwise.
  std::optional<Error> error() const noexcept { return error_; }

 private:
  bool decode(std::string_view raw, std::string_view& decoded) noexcept;

  QueryPairs pairs_;
  std::span<char> buffer_;  // what is left of it
  std::size_t left_;
  std::string_view name_;
  std::string_view value_;
  std::optional<Error> error_;
};

/// Appends `text` as one name or value of a form: letters, digits and `*-._` as they are, a space as "+", any other
/// byte as its escape (the URL standard's application/x-www-form-urlencoded set).
void append_form_component(std::string& out, std::string_view text);

/// Appends pairs to a form or a query, with "&" between them.
///
///     std::string form;
///     FormWriter(form).add("name", "a b").add("page", "2");  // name=a+b&page=2
class FormWriter {
 public:
  /// `out` must outlive the writer. What it already holds stays: "/search?" becomes a target.
  explicit FormWriter(std::string& out) noexcept : out_(out) {}

  FormWriter& add(std::string_view name, std::string_view value);

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace gyre::wire
