#pragma once

#include <gyre/base/assert.hpp>

#include <cstddef>

namespace gyre {

template <class T, class Tag>
class IntrusiveList;

/// A link that a listed object derives from, once per list it can be in (`Tag` tells them apart: the object's own type,
/// or the type that owns the list). Unlinks itself when
/// destroyed, so an object never leaves a dangling neighbour.
template <class Tag>
class ListHook {
 public:
  ListHook() noexcept = default;
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;
  ~ListHook() { unlink(); }

  bool linked() const noexcept { return next_ != nullptr; }

  /// Leaves its list, if it is in one.
  void unlink() noexcept {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class, class>
  friend class IntrusiveList;

  ListHook* next_ = nullptr;
  ListHook* previous_ = nullptr;
};

/// A doubly linked list of objects that derive from `ListHook<Tag>`. Owns nothing, allocates nothing. Not movable: the
/// first and last hook point at it. Objects still listed when it dies are unlinked.
template <class T, class Tag = T>
class IntrusiveList {
  using Hook = ListHook<Tag>;

 public:
  IntrusiveList() noexcept { head_.next_ = head_.previous_ = &head_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!empty()) pop_front();
    head_.next_ = head_.previous_ = nullptr;
  }

  bool empty() const noexcept { return head_.next_ == &head_; }
  /// Only when not empty.
  T& front() noexcept { return object(*head_.next_); }
  T& back() noexcept { return object(*head_.previous_); }

  void push_back(T& object) noexcept { insert(*head_.previous_, object); }
  void push_front(T& object) noexcept { insert(head_, object); }

  /// Removes and returns the first object. Only when not empty.
  T& pop_front() noexcept {
    T& first = object(*head_.next_);
    static_cast<Hook&>(first).unlink();
    return first;
  }

  /// Moves every object of `other` to the end of this list, in order.
  void splice_back(IntrusiveList& other) noexcept {
    if (other.empty()) return;
    Hook* first = other.head_.next_;
    Hook* last = other.head_.previous_;
    other.head_.next_ = other.head_.previous_ = &other.head_;
    first->previous_ = head_.previous_;
    head_.previous_->next_ = first;
    last->next_ = &head_;
    head_.previous_ = last;
  }

  /// The first object for which `test(T&)` is true, or nullptr.
  template <class Test>
  T* find(Test&& test) {
    for (Hook* hook = head_.next_; hook != &head_; hook = hook->next_) {
      if (test(object(*hook))) return &object(*hook);
    }
    return nullptr;
  }

  /// Calls `visit(T&)` for each object. The visited object may unlink itself; no other may.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (Hook* hook = head_.next_; hook != &head_;) {
      Hook* next = hook->next_;
      visit(object(*hook));
      hook = next;
    }
  }

 private:
  static T& object(Hook& hook) noexcept { return static_cast<T&>(hook); }

  static void insert(Hook& after, T& object) noexcept {
    Hook& hook = object;
    GYRE_ASSERT(!hook.linked());
    hook.previous_ = &after;
    hook.next_ = after.next_;
    after.next_->previous_ = &hook;
    after.next_ = &hook;
  }

  Hook head_;
};

}  // namespace gyre
