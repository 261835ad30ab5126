#include <gyre/compat/callback_service.hpp>

#include <gyre/compat/internal/ask.hpp>

#include <memory>
#include <utility>

namespace gyre {

std::string_view ServiceAnswer::field(std::string_view name) const noexcept {
  for (const ServiceField& field : fields) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

AskHandle::AskHandle(Shared<compat::AskLink> link) noexcept : link_(std::move(link)) {}
AskHandle::AskHandle(const AskHandle& other) noexcept = default;
AskHandle::AskHandle(AskHandle&& other) noexcept = default;
AskHandle& AskHandle::operator=(AskHandle other) noexcept {
  std::swap(link_, other.link_);
  return *this;
}
AskHandle::~AskHandle() = default;

void AskHandle::cancel() const noexcept {
  if (link_) link_->cancel();
}

namespace compat {

ServiceCore::ServiceCore(Loop& owner, Service& answers, CallbackServiceOptions settings)
    : loop(owner),
      service(answers),
      options(std::move(settings)),
      values(answers.values_for(owner)),
      fields(options.limits.head.fields) {}

bool ServiceCore::enter() noexcept {
  if ((gate_.fetch_add(one, std::memory_order_acq_rel) & shut) == 0) return true;
  gate_.fetch_sub(one, std::memory_order_relaxed);
  return false;
}

void ServiceCore::leave() noexcept {
  gate_.fetch_sub(one, std::memory_order_acq_rel);
  look_whether_closed();
}

void ServiceCore::ask_to_stop() noexcept {
  Stop none = Stop::none;
  if (stop_.compare_exchange_strong(none, Stop::asked, std::memory_order_acq_rel)) loop.post(stop_step_);
}

void ServiceCore::stop_arrived(Work& work) noexcept {
  ServiceCore& core = *static_cast<Step&>(work).core;
  core.stop_settled_ = true;
  core.stopping.set();
  core.look_whether_closed();
}

// Shut only in the moment in which nobody is inside; a stop is either here or can never be posted any more.
bool ServiceCore::closed() noexcept {
  if (!gate_shut_) {
    std::uint64_t nobody = 0;
    gate_shut_ = gate_.compare_exchange_strong(nobody, shut, std::memory_order_acq_rel);
  }
  if (gate_shut_ && !stop_settled_) {
    Stop none = Stop::none;
    stop_settled_ = stop_.compare_exchange_strong(none, Stop::impossible, std::memory_order_acq_rel);
  }
  return gate_shut_ && stop_settled_;
}

void ServiceCore::look_whether_closed() noexcept {
  if (on_closed && closed()) loop.schedule(closed_step_);
}

void ServiceCore::go_on(Work& work) noexcept {
  gyre::detail::resume(std::exchange(static_cast<Step&>(work).core->on_closed, {}));
}

namespace {

/// Waits until the last request is gone. Not cancellable: what it waits for is being cancelled.
struct Closed {
  ServiceCore* core;
  explicit Closed(ServiceCore& owner) noexcept : core(&owner) {}
  bool await_ready() const noexcept { return core->closed(); }
  void await_suspend(std::coroutine_handle<> handle) const noexcept { core->on_closed = handle; }
  void await_resume() const noexcept {}
};

struct DrainTimer : Timer {
  explicit DrainTimer(ServiceCore& owner) noexcept : Timer(&DrainTimer::fire), core(&owner) {}
  static void fire(Timer& timer) noexcept {
    static_cast<DrainTimer&>(timer).core->context.cancel(CancelReason::shutdown);
  }
  ServiceCore* core;
};

}  // namespace
}  // namespace compat

CallbackService::CallbackService(Loop& loop, Service& service, CallbackServiceOptions options)
    : core_(make_box<compat::ServiceCore>(loop, service, std::move(options))) {}

CallbackService::~CallbackService() { GYRE_ASSERT(core_->closed()); }

Task<> CallbackService::serve() {
  compat::ServiceCore& core = *core_;
  bool cancelled = false;
  try {
    co_await core.stopping.wait();
  } catch (const Cancelled&) {
    cancelled = true;
  }
  core.draining = true;
  compat::DrainTimer timer{core};
  core.loop.arm(timer, time_after(core.loop.now(), core.options.drain));
  compat::Closed closed{core};
  co_await closed;
  if (cancelled) throw Cancelled{};
}

void CallbackService::stop() noexcept { core_->ask_to_stop(); }

AskHandle CallbackService::ask(ServiceRequest request, AskCallbacks callbacks) {
  auto ask = std::make_unique<compat::Ask>(*core_, std::move(request), std::move(callbacks));
  if (!core_->enter()) throw Failure{Errc::closed};
  AskHandle handle{ask->link()};
  core_->loop.post(ask.release()->arrival());
  return handle;
}

}  // namespace gyre
