#include <gyre/coro/scope.hpp>

namespace gyre {

struct Scope::Child : TaskObserver {
  Child(Scope& owner, Task<> body) noexcept : TaskObserver(&Scope::child_done), scope(&owner), task(std::move(body)) {}

  static void* operator new(std::size_t size) { return detail::frame_allocate(size); }
  static void operator delete(void* child, std::size_t size) noexcept { detail::frame_release(child, size); }

  Scope* scope;
  Task<> task;
  Child* next = nullptr;
};

Scope::Scope(Context& parent) noexcept : parent_(parent), context_(parent) {}

Scope::~Scope() { GYRE_ASSERT(size_ == 0 && !reaper_.scheduled); }

void Scope::spawn(Task<> task) {
  auto* child = new Child(*this, std::move(task));
  ++size_;
  child->task.start(context_, *child);
}

// Runs inside the child's last step, where its frame must not be destroyed: the reaper does that from the queue.
void Scope::child_done(TaskObserver& observer) noexcept {
  auto& child = static_cast<Child&>(observer);
  Scope& scope = *child.scope;
  child.next = scope.ended_;
  scope.ended_ = &child;
  if (const std::exception_ptr failure = child.task.failure(); failure && !scope.failure_) {
    if (detail::is_cancelled(failure)) {
      scope.cut_short_ = true;
    } else {
      scope.failure_ = failure;
      scope.cancel(CancelReason::sibling);
    }
  }
  if (!scope.reaper_.scheduled) {
    scope.reaper_.scheduled = true;
    scope.context_.executor().schedule(scope.reaper_);
  }
}

void Scope::reap(Work& work) noexcept {
  auto& reaper = static_cast<Reaper&>(work);
  Scope& scope = *reaper.scope;
  // The destructor of a child's parameter may spawn another child that ends at once: the loop finds that one too.
  while (Child* child = scope.ended_) {
    scope.ended_ = child->next;
    --scope.size_;
    delete child;
  }
  reaper.scheduled = false;
  if (scope.size_ == 0 && scope.joiner_) detail::resume_in(scope.parent_, std::exchange(scope.joiner_, {}));
}

void Scope::finish() {
  context_.set_owner(nullptr);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  if (cut_short_ && parent_.cancelled()) throw Cancelled{};
}

}  // namespace gyre
