#include <gyre/coro/internal/tree_text.hpp>

#include <algorithm>
#include <cstdio>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace gyre::detail {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);
constexpr std::size_t lines_max = 10'000;
constexpr std::size_t depth_max = 40;  // deeper lines are not indented further

/// A line of the text: a task, or a context.
struct Line {
  const TreeTask* task = nullptr;
  const Context* context = nullptr;
  std::size_t parent = none;
  std::size_t first_child = none;
  std::size_t last_child = none;
  std::size_t next = none;  ///< The next child of the same parent.
  bool printed = false;
};

/// Puts tasks and their contexts below each other, then writes them down.
class TreeWriter {
 public:
  TreeWriter(const std::vector<TreeTask>& tasks, TimePoint now) : now_(now) {
    for (const TreeTask& task : tasks) tasks_.emplace(task.node, &task);
    for (const TreeTask& task : tasks) place(task);
  }

  std::string text() {
    for (std::size_t index = 0; index < lines_.size(); ++index) {
      if (lines_[index].parent == none) write(index);
    }
    // What is left is below itself: a task that joins a scope in which it runs.
    for (std::size_t index = 0; index < lines_.size(); ++index) {
      if (lines_[index].printed) continue;
      text_ += "waits for itself:\n";
      write(index);
    }
    if (left_out_ > 0) text_ += "and " + std::to_string(left_out_) + " more\n";
    return std::move(text_);
  }

 private:
  // Climbs until it meets a line that is there already.
  void place(const TreeTask& task) {
    auto [index, is_new] = line_of(task.node);
    if (is_new) lines_[index].task = &task;
    while (is_new) {
      const std::size_t child = index;
      const Line& line = lines_[child];
      const TaskNode* above_task = nullptr;
      const Context* above_context = nullptr;
      if (line.task != nullptr) {
        above_task = line.task->parent;
        above_context = &line.task->node->context();
      } else {
        above_task = line.context->owner();
        above_context = line.context->parent();
      }
      if (const auto found = tasks_.find(above_task); found != tasks_.end()) {
        std::tie(index, is_new) = line_of(above_task);
        if (is_new) lines_[index].task = found->second;
      } else if (above_context != nullptr) {
        std::tie(index, is_new) = line_of(above_context);
        if (is_new) lines_[index].context = above_context;
      } else {
        return;
      }
      adopt(index, child);
    }
  }

  std::pair<std::size_t, bool> line_of(const void* what) {
    const auto [found, is_new] = indices_.emplace(what, lines_.size());
    if (is_new) lines_.emplace_back();
    return {found->second, is_new};
  }

  void adopt(std::size_t parent, std::size_t child) {
    lines_[child].parent = parent;
    Line& line = lines_[parent];
    (line.last_child == none ? line.first_child : lines_[line.last_child].next) = child;
    line.last_child = child;
  }

  // No recursion: chains of awaits can be long.
  void write(std::size_t root) {
    std::size_t index = root;
    std::size_t depth = 0;
    while (true) {
      write_line(lines_[index], depth);
      if (const std::size_t child = unprinted(lines_[index].first_child); child != none) {
        depth += lines_[index].task != nullptr ? 1 : 0;
        index = child;
        continue;
      }
      while (index != root && unprinted(lines_[index].next) == none) {
        index = lines_[index].parent;
        depth -= lines_[index].task != nullptr ? 1 : 0;
      }
      if (index == root) return;
      index = unprinted(lines_[index].next);
    }
  }

  std::size_t unprinted(std::size_t index) const {
    while (index != none && lines_[index].printed) index = lines_[index].next;
    return index;
  }

  void write_line(Line& line, std::size_t depth) {
    line.printed = true;
    if (written_ == lines_max) {
      ++left_out_;
      return;
    }
    ++written_;
    text_.append(2 * std::min(depth, depth_max), ' ');
    if (line.task != nullptr) {
      write_task(*line.task);
    } else {
      write_context(*line.context);
    }
    text_ += '\n';
  }

  void write_task(const TreeTask& task) {
    const std::source_location& where = task.node->await_site();
    if (where.line() == 0) {
      text_ += "- a task that has not waited yet";
    } else {
      const std::string_view file = where.file_name();
      text_ += "- " + short_function_name(where.function_name()) + " at ";
      text_.append(file.substr(file.rfind('/') + 1)).append(":").append(std::to_string(where.line()));
    }
    text_ += ", age ";
    write_seconds(now_ - task.begun);
    const TimePoint deadline = task.node->context().deadline();
    if (deadline == time_never) return;
    text_ += ", ";
    write_seconds(deadline > now_ ? deadline - now_ : Duration::zero());
    text_ += " left";
  }

  void write_context(const Context& context) {
    text_ += "context";
    const char* label = context.label();
    if (label != nullptr && *label != '\0' && (context.parent() == nullptr || context.parent()->label() != label)) {
      text_.append(" ").append(label);
    }
    if (context.cancelled()) text_.append(", cancelled: ").append(name(context.reason()));
  }

  void write_seconds(Duration length) {
    char digits[32];
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    std::snprintf(digits, sizeof digits, "%lld.%03llds", static_cast<long long>(milliseconds / 1000),
                  static_cast<long long>(milliseconds % 1000));
    text_ += digits;
  }

  TimePoint now_;
  std::unordered_map<const TaskNode*, const TreeTask*> tasks_;
  std::unordered_map<const void*, std::size_t> indices_;
  std::vector<Line> lines_;
  std::string text_;
  std::size_t written_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace

std::string tree_text(const std::vector<TreeTask>& tasks, TimePoint now) { return TreeWriter{tasks, now}.text(); }

}  // namespace gyre::detail
