#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/error.hpp>

#include <new>
#include <type_traits>
#include <utility>

namespace gyre {

/// A value or an `Error`. Small, `[[nodiscard]]`, never empty.
///
/// `value()` throws: `Cancelled` for `Errc::cancelled`, `Failure` for the rest. Test it first (`if (!result)`) to
/// handle the error as a value.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <class U = T>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, Errc>)
  Result(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) : has_value_(true) {
    ::new (static_cast<void*>(&value_)) T(std::forward<U>(value));
  }
  Result(Error error) noexcept : error_(error), has_value_(false) {}
  Result(Errc code) noexcept : error_(code), has_value_(false) {}

  Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : has_value_(other.has_value_) {
    if (has_value_) {
      ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
    } else {
      ::new (static_cast<void*>(&error_)) Error(other.error_);
    }
  }
  Result(const Result& other)
    requires std::is_copy_constructible_v<T>
      : has_value_(other.has_value_) {
    if (has_value_) {
      ::new (static_cast<void*>(&value_)) T(other.value_);
    } else {
      ::new (static_cast<void*>(&error_)) Error(other.error_);
    }
  }
  Result& operator=(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
    if (this != &other) {
      this->~Result();
      ::new (static_cast<void*>(this)) Result(std::move(other));
    }
    return *this;
  }
  ~Result() {
    if (has_value_) value_.~T();
  }

  explicit operator bool() const noexcept { return has_value_; }
  bool has_value() const noexcept { return has_value_; }

  /// The value; throws `Cancelled` or `Failure` if there is none.
  T& value() & {
    if (!has_value_) detail::throw_error(error_);
    return value_;
  }
  const T& value() const& {
    if (!has_value_) detail::throw_error(error_);
    return value_;
  }
  T&& value() && {
    if (!has_value_) detail::throw_error(error_);
    return std::move(value_);
  }

  /// The value, or `other` if there is none.
  template <class U>
  T value_or(U&& other) && {
    return has_value_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  T value_or(U&& other) const& {
    return has_value_ ? value_ : static_cast<T>(std::forward<U>(other));
  }

  T& operator*() & noexcept {
    GYRE_ASSERT(has_value_);
    return value_;
  }
  const T& operator*() const& noexcept {
    GYRE_ASSERT(has_value_);
    return value_;
  }
  T&& operator*() && noexcept {
    GYRE_ASSERT(has_value_);
    return std::move(value_);
  }
  T* operator->() noexcept { return &**this; }
  const T* operator->() const noexcept { return &**this; }

  /// The error. Only where `has_value()` is false.
  Error error() const noexcept {
    GYRE_ASSERT(!has_value_);
    return error_;
  }

 private:
  union {
    T value_;
    Error error_;
  };
  bool has_value_;
};

/// Success or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  constexpr Result() noexcept : error_(Errc::unexpected), has_value_(true) {}
  constexpr Result(Error error) noexcept : error_(error), has_value_(false) {}
  constexpr Result(Errc code) noexcept : error_(code), has_value_(false) {}

  explicit operator bool() const noexcept { return has_value_; }
  bool has_value() const noexcept { return has_value_; }
  void value() const {
    if (!has_value_) detail::throw_error(error_);
  }
  Error error() const noexcept {
    GYRE_ASSERT(!has_value_);
    return error_;
  }

 private:
  Error error_;
  bool has_value_;
};

}  // namespace gyre
