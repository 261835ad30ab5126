#pragma once

#include <gyre/base/arena.hpp>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

/// An address of its own for each type. Not constant, so that no linker folds two of them.
template <class T>
inline char type_mark = 0;

}  // namespace detail

/// Values that belong to one request, one of a type: what a middleware found out, for those behind it. They lie in the
/// request's arena and are destroyed with the request, the last one first.
class Extensions {
 public:
  explicit Extensions(Arena& arena) noexcept : arena_(&arena) {}
  Extensions(const Extensions&) = delete;
  Extensions& operator=(const Extensions&) = delete;
  ~Extensions() { clear(); }

  /// Adds a value. One of the same type that is there already is not found any more, but stays until the request ends:
  /// somebody may look at it. Throws `std::bad_alloc`, and what moving the value throws.
  template <class T>
  std::remove_cvref_t<T>& set(T&& value) {
    using Value = std::remove_cvref_t<T>;
    static_assert(alignof(Holder<Value>) <= alignof(std::max_align_t), "gyre: the type is aligned too strictly");
    void* memory = arena_->allocate(sizeof(Holder<Value>), alignof(Holder<Value>));
    auto* holder = ::new (memory) Holder<Value>{{last_, &detail::type_mark<Value>, nullptr}, std::forward<T>(value)};
    if constexpr (!std::is_trivially_destructible_v<Value>) {
      holder->destroy = [](Entry& entry) noexcept { static_cast<Holder<Value>&>(entry).~Holder<Value>(); };
    }
    last_ = holder;
    return holder->value;
  }

  /// The value of that type that was set last, or nullptr.
  template <class T>
  T* find() const noexcept {
    for (Entry* entry = last_; entry != nullptr; entry = entry->before) {
      if (entry->type == &detail::type_mark<T>) return &static_cast<Holder<T>*>(entry)->value;
    }
    return nullptr;
  }

  // --- for the request ------------------------------------------------------------------------------------------
  void clear() noexcept {
    while (last_ != nullptr) {
      Entry* entry = std::exchange(last_, last_->before);
      if (entry->destroy != nullptr) entry->destroy(*entry);
    }
  }

 private:
  struct Entry {
    Entry* before;
    const void* type;
    void (*destroy)(Entry& entry) noexcept;
  };
  template <class T>
  struct Holder : Entry {
    T value;
  };

  Arena* arena_;
  Entry* last_ = nullptr;
};

}  // namespace gyre
