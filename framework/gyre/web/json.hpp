#pragma once

// Typed JSON. Not part of gyre.hpp: only who needs it pays for it. For BOOST_DESCRIBE_STRUCT and BOOST_DESCRIBE_ENUM
// nothing else has to be included.

#include <gyre/web/describe.hpp>
#include <gyre/web/detail/json_describe.hpp>
#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/json_format.hpp>
#include <gyre/web/json_outcome.hpp>
#include <gyre/web/validation.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gyre {

/// A value that is read from a request's body, or written as an answer's, as JSON. The type is described once:
///
///     struct User {
///       std::string name;
///       int age = 18;
///     };
///     BOOST_DESCRIBE_STRUCT(User, (), (name, age))
///
///     app.post("/users", [](gyre::Json<User> user) { return gyre::Json{store(*std::move(user))}; });
///
/// Types: bool, integers, float, double, std::string, std::string_view (written only), described enums (by name),
/// described structs with their described bases (the public members), std::optional, std::unique_ptr, std::vector,
/// std::array and maps with std::string as key, of these.
///
/// **As a handler's parameter** it wants a media type of JSON (`application/json` or `application/...+json`, whatever
/// the parameters: JSON is UTF-8), else 415; a body that is JSON, else 400 with the byte; values of these types that
/// keep the rules (`RulesOf`), else 422 with all that is wrong, each with its JSON pointer, as the problem's `errors`.
/// What is missing keeps its default, unless a rule says `required`; the rules in a struct that is missing hold as if
/// it were `{}`. Unknown members are skipped; the same member twice is a 400; an integer is written without a fraction
/// and an exponent. `JsonFormat` changes names, options and limits of a type.
///
/// **As a result** it is a 200 of `application/json`. An empty `std::optional` is `null`; NaN and infinity, too. What
/// is no UTF-8 comes out as U+FFFD.
template <class T>
class Json : public detail::ParameterValue<T> {
  static_assert(detail::JsonWritten<T>,
                "gyre: JSON knows no form of this type: describe a struct with BOOST_DESCRIBE_STRUCT and an enum with "
                "BOOST_DESCRIBE_ENUM; else it is bool, an integer, float, double, std::string, std::optional, "
                "std::unique_ptr, std::vector (not of bool), std::array, or a map with std::string as key");

 public:
  using detail::ParameterValue<T>::ParameterValue;
};

template <class T>
Json(T) -> Json<T>;

namespace detail {

/// The structs around a type, so that one that refers to itself has an end.
struct JsonPath {
  const JsonObject* object;
  const JsonPath* outer;
};

/// Whether there is text in it that it would not own.
constexpr bool has_view(const JsonType& type, const JsonPath* path = nullptr) {
  switch (type.kind) {
    case JsonKind::text_view: return true;
    case JsonKind::nullable: return has_view(*type.nullable->inner, path);
    case JsonKind::sequence: return has_view(*type.sequence->element, path);
    case JsonKind::array: return has_view(*type.array->element, path);
    case JsonKind::map: return has_view(*type.map->element, path);
    case JsonKind::object: break;
    default: return false;
  }
  for (const JsonPath* outer = path; outer != nullptr; outer = outer->outer) {
    if (outer->object == type.object) return false;
  }
  const JsonPath longer{type.object, path};
  for (const JsonMember& member : type.object->members) {
    if (has_view(*member.type, &longer)) return true;
  }
  return false;
}

template <class T>
consteval bool is_json_readable() {
  if constexpr (JsonWritten<T> && std::default_initializable<T>) {
    return !has_view(json_type<T>);
  } else {
    return false;
  }
}

/// Reads the body of a request, after a look at its media type. False: `rejection` is set.
bool read_json_body(Request& request, const JsonType& type, void* value, const JsonLimits& limits,
                    Rejection& rejection);

/// Prepares the rules of a type and of all that it consists of.
void prepare_json(const JsonType& type);

Response json_response(const JsonType& type, const void* value);

/// Nothing that it shows or answers refers to the request.
template <class T>
inline constexpr bool shows_bytes<Json<T>> = false;
template <class T>
inline constexpr bool may_stream<Json<T>> = false;

}  // namespace detail

template <class T>
struct Extract<Json<T>> {
  static_assert(
      detail::is_json_readable<T>(),
      "gyre: JSON can only be read into a T that has a default constructor and owns its text: std::string, not "
      "std::string_view");

  static constexpr TakesBody takes_body = TakesBody::whole;
  static bool is_present(const Request& request) noexcept { return detail::announces_body(request); }

  static Extracted<Json<T>> extract(Request& request) {
    T value{};
    Rejection rejection;
    if (!detail::read_json_body(request, detail::json_type<T>, &value, detail::JsonFormatOf<T>::limits(), rejection)) {
      return rejection;
    }
    return Json<T>{std::move(value)};
  }

  /// Called when the route is registered. Throws `SetupError` for a rule that cannot be used.
  static void prepare() { detail::prepare_json(detail::json_type<T>); }
};

template <class T>
Response to_response(const Json<T>& json) {
  return detail::json_response(detail::json_type<T>, &*json);
}

/// Appends `value` as JSON, without blanks.
template <class T>
void append_json(std::string& out, const T& value) {
  detail::write_json(out, detail::json_type<T>, &value);
}

/// `value` as JSON, without blanks.
template <class T>
std::string to_json(const T& value) {
  std::string text;
  append_json(text, value);
  return text;
}

/// Reads `text`, all of it, over a default-constructed `value`, by the rules that hold for a request's body. If it
/// fails, `value` is in between and only good to be thrown away.
template <class T>
JsonOutcome from_json(std::string_view text, T& value, const JsonLimits& limits = detail::JsonFormatOf<T>::limits()) {
  static_assert(
      detail::is_json_readable<T>(),
      "gyre: JSON can only be read into a T that has a default constructor and owns its text: std::string, not "
      "std::string_view");
  return detail::read_json(text, detail::json_type<T>, &value, limits);
}

}  // namespace gyre
