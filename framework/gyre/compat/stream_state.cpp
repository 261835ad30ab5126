#include <gyre/compat/internal/stream_state.hpp>

#include <gyre/base/error.hpp>
#include <gyre/compat/detail/reply_state.hpp>
#include <gyre/http/body_writer.hpp>

#include <algorithm>
#include <stdexcept>

namespace gyre::internal {

using Lock = std::unique_lock<std::mutex>;

namespace {

/// The stream whose writer is being told, on this thread, that there is room or that nobody reads any more.
thread_local const void* telling = nullptr;

/// A writer that asks for room again inside that call, where nobody reads any more, is not called: it would ask for
/// ever, deeper and deeper.
void call_writer(const void* stream, const Callback<void()>& callback) {
  if (telling == stream) return;
  struct Scope {
    const void* outer;
    ~Scope() { telling = outer; }
  };
  const Scope scope{std::exchange(telling, stream)};
  callback();
}

}  // namespace

StreamState::StreamState(const detail::ReplyState& reply, const ReplyStreamOptions& options) noexcept
    : Work(&StreamState::arrived),
      executor_(&reply.executor()),
      loop_thread_(reply.loop_thread()),
      ledger_(reply.ledger()),
      request_(&reply.request()),
      name_(reply.name()),
      queue_max_(std::max<std::size_t>(options.queue_max, 1)) {}

// --- on any thread ---------------------------------------------------------------------------------------------------

bool StreamState::offer(std::string_view piece) {
  Lock lock{mutex_};
  const bool fits = pending() == 0 || (pending() < queue_max_ && piece.size() <= queue_max_ - pending());
  if (!open() || !fits) return false;
  queue_.append(piece);
  wake(std::move(lock));
  return true;
}

bool StreamState::write(std::string_view piece) {
  if (!alive()) return false;  // the loop's thread may be gone, and another one look like it
  if (detail::this_thread_mark() == loop_thread_) {
    throw std::logic_error{"gyre: ReplyStream::write on the loop's thread would wait for itself; use offer"};
  }
  while (!piece.empty()) {
    Lock lock{mutex_};
    room_.wait(lock, [this] { return !open() || has_room(); });
    if (!open()) return false;
    const std::string_view part = piece.substr(0, queue_max_ - pending());
    queue_.append(part);
    piece.remove_prefix(part.size());
    wake(std::move(lock));
  }
  return alive();
}

void StreamState::on_writable(Callback<void()> callback) {
  Lock lock{mutex_};
  if (gone_) {
    lock.unlock();
    return call_writer(this, callback);
  }
  std::swap(on_writable_, callback);  // the one before dies without the lock
  wake(std::move(lock));
}

void StreamState::add_trailer(std::string_view name, std::string_view value) {
  const Lock lock{mutex_};
  if (open()) trailers_.emplace_back(name, value);
}

void StreamState::end(std::exception_ptr failure) noexcept {
  Lock lock{mutex_};
  if (!open()) return;
  end_ = failure ? End::failed : End::whole;
  failure_ = std::move(failure);
  room_.notify_all();  // for those who wait to write more
  wake(std::move(lock));
}

bool StreamState::alive() noexcept {
  const Lock lock{mutex_};
  return open();
}

void StreamState::on_cancel(Callback<void(CancelReason)> callback) {
  Lock lock{mutex_};
  if (gone_ && reason_ != CancelReason::none) {
    lock.unlock();
    return callback(reason_);
  }
  if (open()) on_cancel_.push_back(std::move(callback));
}

void StreamState::drop_handle() noexcept {
  if (handles_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  {
    Lock lock{mutex_};
    if (open()) {
      end_ = End::let_go;
      ledger_->note(CallbackMisuse::Kind::unfinished, {}, {});
      wake(std::move(lock));
    }
  }
  release();
}

// Whoever takes `parked_` away posts, and the sender waits for that; the caller's handle keeps the state.
void StreamState::wake(Lock lock) noexcept {
  if (!parked_ || !news()) return;
  parked_ = false;
  lock.unlock();
  detail::run_later(*executor_, loop_thread_, *this);
}

// --- the sender ------------------------------------------------------------------------------------------------------

bool StreamState::Arrival::park(std::coroutine_handle<> handle, Context& context) noexcept {
  const Lock lock{state_->mutex_};
  if (context.cancelled() || !state_->queue_.empty() || state_->end_ != End::none) return false;
  state_->handle_ = handle;
  state_->context_ = &context;
  if (state_->news()) {
    state_->executor_->schedule(*state_);  // a callback that asks again and again for room lets others run
    return true;
  }
  state_->parked_ = true;
  context.add_hook(*this);
  return true;
}

void StreamState::Arrival::on_cancel(CancelHook& hook) noexcept {
  StreamState& state = *static_cast<Arrival&>(hook).state_;
  const Lock lock{state.mutex_};
  if (!std::exchange(state.parked_, false)) return;  // a post is on its way
  state.executor_->schedule(state);
}

void StreamState::arrived(Work& work) noexcept {
  const auto& self = static_cast<StreamState&>(work);
  detail::resume_in(*self.context_, self.handle_);
}

void StreamState::tell_writable() noexcept {
  Callback<void()> callback;
  {
    const Lock lock{mutex_};
    if (on_writable_ && (has_room() || gone_)) callback = std::exchange(on_writable_, {});
  }
  room_.notify_all();
  if (!callback) return;
  try {
    call_writer(this, callback);
  } catch (...) {
    end(std::current_exception());
  }
}

Task<> StreamState::send_until_end(StreamState* self, BodyWriter* out) {
  std::string piece;
  for (;;) {
    self->tell_writable();
    End end = End::none;
    {
      const Lock lock{self->mutex_};
      piece.clear();
      std::swap(piece, self->queue_);
      self->sending_ = piece.size();
      end = self->end_;
    }
    if (!piece.empty()) {
      co_await out->write(piece);
      const Lock lock{self->mutex_};
      self->sending_ = 0;
    } else if (end == End::none) {
      Context& context = co_await this_context();
      if (context.cancelled()) throw Cancelled{};
      Arrival arrival{*self};
      co_await arrival;
    } else {
      break;
    }
  }
  if (self->end_ == End::failed) std::rethrow_exception(self->failure_);
  if (self->end_ == End::let_go) co_return out->sink().break_off();
  for (const auto& [name, value] : self->trailers_) out->add_trailer(name, value);
}

Task<> StreamState::send_all(StreamState* self, BodyWriter* out) {
  Context& context = co_await this_context();
  try {
    Task<> sent = send_until_end(self, out);
    co_await std::move(sent);
    self->give_up(CancelReason::none);
  } catch (const Cancelled&) {
    self->give_up(context.cancelled() ? context.reason() : CancelReason::client_gone);
    self->tell();
    throw;
  } catch (...) {
    self->give_up(CancelReason::none);
    self->tell();
    throw;
  }
  self->tell();
}

void StreamState::give_up(CancelReason reason) noexcept {
  std::vector<Callback<void(CancelReason)>> callbacks;
  {
    const Lock lock{mutex_};
    if (gone_) return;
    gone_ = true;
    if (end_ == End::none) reason_ = reason;
    callbacks.swap(on_cancel_);
  }
  room_.notify_all();  // first: a callback may wait for a thread that is inside `write`
  if (reason_ != CancelReason::none) {
    for (const auto& callback : callbacks) callback(reason_);
  }
  tell_writable();
}

void StreamState::leave() noexcept {
  give_up(CancelReason::requested);
  release();
}

}  // namespace gyre::internal
