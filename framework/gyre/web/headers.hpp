#pragma once

// Header fields as described types. Not part of gyre.hpp: only who needs it pays for it. For one field, see `Header`.

#include <gyre/web/describe.hpp>
#include <gyre/web/detail/field_name.hpp>
#include <gyre/web/detail/flat_type.hpp>
#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/handler.hpp>

#include <utility>

namespace gyre {

/// Header fields as a struct. A member stands for the field that has its name, with "-" for each "_", in any case:
/// `x_request_id` for `X-Request-Id`. A name of `json_names` counts as the member's.
///
///     struct Trace {
///       std::string x_request_id;
///       std::optional<int> max_forwards;
///       static constexpr auto rules() { return gyre::rules(gyre::rule(&Trace::x_request_id, gyre::required)); }
///     };
///     BOOST_DESCRIBE_STRUCT(Trace, (), (x_request_id, max_forwards))
///
/// Members are what those of a `Query` can be; texts are any bytes that a field value can have. A vector has an element
/// for each line of the name; commas within a line are the handler's business. A field that stands twice and is no
/// vector is wrong, as are values of another type and broken rules: 400, all at once, as `errors` of the problem with
/// `header` and `detail`.
template <class T>
class Headers : public detail::ParameterValue<T> {
  static_assert(
      detail::is_flat_struct<T>(),
      "gyre: Headers<T> needs a struct described with BOOST_DESCRIBE_STRUCT that has a default constructor, "
      "and whose members are bool, numbers, texts, described enums, or std::optional or std::vector of these");

 public:
  using detail::ParameterValue<T>::ParameterValue;
};

namespace detail {

constexpr bool has_field_names(const JsonObject& object) noexcept {
  for (const JsonMember& member : object.members) {
    if (!is_field_name(member.name)) return false;
  }
  return true;
}

/// Reads the fields into a default-constructed object. False: `rejection` is set.
bool read_headers(Request& request, const JsonObject& object, void* value, Rejection& rejection);

template <class T>
inline constexpr bool shows_bytes<Headers<T>> = shows_text(flat_type<T>);

}  // namespace detail

template <class T>
struct Extract<Headers<T>> {
  static_assert(detail::has_field_names(detail::flat_type<T>),
                "gyre: Headers<T>: the names of the members must be tokens (RFC 9110 5.6.2)");

  static Extracted<Headers<T>> extract(Request& request) {
    T value{};
    Rejection rejection;
    if (!detail::read_headers(request, detail::flat_type<T>, &value, rejection)) return rejection;
    return Headers<T>{std::move(value)};
  }

  /// Called when the route is registered. Throws `SetupError` for a rule that cannot be used.
  static void prepare() { detail::prepare_flat<T>(); }
};

}  // namespace gyre
