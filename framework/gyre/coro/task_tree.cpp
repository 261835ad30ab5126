#include <gyre/coro/task_tree.hpp>

#include <gyre/coro/context.hpp>
#include <gyre/coro/internal/tree_text.hpp>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gyre {

struct TaskTree::State {
  struct Entry {
    const detail::TaskNode* parent;
    TimePoint begun;
    std::uint64_t number;  ///< In the order of their beginnings.
  };
  std::unordered_map<const detail::TaskNode*, Entry> tasks;
  std::uint64_t count = 0;
};

TaskTree::TaskTree(Executor& executor) : executor_(&executor), state_(std::make_unique<State>()) {
  GYRE_ASSERT(executor.task_tree() == nullptr);
  executor.set_task_tree(this);
}

TaskTree::~TaskTree() { executor_->set_task_tree(nullptr); }

std::size_t TaskTree::size() const noexcept { return state_->tasks.size(); }

std::string TaskTree::text() const {
  std::vector<detail::TreeTask> tasks;
  tasks.reserve(size());
  for (const auto& [node, entry] : state_->tasks) tasks.push_back({node, entry.parent, entry.begun, entry.number});
  std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return detail::tree_text(tasks, executor_->now());
}

// A task that there is no memory to note is not shown.
void detail::TaskNode::enter_tree(const TaskNode* parent) noexcept {
  TaskTree& tree = *context_->executor().task_tree();
  try {
    tree.state_->tasks.insert_or_assign(
        this, TaskTree::State::Entry{parent, context_->executor().now(), tree.state_->count++});
    listed_ = true;
  } catch (...) {
  }
}

// The tree that it was noted in may be gone, and another one in its place.
void detail::TaskNode::leave_tree() noexcept {
  listed_ = false;
  if (TaskTree* tree = context_->executor().task_tree()) tree->state_->tasks.erase(this);
}

}  // namespace gyre
