#pragma once

#include <gyre/base/time.hpp>

#include <atomic>

namespace gyre {

class TaskTree;

/// A piece of work for an executor: an intrusive node that lives in whoever waits for it (an awaiter, a slot). It must
/// stay where it is from `schedule` or `post` until it runs.
struct Work {
  void (*run)(Work& self) noexcept;
  Work* next = nullptr;

  explicit Work(void (*function)(Work&) noexcept) noexcept : run(function) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
};

/// What tasks run on: the loop of a thread, or the small one inside `sync_wait`. Tasks never leave the thread of their
/// executor.
class Executor {
 public:
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// The time at the start of this turn (real loops) or the virtual time (simulation).
  virtual TimePoint now() const noexcept = 0;

  /// Runs `work` later in this turn or in the next one, in order, never inside this call. Only on the executor's
  /// thread.
  virtual void schedule(Work& work) noexcept = 0;

  /// As `schedule`, from any thread. Wakes the executor if it waits.
  virtual void post(Work& work) noexcept = 0;

  /// True for a `Loop`: it has timers and I/O. The executor of `sync_wait` has neither.
  bool is_loop() const noexcept { return kind_ == Kind::loop; }

  /// The register of its tasks, if it is switched on. Only on the executor's thread.
  TaskTree* task_tree() const noexcept { return task_tree_; }
  /// For `TaskTree`.
  void set_task_tree(TaskTree* tree) noexcept { task_tree_ = tree; }

  /// The name of what runs now (see `Context::label`), null between two pieces of work. From any thread.
  const char* running() const noexcept { return running_.load(std::memory_order_relaxed); }
  void set_running(const char* label) noexcept { running_.store(label, std::memory_order_relaxed); }

 protected:
  enum class Kind : unsigned char { blocking, loop };
  explicit Executor(Kind kind) noexcept : kind_(kind) {}
  ~Executor() = default;

 private:
  Kind kind_;
  TaskTree* task_tree_ = nullptr;
  std::atomic<const char*> running_{nullptr};
};

/// For as long as it lives, `label` is what the executor runs; then it is again what it was.
class RunningLabel {
 public:
  RunningLabel(Executor& executor, const char* label) noexcept : executor_(&executor), before_(executor.running()) {
    executor.set_running(label);
  }
  RunningLabel(const RunningLabel&) = delete;
  RunningLabel& operator=(const RunningLabel&) = delete;
  ~RunningLabel() { executor_->set_running(before_); }

 private:
  Executor* executor_;
  const char* before_;
};

/// A first-in, first-out queue of `Work`. Not thread-safe.
class WorkQueue {
 public:
  bool empty() const noexcept { return head_ == nullptr; }

  void push(Work& work) noexcept {
    work.next = nullptr;
    *tail_ = &work;
    tail_ = &work.next;
  }

  /// The first piece; only when not empty.
  Work& pop() noexcept {
    Work& work = *head_;
    head_ = work.next;
    if (head_ == nullptr) tail_ = &head_;
    return work;
  }

  WorkQueue() = default;
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

 private:
  Work* head_ = nullptr;
  Work** tail_ = &head_;
};

}  // namespace gyre
