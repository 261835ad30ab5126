#pragma once

// Forms as described types. Not part of gyre.hpp: only who needs it pays for it.

#include <gyre/web/describe.hpp>
#include <gyre/web/detail/flat_type.hpp>
#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/handler.hpp>

#include <utility>

namespace gyre {

/// A body of `application/x-www-form-urlencoded` as a struct, which is read as `Query` reads one. For
/// `multipart/form-data`, which can have files, there is `Multipart`.
///
/// Another media type is answered with 415, a body that is no form (a bad escape) with 400, more pairs than
/// `wire::FormLimits` with 413. Values that do not fit and broken rules are 422, all at once, as `errors` of the
/// problem with `field` and `detail`. `std::optional<Form<T>>` is empty for a request without a body and its type.
template <class T>
class Form : public detail::ParameterValue<T> {
  static_assert(
      detail::is_flat_struct<T>(),
      "gyre: Form<T> needs a struct described with BOOST_DESCRIBE_STRUCT that has a default constructor, "
      "and whose members are bool, numbers, texts, described enums, or std::optional or std::vector of these");

 public:
  using detail::ParameterValue<T>::ParameterValue;
};

namespace detail {

/// Reads the body into a default-constructed object, after a look at its media type. False: `rejection` is set.
bool read_form(Request& request, const JsonObject& object, void* value, Rejection& rejection);

template <class T>
inline constexpr bool shows_bytes<Form<T>> = shows_text(flat_type<T>);

}  // namespace detail

template <class T>
struct Extract<Form<T>> {
  static constexpr TakesBody takes_body = TakesBody::whole;
  static bool is_present(const Request& request) noexcept { return detail::announces_body(request); }

  static Extracted<Form<T>> extract(Request& request) {
    T value{};
    Rejection rejection;
    if (!detail::read_form(request, detail::flat_type<T>, &value, rejection)) return rejection;
    return Form<T>{std::move(value)};
  }

  /// Called when the route is registered. Throws `SetupError` for a rule that cannot be used.
  static void prepare() { detail::prepare_flat<T>(); }
};

}  // namespace gyre
