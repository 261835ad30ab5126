#include <gyre/loop/loop.hpp>

#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/internal/clock.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/signals.hpp>

#include <thread>

namespace gyre {

std::string_view name(Backend backend) noexcept {
  switch (backend) {
    case Backend::automatic: return "auto";
    case Backend::uring: return "uring";
    case Backend::epoll: return "epoll";
    case Backend::sim: return "sim";
  }
  return "unknown";
}

Deadlock::Deadlock(const std::string& tasks)
    : std::runtime_error("gyre: deadlock: every task waits and nothing is left to happen" +
                         (tasks.empty() ? "" : "\n" + tasks)) {}

Loop::Loop(Duration tick) noexcept : Executor(Kind::loop), timers_(tick), shielded_(std::in_place, *this) {}

Loop::~Loop() { GYRE_ASSERT(armed_ == 0 && ready_.empty()); }

Loop& Loop::of(Context& context) noexcept {
  GYRE_ASSERT(context.executor().is_loop());
  return static_cast<Loop&>(context.executor());
}

Duration Loop::wall_time() const noexcept { return detail::realtime(); }

// A stack that many push to and one takes whole: whoever finds it empty wakes the loop.
void Loop::post(Work& work) noexcept {
  posting_.fetch_add(1, std::memory_order_relaxed);
  Work* head = posted_.load(std::memory_order_relaxed);
  do {
    work.next = head;
  } while (!posted_.compare_exchange_weak(head, &work, std::memory_order_release, std::memory_order_relaxed));
  if (head == nullptr) wake();
  posting_.fetch_sub(1, std::memory_order_release);
}

// The work may have run, and ended the loop, while the thread that posted it is still on its way to wake it.
void Loop::await_posts() const noexcept {
  while (posting_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
}

void Loop::take_posted() noexcept {
  if (posted_.load(std::memory_order_relaxed) == nullptr) return;
  Work* stack = posted_.exchange(nullptr, std::memory_order_acquire);
  Work* in_order = nullptr;
  while (stack != nullptr) {
    Work* next = stack->next;
    stack->next = in_order;
    in_order = stack;
    stack = next;
  }
  while (in_order != nullptr) {
    Work& work = *in_order;
    in_order = work.next;
    ready_.push(work);
  }
}

std::uint64_t Loop::random() noexcept {
  if (random_state_ == 0) random_state_ = seed();
  // splitmix64: one state word, passes the usual tests, and a seed means the same everywhere.
  random_state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t mixed = random_state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

OffloadPool& Loop::offload_pool() {
  if (!offload_pool_) {
    OffloadOptions options;
    if (backend() == Backend::sim) options.threads_max = 0;
    offload_pool_ = Shared<OffloadPool>::make(options);
  }
  return *offload_pool_;
}

void Loop::raise(int signal) noexcept {
  signals_.for_each([signal](Signals& signals) { signals.deliver(signal); });
}

void Loop::submit(Operation& operation) noexcept {
  GYRE_ASSERT(!operation.armed_);
  operation.armed_ = true;
  operation.cancel_asked_ = false;
  operation.parked_ = false;
  ++armed_;
  start(operation);
}

void Loop::cancel(Operation& operation) noexcept {
  if (!operation.armed_ || operation.cancel_asked_) return;
  operation.cancel_asked_ = true;
  stop(operation);
}

void Loop::complete(Operation& operation, const Completion& completion) noexcept {
  if (!completion.more) {
    operation.armed_ = false;
    --armed_;
  }
  operation.handler_(operation, completion);
}

void Loop::run_ready() noexcept {
  for (unsigned count = 0; count < work_per_turn && !ready_.empty(); ++count) {
    Work& work = ready_.pop();
    work.run(work);
  }
}

void Loop::flush() noexcept {
  IntrusiveList<FlushHook> batch;
  batch.splice_back(flush_);
  while (!batch.empty()) {
    FlushHook& hook = batch.pop_front();
    hook.flush_(hook);
  }
}

bool Loop::turn(TimePoint until) noexcept {
  if (!wait(busy() ? TimePoint::min() : until)) return false;
  turn_began_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
  backlog_ = !dispatch();
  take_posted();
  run_ready();
  timers_.advance(now_, timers_per_turn);
  flush();
  turn_began_.store(not_in_a_turn, std::memory_order_relaxed);
  return true;
}

// Hands over what is queued and reads the clock, which may be as old as the end of the last run.
void Loop::refresh() noexcept { (void)wait(TimePoint::min()); }

void Loop::run_until(const bool& done, Context& root) {
  unsigned stuck = 0;
  std::string tasks;
  while (!done) {
    if (turn()) continue;
    if (stuck == 0 && task_tree() != nullptr) tasks = task_tree()->text();
    break_deadlock(stuck++, root);
  }
  // What the task asked for last (closing a descriptor) still has to reach the kernel.
  flush();
  refresh();
  if (stuck != 0) throw Deadlock{tasks};
}

// First the task is cancelled. What it shields waits on, and only if nothing at all can happen then that is, too.
void Loop::break_deadlock(unsigned times, Context& root) {
  if (times == 0) return root.cancel(CancelReason::requested);
  if (times == 1) {
    shielded_->cancel(CancelReason::requested);
    shielded_.emplace(*this);
    return;
  }
  detail::assert_failed("deadlock: a task was cancelled and waits for something that can never happen", __FILE__,
                        __LINE__);
}

}  // namespace gyre
