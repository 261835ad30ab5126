#pragma once

#include <gyre/compat/detail/reply_state.hpp>
#include <gyre/compat/reply_stream.hpp>

#include <exception>
#include <source_location>
#include <utility>

namespace gyre {

/// The answer that a callback handler owes, to be given once, from any thread, whenever it is there:
///
///     app.get("/rows/{id}", gyre::callback_handler([&](const gyre::Request& request, gyre::Reply reply) {
///       database.find(request.parameter(0), [reply](Row row) { reply(row.text()); });
///     }));
///
/// Copies are the same reply, so it fits into a `std::function`. The first call of any copy counts; later ones do
/// nothing but count (`CallbackCounts`). If the last copy dies and none has been called, the client gets 500 at once.
/// When the request is cancelled, because its client has left, its time is over or the server stops, the reply stays
/// valid and its calls do nothing. Calls from different threads at once are fine, on different copies or on one.
///
/// Text that a `Response` borrows must live until the answer is out: from another thread give it a `std::string`.
class Reply {
 public:
  /// No reply: calls do nothing. So is what has been moved from.
  Reply() noexcept = default;
  Reply(const Reply& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) state_->add_handle();
  }
  Reply(Reply&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Reply& operator=(Reply other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Reply() {
    if (state_ != nullptr) state_->drop_handle();
  }

  /// Answers. `where` is what the report of a second call names.
  void operator()(Response response, std::source_location where = std::source_location::current()) const noexcept {
    if (state_ != nullptr) state_->answer(std::move(response), where);
  }

  /// Answers as if the handler had thrown that: an `HttpError` with its status, what `Router::on_failure` takes with
  /// its answer, all else with 500. nullptr is a 500.
  void fail(std::exception_ptr failure, std::source_location where = std::source_location::current()) const noexcept;

  /// Answers with a body that is pushed, from any thread, while it is sent: `head` is all but the body. If it is too
  /// late to answer, nobody reads the stream.
  ReplyStream stream(Response head, ReplyStreamOptions options = {},
                     std::source_location where = std::source_location::current()) const;

  /// Whether an answer is still wanted: nobody has answered, and the request is not cancelled. By the time that it is
  /// looked at that may have changed.
  bool alive() const noexcept { return state_ != nullptr && state_->open(); }

  /// Has `callback` called when the request is cancelled before it is answered: once, on the loop's thread, not inside
  /// the handler's call. Never after an answer. For a request that was cancelled, and whose handler has been left, it
  /// is called here and now, on this thread. May be used several times; they are called in that order. What a callback
  /// throws is told to `Router::on_error`.
  void on_cancel(Callback<void(CancelReason)> callback) const {
    if (state_ != nullptr) state_->on_cancel(std::move(callback));
  }

  // --- for adapters -----------------------------------------------------------------------------------------------
  /// Another handle of a state that has one.
  explicit Reply(detail::ReplyState& state) noexcept : state_(&state) { state.add_handle(); }
  detail::ReplyState* state() const noexcept { return state_; }

 private:
  detail::ReplyState* state_ = nullptr;
};

}  // namespace gyre
