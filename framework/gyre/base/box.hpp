#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace gyre {

/// Owns one object, or none: what `std::unique_ptr` is, for headers that applications include. (`<memory>` brings
/// streams and locales along, an eighth of what the smallest application takes to compile.)
template <class T>
class Box {
 public:
  using element_type = T;

  Box() noexcept = default;
  Box(std::nullptr_t) noexcept {}
  /// Owns `object`, which `new` made.
  explicit Box(T* object) noexcept : object_(object) {}

  Box(Box&& other) noexcept : object_(other.release()) {}
  /// From a box of a type derived from `T`, whose destructor is virtual.
  template <class Derived>
    requires(!std::is_same_v<Derived, T> && std::is_convertible_v<Derived*, T*> && std::has_virtual_destructor_v<T>)
  Box(Box<Derived>&& other) noexcept : object_(other.release()) {}

  Box& operator=(Box&& other) noexcept {
    delete std::exchange(object_, other.release());
    return *this;
  }
  ~Box() { delete object_; }

  explicit operator bool() const noexcept { return object_ != nullptr; }
  bool operator==(std::nullptr_t) const noexcept { return object_ == nullptr; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  T* get() const noexcept { return object_; }

  /// Gives the object away: whoever takes it deletes it.
  [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

/// A new object in a box.
template <class T, class... Args>
Box<T> make_box(Args&&... args) {
  return Box<T>{new T(std::forward<Args>(args)...)};
}

}  // namespace gyre
