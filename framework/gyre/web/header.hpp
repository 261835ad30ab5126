#pragma once

#include <gyre/web/detail/field_name.hpp>
#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/handler.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace gyre {

/// The value of a header field, read as a `T` by the rules of `FromSegment` (nothing in it is decoded):
///
///     app.get("/", [](gyre::Header<"X-Api-Key"> key, std::optional<gyre::Header<"Max-Forwards", int>> hops) { ... });
///
/// Lines of the same name are one value, joined with ", " as RFC 9110 5.3 says ("; " for Cookie), so a field that has
/// only one value and stands twice is not read as the first of them. A field that is not there is answered with 400 and
/// a problem that names it, as is one that is no `T`; `std::optional` of it takes the first for nothing. A view is
/// valid until the answer is out.
template <ParameterName name, class T = std::string_view>
class Header : public detail::ParameterValue<T> {
  static_assert(detail::is_field_name(name.view()),
                "gyre: Header<\"name\">: the name must be a token (RFC 9110 5.6.2)");
  static_assert(SegmentValue<T>, "gyre: Header<\"name\", T>: no text can be read as T; give T a static from_segment");

 public:
  using detail::ParameterValue<T>::ParameterValue;
};

namespace detail {

/// All lines of that name as one value; nothing if there is none. In the request's memory.
std::optional<std::string_view> field_value(Request& request, std::string_view name);

/// 400, "header field "X-Api-Key" is required".
Rejection missing_field(Request& request, std::string_view name);
/// 400, "header field "Max-Forwards" must be an integer from 0 to 255".
Rejection bad_field(Request& request, std::string_view name, const Expectation& expected);

template <ParameterName name, class T>
inline constexpr bool shows_bytes<Header<name, T>> = !HasExpectation<T>;

}  // namespace detail

template <ParameterName name, class T>
struct Extract<Header<name, T>> {
  static bool is_present(const Request& request) noexcept { return request.head().find(name.view()).has_value(); }

  static Extracted<Header<name, T>> extract(Request& request) {
    const std::optional<std::string_view> text = detail::field_value(request, name.view());
    if (!text) return detail::missing_field(request, name.view());
    auto value = FromSegment<T>::read(*text);
    if (static_cast<bool>(value)) return Header<name, T>{T(*std::move(value))};
    if constexpr (requires { value.rejection(); }) {
      return value.rejection();
    } else if constexpr (requires { FromSegment<T>::expected; }) {
      return detail::bad_field(request, name.view(), FromSegment<T>::expected);
    } else {
      return detail::bad_field(request, name.view(), detail::Expectation{});
    }
  }
};

}  // namespace gyre
