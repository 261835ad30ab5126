#pragma once

#include <type_traits>
#include <utility>

namespace gyre::detail {

/// What a handler's parameter holds, to be reached as through a pointer.
template <class T>
class ParameterValue {
 public:
  using value_type = T;

  explicit ParameterValue(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)) {}

  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  T&& operator*() && noexcept { return std::move(value_); }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }

 private:
  T value_;
};

}  // namespace gyre::detail
