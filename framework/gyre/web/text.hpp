#pragma once

#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/web/extract.hpp>

#include <string_view>

namespace gyre {

/// The whole body as text in UTF-8, for a handler to take by value:
///
///     app.post("/notes", [](gyre::Text note) { return store(std::string{*note}); });
///
/// Any media type will do, and none; one that names a charset other than UTF-8 or US-ASCII is answered with 415, a body
/// that is no UTF-8 with 400. `std::optional<Text>` is empty for a request without a body and its type. A view that is
/// valid until the answer is out. For bytes of any kind there are `Bytes` and `Body`.
class Text : public detail::ParameterValue<std::string_view> {
 public:
  using ParameterValue::ParameterValue;

  static constexpr TakesBody takes_body = TakesBody::whole;
  static bool is_present(const Request& request) noexcept { return detail::announces_body(request); }
  static Extracted<Text> extract(Request& request) noexcept;
};

}  // namespace gyre
