#pragma once

#include <gyre/base/type_name.hpp>
#include <gyre/web/handler.hpp>

#include <optional>
#include <string_view>

namespace gyre {
namespace detail {

/// Throws a `std::logic_error`.
[[noreturn]] void extension_missing(std::string_view type);

}  // namespace detail

/// What a middleware has added to the request (`request.extensions().set(User{...})`), as a parameter of a handler. It
/// lives as long as the request. If nothing is there the middleware is missing in front of this route: that is a fault
/// of the program, so 500, and the error hook is told. `std::optional<Extension<T>>` where it may be missing.
template <class T>
class Extension {
 public:
  explicit Extension(T& value) noexcept : value_(&value) {}

  T& operator*() const noexcept { return *value_; }
  T* operator->() const noexcept { return value_; }

  static Extracted<Extension> extract(Request& request) {
    T* value = request.extensions().find<T>();
    if (value == nullptr) detail::extension_missing(detail::type_name<T>());
    return Extension{*value};
  }

 private:
  T* value_;
};

template <class T>
struct Extract<std::optional<Extension<T>>> {
  static Extracted<std::optional<Extension<T>>> extract(Request& request) noexcept {
    std::optional<Extension<T>> found;
    if (T* value = request.extensions().find<T>()) found.emplace(*value);
    return found;
  }
};

}  // namespace gyre
