#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace gyre {

class Executor;

namespace detail {
class TaskNode;
}

/// Shows what the tasks of one executor wait for:
///
///     TaskTree tree{loop};
///     ...
///     puts(tree.text().c_str());
///
///     context GET /users/{id}
///     - show_user at users.cpp:31, age 1.250s, 28.750s left
///       - gyre::detail::run_limited at limit.hpp:93, age 1.250s, 28.750s left
///         context
///         - query at database.cpp:12, age 1.250s, 0.750s left
///
/// Sees the tasks that start while it lives. Each stands below the task that awaits it, and else below its context. A
/// context has its name and, if it is cancelled, the reason. A task has the function and the line where it last began
/// to wait, the time since its start, and the time until the deadline of its context. An awaiter that does not say
/// where it waits leaves the line of the one before.
///
/// Costs an allocation per task while it lives. When none does, a task costs two branches more. One per executor at a
/// time. Belongs to the executor's thread; dies before the executor.
class TaskTree {
 public:
  explicit TaskTree(Executor& executor);
  TaskTree(const TaskTree&) = delete;
  TaskTree& operator=(const TaskTree&) = delete;
  ~TaskTree();

  /// Tasks that it has seen start and that have not ended.
  std::size_t size() const noexcept;
  /// The tree, a line each, in the order in which the tasks began; empty without tasks. At most 10,000 lines.
  std::string text() const;

 private:
  friend class detail::TaskNode;
  struct State;

  Executor* executor_;
  std::unique_ptr<State> state_;
};

}  // namespace gyre
