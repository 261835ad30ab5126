#include <gyre/compat/internal/stream_state.hpp>
#include <gyre/compat/reply.hpp>

namespace gyre {
namespace {

/// The sender's share of a stream, in the callback that a response keeps.
class Sender {
 public:
  explicit Sender(internal::StreamState& state) noexcept : state_(&state) {}
  Sender(Sender&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Sender& operator=(Sender&&) = delete;
  ~Sender() {
    if (state_ != nullptr) state_->leave();
  }
  Task<> operator()(BodyWriter& out) { return state_->send(out); }

 private:
  internal::StreamState* state_;
};

}  // namespace

ReplyStream Reply::stream(Response head, ReplyStreamOptions options, std::source_location where) const {
  if (state_ == nullptr) return {};
  auto* const stream = new internal::StreamState(*state_, options);
  Sender sender{*stream};
  ReplyStream handle{*stream};
  stream->drop_handle();  // the one that it was made with
  head.set_stream(std::move(sender), options.length);
  state_->answer(std::move(head), *stream, where);  // where that is too late the head dies, and with it the sender
  return handle;
}

ReplyStream::ReplyStream(internal::StreamState& state) noexcept : state_(&state) { state.add_handle(); }
ReplyStream::ReplyStream(const ReplyStream& other) noexcept : state_(other.state_) {
  if (state_ != nullptr) state_->add_handle();
}
ReplyStream::~ReplyStream() {
  if (state_ != nullptr) state_->drop_handle();
}

bool ReplyStream::offer(std::string_view piece) const { return state_ != nullptr && state_->offer(piece); }
void ReplyStream::on_writable(Callback<void()> callback) const {
  if (state_ != nullptr && callback) state_->on_writable(std::move(callback));
}
bool ReplyStream::write(std::string_view piece) const { return state_ != nullptr && state_->write(piece); }
void ReplyStream::add_trailer(std::string_view name, std::string_view value) const {
  if (state_ != nullptr) state_->add_trailer(name, value);
}
void ReplyStream::end() const noexcept {
  if (state_ != nullptr) state_->end();
}
void ReplyStream::fail(std::exception_ptr failure) const noexcept {
  if (state_ != nullptr) state_->end(failure ? std::move(failure) : std::make_exception_ptr(Cancelled{}));
}
bool ReplyStream::alive() const noexcept { return state_ != nullptr && state_->alive(); }
void ReplyStream::on_cancel(Callback<void(CancelReason)> callback) const {
  if (state_ != nullptr && callback) state_->on_cancel(std::move(callback));
}

}  // namespace gyre
