#pragma once

#include <gyre/base/character.hpp>
#include <gyre/web/detail/json_type.hpp>
#include <gyre/web/validation.hpp>

#include <array>
#include <boost/describe/bases.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gyre::detail {

template <class T>
struct JsonShape;

/// The table of a type. A recursive type refers to its own: only addresses are taken.
template <class T>
inline constexpr JsonType json_type = JsonShape<T>::type();

template <class T>
inline constexpr bool is_json_array = false;
template <class E, std::size_t count>
inline constexpr bool is_json_array<std::array<E, count>> = true;

template <class T>
concept JsonTextual = requires(const T& value, std::string_view text) {
  static_cast<bool>(JsonAsText<T>::read(text));
  { *JsonAsText<T>::read(text) } -> std::convertible_to<T>;
  { JsonAsText<T>::write(value) } -> std::convertible_to<std::string>;
  { JsonAsText<T>::expected } -> std::convertible_to<std::string_view>;
};

template <class T>
concept JsonStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T> && !JsonTextual<T>;

template <class T>
concept JsonEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value && !JsonTextual<T>;

template <class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !Character<T>;

template <class T>
concept JsonReal = std::same_as<T, float> || std::same_as<T, double>;

/// std::vector and its like, but not std::vector<bool>, which has no elements to point to.
template <class T>
concept JsonVector = requires(T& sequence) {
  typename T::value_type;
  { sequence.data() } -> std::same_as<typename T::value_type*>;
  { sequence.emplace_back() } -> std::same_as<typename T::value_type&>;
  sequence.clear();
};

/// std::map, std::unordered_map and their like, with text as keys.
template <class T>
concept JsonMapLike = requires(T& map) {
  requires std::same_as<typename T::key_type, std::string>;
  typename T::mapped_type;
  map.try_emplace(std::string{}).first->second;
  map.clear();
};

template <class T>
concept JsonOptional = requires(T& optional) {
  typename T::value_type;
  { optional.emplace() } -> std::same_as<typename T::value_type&>;
  { optional.has_value() } -> std::same_as<bool>;
  optional.reset();
};

template <class T>
concept JsonPointer = requires(T& pointer) {
  typename T::deleter_type;
  requires std::same_as<decltype(*pointer), typename T::element_type&>;
  pointer.reset(new typename T::element_type());
};

/// A type that JSON is written of.
template <class T>
concept JsonWritten =
    std::same_as<T, bool> || JsonInteger<T> || JsonReal<T> || JsonEnum<T> || std::same_as<T, std::string> ||
    std::same_as<T, std::string_view> || std::same_as<T, JsonText> || JsonTextual<T> || JsonVector<T> ||
    is_json_array<T> || JsonMapLike<T> || JsonOptional<T> || JsonPointer<T> || JsonStruct<T>;

template <class T>
struct JsonShape {
  static_assert(JsonWritten<T>,
                "gyre: JSON knows no form of this type: describe a struct with BOOST_DESCRIBE_STRUCT and an enum with "
                "BOOST_DESCRIBE_ENUM; else it is bool, an integer, float, double, std::string, std::optional, "
                "std::unique_ptr, std::vector (not of bool), std::array, or a map with std::string as key");
  static constexpr JsonType type() noexcept { return {JsonKind::boolean, 0}; }
};

template <>
struct JsonShape<bool> {
  static constexpr JsonType type() noexcept { return {JsonKind::boolean, sizeof(bool)}; }
};
template <JsonInteger T>
struct JsonShape<T> {
  static constexpr JsonType type() noexcept {
    return {std::signed_integral<T> ? JsonKind::signed_integer : JsonKind::unsigned_integer, sizeof(T)};
  }
};
template <>
struct JsonShape<float> {
  static constexpr JsonType type() noexcept { return {JsonKind::single_real, sizeof(float)}; }
};
template <>
struct JsonShape<double> {
  static constexpr JsonType type() noexcept { return {JsonKind::double_real, sizeof(double)}; }
};
template <>
struct JsonShape<std::string> {
  static constexpr JsonType type() noexcept { return {JsonKind::text, 0}; }
};
template <>
struct JsonShape<std::string_view> {
  static constexpr JsonType type() noexcept { return {JsonKind::text_view, 0}; }
};

template <>
struct JsonShape<JsonText> {
  static constexpr JsonType type() noexcept { return {JsonKind::raw, 0}; }
};

template <JsonTextual T>
struct JsonShape<T> {
  static bool read(std::string_view text, void* value) {
    auto read_value = JsonAsText<T>::read(text);
    if (!static_cast<bool>(read_value)) return false;
    *static_cast<T*>(value) = *std::move(read_value);
    return true;
  }
  static std::string write(const void* value) { return JsonAsText<T>::write(*static_cast<const T*>(value)); }

  static constexpr JsonTextType shape{read, write, JsonAsText<T>::expected};
  static constexpr JsonType type() noexcept { return shape; }
};

template <JsonOptional T>
struct JsonShape<T> {
  static const void* get(const void* optional) noexcept {
    const T& held = *static_cast<const T*>(optional);
    return held.has_value() ? &*held : nullptr;
  }
  static void* emplace(void* optional) { return &static_cast<T*>(optional)->emplace(); }
  static void reset(void* optional) noexcept { static_cast<T*>(optional)->reset(); }

  static constexpr JsonNullable shape{&json_type<typename T::value_type>, get, emplace, reset};
  static constexpr JsonType type() noexcept { return shape; }
};

template <JsonPointer T>
struct JsonShape<T> {
  static const void* get(const void* pointer) noexcept { return static_cast<const T*>(pointer)->get(); }
  static void* emplace(void* pointer) {
    T& owner = *static_cast<T*>(pointer);
    owner.reset(new typename T::element_type());
    return owner.get();
  }
  static void reset(void* pointer) noexcept { static_cast<T*>(pointer)->reset(); }

  static constexpr JsonNullable shape{&json_type<typename T::element_type>, get, emplace, reset};
  static constexpr JsonType type() noexcept { return shape; }
};

template <JsonVector T>
struct JsonShape<T> {
  using Element = typename T::value_type;

  static JsonElements elements(const void* sequence) noexcept {
    const T& held = *static_cast<const T*>(sequence);
    return {held.data(), held.size()};
  }
  static void* append(void* sequence) { return &static_cast<T*>(sequence)->emplace_back(); }
  static void clear(void* sequence) noexcept { static_cast<T*>(sequence)->clear(); }

  static constexpr JsonSequence shape{&json_type<Element>, sizeof(Element), elements, append, clear};
  static constexpr JsonType type() noexcept { return shape; }
};

template <class E, std::size_t count>
struct JsonShape<std::array<E, count>> {
  static_assert(count > 0, "gyre: JSON knows no form of an std::array without elements");
  static constexpr JsonArray shape{&json_type<E>, sizeof(E), count};
  static constexpr JsonType type() noexcept { return shape; }
};

/// std::unordered_map and its like.
template <class T>
concept JsonHashed = requires(const T& map, const std::string& key) { map.bucket_size(map.bucket(key)); };

/// Whether a map has keys in one place that nobody has by chance. The standard's hash has no secret: whoever knows it
/// can send keys that all have the same, and each would be compared with all before it.
template <class T>
bool collides([[maybe_unused]] const T& map, [[maybe_unused]] const std::string& key) {
  if constexpr (JsonHashed<T>) {
    constexpr std::size_t usual = 64;
    if (map.size() <= usual) return false;
    return map.bucket_size(map.bucket(key)) > usual + 4 * static_cast<std::size_t>(map.max_load_factor());
  } else {
    return false;
  }
}

template <JsonMapLike T>
struct JsonShape<T> {
  static JsonMapEntry insert(void* map, std::string_view key) {
    T& held = *static_cast<T*>(map);
    const auto [place, is_new] = held.try_emplace(std::string{key});
    return {place->first, is_new ? &place->second : nullptr, is_new && collides(held, place->first)};
  }
  static void clear(void* map) noexcept { static_cast<T*>(map)->clear(); }
  static void for_each(const void* map, void* context,
                       void (*visit)(void* context, std::string_view key, const void* value)) {
    for (const auto& [key, value] : *static_cast<const T*>(map)) visit(context, key, &value);
  }

  static constexpr JsonMap shape{&json_type<typename T::mapped_type>, insert, clear, for_each};
  static constexpr JsonType type() noexcept { return shape; }
};

/// The name in JSON of what is described as `name`.
template <class T>
constexpr std::string_view json_name(std::string_view name) {
  if constexpr (requires { JsonFormatOf<T>::names(); }) {
    for (const JsonName& renamed : JsonFormatOf<T>::names()) {
      if (renamed.described == name) return renamed.in_json;
    }
  }
  return name;
}

/// Names go out as they are, so they must need no escape. Bytes of UTF-8 pass.
constexpr bool is_plain_json(std::string_view name) {
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') return false;
  }
  return true;
}

/// Whether every `JsonName` names something, and all names are different and plain. `List` are Describe's descriptors.
template <class T, template <class...> class List, class... Described>
consteval bool are_json_names_right(List<Described...>) {
  [[maybe_unused]] const std::array<std::string_view, sizeof...(Described)> described{Described::name...};
  if constexpr (requires { JsonFormatOf<T>::names(); }) {
    for (const JsonName& renamed : JsonFormatOf<T>::names()) {
      bool found = false;
      for (const std::string_view name : described) found = found || name == renamed.described;
      if (!found) return false;
    }
  }
  for (std::size_t i = 0; i < described.size(); ++i) {
    if (!is_plain_json(json_name<T>(described[i]))) return false;
    for (std::size_t k = 0; k < i; ++k) {
      if (json_name<T>(described[i]) == json_name<T>(described[k])) return false;
    }
  }
  return true;
}

template <JsonEnum T>
struct JsonShape<T> {
  using Described = boost::describe::describe_enumerators<T>;
  static_assert(are_json_names_right<T>(Described{}),
                "gyre: json_names has a name that is not described, the same name twice, or one that JSON must escape");

  template <template <class...> class List, class... D>
  static constexpr std::array<JsonEnumerator, sizeof...(D)> make(List<D...>) {
    return {{{json_name<T>(D::name), static_cast<std::int64_t>(D::value)}...}};
  }
  static constexpr auto enumerators = make(Described{});
  static constexpr JsonEnumeration shape{enumerators};
  static constexpr JsonType type() noexcept { return {shape, sizeof(T)}; }
};

/// `,"name":`, which begins every member but the first.
template <class T, class D>
struct JsonKey {
  static constexpr std::string_view name = json_name<T>(D::name);
  static constexpr auto text = [] {
    std::array<char, name.size() + 4> key{};
    std::size_t size = 0;
    key[size++] = ',';
    key[size++] = '"';
    for (const char c : name) key[size++] = c;
    key[size++] = '"';
    key[size++] = ':';
    return key;
  }();
  static constexpr std::string_view view{text.data(), text.size()};
};

/// Whether a rule is about this member.
template <class D, class R>
constexpr bool is_rule_of(const R& rule) {
  if constexpr (std::equality_comparable_with<decltype(D::pointer), decltype(rule.member)>) {
    return D::pointer == rule.member;
  } else {
    return false;
  }
}

/// Whether the rules of a type are those of one of its bases, which has them already.
template <class T, class Base>
consteval bool inherits_rules() {
  if constexpr (requires { T::rules(), Base::rules(); }) {
    if constexpr (std::same_as<decltype(&T::rules), decltype(&Base::rules)> &&
                  std::same_as<decltype(T::rules()), decltype(RulesOf<T>::rules())>) {
      return &T::rules == &Base::rules;
    }
  }
  return false;
}

template <class T, template <class...> class List, class... Base>
consteval bool has_own_rules(List<Base...>) {
  return HasRules<T> && !(false || ... || inherits_rules<T, typename Base::type>());
}

template <class T, class Use>
constexpr void for_each_rule_of(Use& use);

template <class Use, template <class...> class List, class... Base>
constexpr void for_each_rule_of_bases([[maybe_unused]] Use& use, List<Base...>) {
  (for_each_rule_of<typename Base::type>(use), ...);
}

/// Calls `use(rule)` for each rule of the type and of its described bases: a derived type's rules come on top.
template <class T, class Use>
constexpr void for_each_rule_of(Use& use) {
  if constexpr (boost::describe::has_describe_bases<T>::value) {
    using Bases = boost::describe::describe_bases<T, boost::describe::mod_any_access>;
    for_each_rule_of_bases(use, Bases{});
    if constexpr (has_own_rules<T>(Bases{})) {
      std::apply([&](const auto&... rule) { (use(rule), ...); }, rules_of<T>);
    }
  }
}

template <JsonStruct T>
struct JsonShape<T> {
  static constexpr unsigned wanted =
      boost::describe::mod_public | boost::describe::mod_inherited;  // what is not public is nobody's business
  using Described = boost::describe::describe_members<T, wanted>;
  static_assert(are_json_names_right<T>(Described{}),
                "gyre: json_names has a name that is not described, the same name twice, or one that JSON must escape");

  template <class D>
  static void* at(void* object) noexcept {
    return &(static_cast<T*>(object)->*D::pointer);
  }

  /// Calls `use(rule)` for each rule of the type, and of its bases.
  template <class Use>
  static constexpr void for_each_rule(Use use) {
    for_each_rule_of<T>(use);
  }

  template <class D>
  static constexpr JsonMember make_member() {
    using M = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;
    static_assert(
        JsonWritten<M>,
        "gyre: JSON knows no form of a member's type: describe a struct with BOOST_DESCRIBE_STRUCT and an enum "
        "with BOOST_DESCRIBE_ENUM; else it is bool, an integer, float, double, std::string, std::optional, "
        "std::unique_ptr, std::vector (not of bool), std::array, or a map with std::string as key");
    JsonMember member{JsonKey<T, D>::name,
                      JsonKey<T, D>::view,
                      &json_type<M>,
                      at<D>,
                      options.missing == MissingMembers::refused && !JsonOptional<M> && !JsonPointer<M>,
                      std::numeric_limits<std::size_t>::max()};
    for_each_rule([&](const auto& rule) {
      if (!is_rule_of<D>(rule)) return;
      member.is_required = member.is_required || rule.is_required;
      if (rule.length_max() < member.length_max) member.length_max = rule.length_max();
    });
    return member;
  }

  template <template <class...> class List, class... D>
  static constexpr std::array<JsonMember, sizeof...(D)> make(List<D...>) {
    static_assert(sizeof...(D) <= JsonObject::members_max, "gyre: at most 64 members can be described for JSON");
    return {make_member<D>()...};
  }

  /// The place of the member that a rule is about; the number of members if there is none.
  template <template <class...> class List, class... D, class R>
  static constexpr std::size_t place_of(List<D...>, const R& rule) {
    std::size_t place = 0;
    (void)(false || ... || (is_rule_of<D>(rule) || (++place, false)));
    return place;
  }

  static constexpr bool is_every_rule_described() {
    bool found = true;
    for_each_rule([&](const auto& rule) { found = found && place_of(Described{}, rule) < members.size(); });
    return found;
  }

  static void check(const void* object, std::uint64_t skipped, JsonViolations& violations) {
    static_assert(is_every_rule_described(), "gyre: a rule is about a member that is not described");
    for_each_rule([&](const auto& rule) {
      const std::size_t place = place_of(Described{}, rule);
      if ((skipped >> place & 1U) != 0) return;
      rule.check(*static_cast<const T*>(object), [&](std::string detail) { violations.add(place, std::move(detail)); });
    });
  }
  static void prepare() {
    for_each_rule([](const auto& rule) { rule.prepare(); });
  }

  static constexpr JsonOptions options = JsonFormatOf<T>::options();
  static constexpr auto members = make(Described{});
  static constexpr bool has_rules = [] {
    bool found = false;
    for_each_rule([&](const auto&) { found = true; });
    return found;
  }();
  static constexpr JsonObject shape{members, options, has_rules ? check : nullptr, has_rules ? prepare : nullptr};
  static constexpr JsonType type() noexcept { return shape; }
};

}  // namespace gyre::detail
