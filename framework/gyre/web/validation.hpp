#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace gyre {

/// One thing that is wrong with what a client sent.
struct Violation {
  /// Where: a JSON pointer (RFC 6901), "/user/age"; "" is the whole. For a query, a form or header fields the name.
  std::string pointer;
  /// What: "must be from 0 to 150".
  std::string detail;
};

/// Marks a member that must be sent. For an `std::optional` it must also have a value, so that `null` is refused. In a
/// struct that is a member itself: that struct must be sent, too, unless it is an `std::optional`.
struct Required {};
inline constexpr Required required{};

namespace detail {

std::string number_text(std::int64_t number);
std::string number_text(std::uint64_t number);
std::string number_text(double number);

template <class N>
std::string text_of_number(N number) {
  if constexpr (std::floating_point<N>) {
    return number_text(static_cast<double>(number));
  } else if constexpr (std::signed_integral<N>) {
    return number_text(static_cast<std::int64_t>(number));
  } else {
    return number_text(static_cast<std::uint64_t>(number));
  }
}

template <class N>
concept AnyNumber = (std::integral<N> || std::floating_point<N>) && !std::same_as<N, bool>;

/// False for NaN.
template <AnyNumber A, AnyNumber B>
constexpr bool not_greater(A left, B right) noexcept {
  if constexpr (std::integral<A> && std::integral<B>) {
    return std::cmp_less_equal(left, right);
  } else {
    return static_cast<double>(left) <= static_cast<double>(right);
  }
}

/// Characters, not bytes: continuation bytes do not count.
std::size_t character_count(std::string_view text) noexcept;

/// "must have from 1 to 80 characters"
std::string length_detail(std::size_t min, std::size_t max, std::string_view what);

template <class T>
concept Text = std::convertible_to<const T&, std::string_view>;

template <class T>
concept Sized = requires(const T& value) {
  { value.size() } -> std::convertible_to<std::size_t>;
};

}  // namespace detail

/// See `range`, `at_least`, `at_most`.
template <detail::AnyNumber Low, detail::AnyNumber High>
struct Range {
  Low min;
  High max;

  template <detail::AnyNumber V>
  constexpr bool holds(const V& value) const noexcept {
    return detail::not_greater(min, value) && detail::not_greater(value, max);
  }
  template <class V>
  std::string complaint() const {
    return "must be from " + detail::text_of_number(min) + " to " + detail::text_of_number(max);
  }
};

/// See `at_least`.
template <detail::AnyNumber N>
struct AtLeast {
  N min;

  template <detail::AnyNumber V>
  constexpr bool holds(const V& value) const noexcept {
    return detail::not_greater(min, value);
  }
  template <class V>
  std::string complaint() const {
    return "must be at least " + detail::text_of_number(min);
  }
};

/// See `at_most`.
template <detail::AnyNumber N>
struct AtMost {
  N max;

  template <detail::AnyNumber V>
  constexpr bool holds(const V& value) const noexcept {
    return detail::not_greater(value, max);
  }
  template <class V>
  std::string complaint() const {
    return "must be at most " + detail::text_of_number(max);
  }
};

/// See `length`.
struct Length {
  std::size_t min;
  std::size_t max;

  template <class V>
    requires(detail::Text<V> || detail::Sized<V>)
  bool holds(const V& value) const noexcept {
    std::size_t size = 0;
    if constexpr (detail::Text<V>) {
      size = detail::character_count(value);
    } else {
      size = value.size();
    }
    return min <= size && size <= max;
  }
  template <class V>
  std::string complaint() const {
    return detail::length_detail(min, max, detail::Text<V> ? "character" : "element");
  }
};

/// See `satisfies`.
template <class Predicate>
struct Satisfies {
  Predicate predicate;
  std::string_view text;

  template <class V>
    requires std::predicate<const Predicate&, const V&>
  bool holds(const V& value) const {
    return predicate(value);
  }
  template <class V>
  std::string complaint() const {
    return std::string{text};
  }
};

/// A number between the two, both included.
template <detail::AnyNumber Low, detail::AnyNumber High>
constexpr Range<Low, High> range(Low min, High max) noexcept {
  return {min, max};
}
template <detail::AnyNumber N>
constexpr AtLeast<N> at_least(N min) noexcept {
  return {min};
}
template <detail::AnyNumber N>
constexpr AtMost<N> at_most(N max) noexcept {
  return {max};
}
/// Characters of a text (UTF-8), or elements of a container: from `min` to `max`, both included.
constexpr Length length(std::size_t min, std::size_t max = std::numeric_limits<std::size_t>::max()) noexcept {
  return {min, max};
}
/// What `predicate` says of the value; `text` tells the client what it should have been: "must be even". Thread-safe.
template <class Predicate>
constexpr Satisfies<Predicate> satisfies(Predicate predicate, std::string_view text) noexcept {
  return {predicate, text};
}

namespace detail {

/// What a rule looks at: what an `std::optional` or `std::unique_ptr` holds, else the value itself.
template <class M>
struct RuleValue : std::type_identity<M> {
  static constexpr bool may_be_empty = false;
};
template <class M>
  requires requires(const M& member) {
    static_cast<bool>(member);
    *member;
  }
struct RuleValue<M> : std::type_identity<std::remove_cvref_t<decltype(*std::declval<const M&>())>> {
  static constexpr bool may_be_empty = true;
};

template <class C, class M>
concept CheckOf = std::same_as<C, Required> || requires(const C& check, const typename RuleValue<M>::type& value) {
  { check.holds(value) } -> std::convertible_to<bool>;
};

}  // namespace detail

/// What a member must be: see `rule`.
template <class Owner, class M, class... Checks>
class Rule {
 public:
  static constexpr bool is_required = (false || ... || std::same_as<Checks, Required>);

  constexpr Rule(M Owner::* pointer, Checks... checks) noexcept : member(pointer), checks_(checks...) {}

  /// Calls `failed(std::string detail)` for each check that does not hold.
  template <class Failed>
  void check(const Owner& object, Failed&& failed) const {
    std::apply([&](const auto&... each) { (check_one(each, object.*member, failed), ...); }, checks_);
  }

  /// Makes what the checks need to run; throws `SetupError` where one is wrong.
  void prepare() const {
    std::apply([](const auto&... each) { (prepare_one(each), ...); }, checks_);
  }

  /// The most elements or characters that a `length` allows.
  constexpr std::size_t length_max() const noexcept {
    std::size_t max = std::numeric_limits<std::size_t>::max();
    std::apply([&](const auto&... each) { (limit(max, each), ...); }, checks_);
    return max;
  }

  M Owner::* member;

 private:
  template <class Check, class Failed>
  static void check_one(const Check& check, const M& value, Failed& failed) {
    if constexpr (std::same_as<Check, Required>) {
      if constexpr (detail::RuleValue<M>::may_be_empty) {
        if (!value) failed(std::string{"is required"});
      }
    } else if constexpr (detail::RuleValue<M>::may_be_empty) {
      if (value && !check.holds(*value)) failed(check.template complaint<typename detail::RuleValue<M>::type>());
    } else {
      if (!check.holds(value)) failed(check.template complaint<M>());
    }
  }
  template <class Check>
  static void prepare_one(const Check& check) {
    if constexpr (requires { check.prepare(); }) check.prepare();
  }
  template <class Check>
  static constexpr void limit(std::size_t& max, const Check& check) noexcept {
    if constexpr (std::same_as<Check, Length>) max = check.max < max ? check.max : max;
  }

  std::tuple<Checks...> checks_;
};

/// The rules of one member: `gyre::rule(&User::age, gyre::required, gyre::range(0, 150))`. All checks are made, and
/// each that does not hold is told. Those of an empty `std::optional` hold, but for `required`.
///
/// A check of your own is a literal type with `bool holds(const Value&) const` and
/// `template <class Value> std::string complaint() const`.
template <class Owner, class M, class... Checks>
constexpr auto rule(M Owner::* member, Checks... checks) noexcept {
  static_assert(
      (true && ... && detail::CheckOf<Checks, M>),
      "gyre: this check cannot be made of a member of this type: range, at_least and at_most are for numbers, "
      "length for texts and containers, pattern for texts");
  return Rule<Owner, M, Checks...>{member, checks...};
}

/// All rules of a type, as `static constexpr auto rules()` of it returns them:
///
///     struct User {
///       std::string name;
///       int age = 0;
///       static constexpr auto rules() {
///         return gyre::rules(gyre::rule(&User::name, gyre::required, gyre::length(1, 80)),
///                            gyre::rule(&User::age, gyre::range(0, 150)));
///       }
///     };
template <class... Rules>
constexpr std::tuple<Rules...> rules(Rules... all) noexcept {
  return {all...};
}

/// The rules of a type that you cannot change: specialise it with the same function.
template <class T>
struct RulesOf {
  static constexpr auto rules()
    requires requires { T::rules(); }
  {
    return T::rules();
  }
};

namespace detail {

template <class T>
concept HasRules = requires { RulesOf<T>::rules(); };

template <HasRules T>
inline constexpr auto rules_of = RulesOf<T>::rules();

}  // namespace detail
}  // namespace gyre
