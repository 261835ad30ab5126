#pragma once

#include <concepts>
#include <coroutine>
#include <source_location>

namespace gyre {

class Context;

namespace detail {

/// What is known of every task while it runs: the context that it runs in, and where it awaited last. The part of a
/// promise that a `TaskTree` reads.
class TaskNode {
 public:
  TaskNode() noexcept = default;
  TaskNode(const TaskNode&) = delete;
  TaskNode& operator=(const TaskNode&) = delete;

  Context& context() const noexcept { return *context_; }
  bool started() const noexcept { return context_ != nullptr; }

  /// Empty before the first await that had to wait.
  const std::source_location& await_site() const noexcept { return await_site_; }
  void set_await_site(const std::source_location& where) noexcept { await_site_ = where; }

 protected:
  ~TaskNode() = default;

  /// The task begins. `parent` awaits it; null if it was started in other ways.
  void enter(Context& context, const TaskNode* parent) noexcept;
  /// It has ended, or a generator has brought its value.
  void leave() noexcept {
    if (listed_) [[unlikely]]
      leave_tree();
  }

 private:
  void enter_tree(const TaskNode* parent) noexcept;
  void leave_tree() noexcept;

  Context* context_ = nullptr;
  std::source_location await_site_;
  bool listed_ = false;  ///< In a `TaskTree`.
};

/// The task that awaits, or null in a foreign coroutine.
template <class Promise>
TaskNode* node_of(std::coroutine_handle<Promise> handle) noexcept {
  if constexpr (std::derived_from<Promise, TaskNode>) {
    return &handle.promise();
  } else {
    return nullptr;
  }
}

/// Writes down where a task waits.
template <class Promise>
void note_site(std::coroutine_handle<Promise> handle, const std::source_location& where) noexcept {
  if constexpr (std::derived_from<Promise, TaskNode>) handle.promise().set_await_site(where);
}

}  // namespace detail
}  // namespace gyre
