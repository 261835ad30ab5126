#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

/// What all `Shared` of one object have in common. From any thread.
class ShareCount {
 public:
  virtual ~ShareCount() = default;
  void add() noexcept { shares_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<std::size_t> shares_{1};
};

template <class T>
struct SharedObject final : ShareCount {
  template <class... Args>
  explicit SharedObject(Args&&... args) : object(std::forward<Args>(args)...) {}
  T object;
};

/// `std::shared_ptr` and the like.
template <class Pointer>
concept SharedPointer = std::copyable<Pointer> && requires(const Pointer& pointer) {
  typename Pointer::element_type;
  { pointer.get() } -> std::same_as<typename Pointer::element_type*>;
};

}  // namespace detail

/// Owns an object together with its copies, on any threads: what `std::shared_ptr` is, for headers that applications
/// include (see `Box` for why). `T` may be `void`.
template <class T>
class Shared {
 public:
  using element_type = T;

  /// A new object, and its first owner.
  template <class... Args>
  static Shared make(Args&&... args) {
    auto* const made = new detail::SharedObject<T>(std::forward<Args>(args)...);
    return Shared{&made->object, made};
  }

  Shared() noexcept = default;
  Shared(std::nullptr_t) noexcept {}
  /// Another owner of what a pointer owns, `Box`, `std::shared_ptr` or the like: it is kept as long as one of this
  /// one's copies is.
  template <class Pointer>
    requires requires(const Pointer& pointer) {
      typename Pointer::element_type;
      { pointer.get() } -> std::convertible_to<T*>;
    }
  explicit Shared(Pointer pointer) {
    T* const object = pointer.get();
    if (object == nullptr) return;
    count_ = new detail::SharedObject<Pointer>(std::move(pointer));
    object_ = object;
  }

  Shared(const Shared& other) noexcept : object_(other.object_), count_(other.count_) {
    if (count_ != nullptr) count_->add();
  }
  Shared(Shared&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), count_(std::exchange(other.count_, nullptr)) {}
  template <class U>
    requires(std::is_convertible_v<U*, T*> && !std::is_same_v<U, T>)
  Shared(Shared<U> other) noexcept
      : object_(std::exchange(other.object_, nullptr)), count_(std::exchange(other.count_, nullptr)) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(object_, other.object_);
    std::swap(count_, other.count_);
    return *this;
  }
  ~Shared() {
    if (count_ != nullptr) count_->drop();
  }

  explicit operator bool() const noexcept { return object_ != nullptr; }
  bool operator==(std::nullptr_t) const noexcept { return object_ == nullptr; }
  std::add_lvalue_reference_t<T> operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  T* get() const noexcept { return object_; }

 private:
  template <class U>
  friend class Shared;

  Shared(T* object, detail::ShareCount* count) noexcept : object_(object), count_(count) {}

  T* object_ = nullptr;
  detail::ShareCount* count_ = nullptr;
};

}  // namespace gyre
