#pragma once

// Queries as described types. Not part of gyre.hpp: only who needs it pays for it.

#include <gyre/web/describe.hpp>
#include <gyre/web/detail/flat_type.hpp>
#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/handler.hpp>

#include <utility>

namespace gyre {

/// The query of a request as a struct:
///
///     struct Page {
///       int page = 1;
///       std::vector<std::string> tag;
///     };
///     BOOST_DESCRIBE_STRUCT(Page, (), (page, tag))
///
///     app.get("/items", [](gyre::Query<Page> page) { return list(page->page, page->tag); });  // ?page=2&tag=a&tag=b
///
/// Members are bool ("true" or "false", and "on" as a checkbox sends it), integers, float, double, std::string,
/// std::string_view (valid until the answer is out), described enums (by name), types with `JsonAsText`, and
/// std::optional or std::vector of these. A vector takes each pair of its name. An optional that is no text is empty
/// for an empty value ("page="). Texts are UTF-8.
///
/// Names, options and rules are those of the type's JSON (`JsonFormat`, `RulesOf`): what is missing keeps its default,
/// unless a rule says `required`; unknown names are skipped, unless an option refuses them. Anything else is answered
/// with 400: a bad escape, more pairs than `wire::FormLimits`, a name twice that is no vector's, a value of another
/// type, a broken rule. All that is wrong is told at once, as `errors` of the problem with `parameter` and `detail`.
///
/// Nothing is allocated but what the members need.
template <class T>
class Query : public detail::ParameterValue<T> {
  static_assert(
      detail::is_flat_struct<T>(),
      "gyre: Query<T> needs a struct described with BOOST_DESCRIBE_STRUCT that has a default constructor, "
      "and whose members are bool, numbers, texts, described enums, or std::optional or std::vector of these");

 public:
  using detail::ParameterValue<T>::ParameterValue;
};

namespace detail {

/// Reads the query into a default-constructed object. False: `rejection` is set.
bool read_query(Request& request, const JsonObject& object, void* value, Rejection& rejection);

template <class T>
inline constexpr bool shows_bytes<Query<T>> = shows_text(flat_type<T>);

}  // namespace detail

template <class T>
struct Extract<Query<T>> {
  static Extracted<Query<T>> extract(Request& request) {
    T value{};
    Rejection rejection;
    if (!detail::read_query(request, detail::flat_type<T>, &value, rejection)) return rejection;
    return Query<T>{std::move(value)};
  }

  /// Called when the route is registered. Throws `SetupError` for a rule that cannot be used.
  static void prepare() { detail::prepare_flat<T>(); }
};

}  // namespace gyre
