#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gyre {

/// What is done with members that the type does not have.
enum class UnknownMembers : std::uint8_t {
  skipped,  ///< They are checked to be JSON, and that is all.
  refused,  ///< 422, each with its place.
};

/// What is done where a member is not there, and no rule marks it as `required`.
enum class MissingMembers : std::uint8_t {
  keep_default,  ///< It has the value that a default-constructed object gives it.
  refused,       ///< 422, but for those that can be empty (`std::optional`, `std::unique_ptr`).
};

/// How a member that is empty (`std::optional`, `std::unique_ptr`) is written.
enum class EmptyMembers : std::uint8_t {
  written_as_null,
  left_out,
};

/// How a described type is read and written: `static constexpr gyre::JsonOptions json_options{...};` in it.
struct JsonOptions {
  UnknownMembers unknown = UnknownMembers::skipped;
  MissingMembers missing = MissingMembers::keep_default;
  EmptyMembers empty = EmptyMembers::written_as_null;
};

/// What a JSON text may be made of, at most: beside the body's own limit.
struct JsonLimits {
  /// Objects and arrays inside each other; beyond it the text is malformed. Each costs stack: at most 1024.
  std::size_t depth = 32;
  /// Elements of all arrays and maps together: 413. A few bytes of text can make an element of many bytes.
  std::size_t elements = 65'536;
};

/// A member, or the enumerator of an enum, that is called otherwise in JSON.
struct JsonName {
  std::string_view described;
  std::string_view in_json;
};

/// JSON as it is: a member whose shape is not known, or is none of ours. It is checked when it is read, and kept
/// without blanks, for a parser of your choice. What is written must be JSON; an empty text is `null`.
struct JsonText {
  std::string text;
  bool operator==(const JsonText&) const = default;
};

/// A type of your own that is a string in JSON, such as a date. Specialise it with
///
///     template <>
///     struct gyre::JsonAsText<Date> {
///       static constexpr std::string_view expected = "must be a date";
///       static std::optional<Date> read(std::string_view text);
///       static std::string write(const Date& date);
///     };
///
/// `expected` is what a client is told where `read` gives nothing. The text, in UTF-8 but for header fields, is valid
/// during the call only: what `read` returns must not view it. Both are called on every loop.
template <class T>
struct JsonAsText;

/// How JSON of a type differs from its description. Found are, if they are there, the static members of `T`
///
///     static constexpr gyre::JsonName json_names[] = {{"user_id", "userId"}, {"class_", "class"}};
///     static constexpr gyre::JsonOptions json_options{.unknown = gyre::UnknownMembers::refused};
///     static constexpr gyre::JsonLimits json_limits{.elements = 1'000'000};
///
/// For an enum, or a type that you cannot change, specialise it with members of the same names.
template <class T>
struct JsonFormat {};

namespace detail {

/// Where the static members above are looked up.
template <class T>
struct JsonFormatOf {
  static constexpr auto& names()
    requires requires { JsonFormat<T>::json_names; } || requires { T::json_names; }
  {
    if constexpr (requires { JsonFormat<T>::json_names; }) {
      return JsonFormat<T>::json_names;
    } else {
      return T::json_names;
    }
  }
  static constexpr JsonOptions options() noexcept {
    if constexpr (requires { JsonFormat<T>::json_options; }) {
      return JsonFormat<T>::json_options;
    } else if constexpr (requires { T::json_options; }) {
      return T::json_options;
    } else {
      return {};
    }
  }
  static constexpr JsonLimits limits() noexcept {
    if constexpr (requires { JsonFormat<T>::json_limits; }) {
      return JsonFormat<T>::json_limits;
    } else if constexpr (requires { T::json_limits; }) {
      return T::json_limits;
    } else {
      return {};
    }
  }
};

}  // namespace detail
}  // namespace gyre
