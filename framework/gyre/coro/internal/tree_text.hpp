#pragma once

#include <gyre/coro/context.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::detail {

/// A task as a `TaskTree` knows it.
struct TreeTask {
  const TaskNode* node;
  const TaskNode* parent;  ///< Who awaits it; null if nobody does, and maybe none of the tasks.
  TimePoint begun;
  std::uint64_t number;
};

/// The text of a tree of these tasks, which are in order of their beginnings.
std::string tree_text(const std::vector<TreeTask>& tasks, TimePoint now);

/// "app::fetch" from what a compiler calls a function: without types, parameters and template arguments.
std::string short_function_name(std::string_view name);

}  // namespace gyre::detail
