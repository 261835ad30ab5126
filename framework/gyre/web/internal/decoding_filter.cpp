#include <gyre/web/internal/decoding_filter.hpp>

#include <span>

namespace gyre::internal {

DecodingFilter::DecodingFilter(const Request& request, Coding coding, std::uint32_t ratio)
    : request_(&request), decoder_(coding), room_(new char[room_size]), ratio_(ratio) {}

DecodingFilter::Piece DecodingFilter::fail(Error error) noexcept {
  state_ = State::failed;
  error_ = error;
  return {State::failed, {}, error};
}

bool DecodingFilter::too_much() const noexcept {
  return decoded_ > request_->body_limit() || (decoded_ > growth_free && decoded_ / ratio_ > coded_);
}

DecodingFilter::Piece DecodingFilter::pull() noexcept {
  if (state_ == State::failed) return {State::failed, {}, error_};
  for (;;) {
    if (input_.empty() && whole_) break;  // nothing can be left inside
    const Result<CodingStep> step = decoder_.step(input_, std::span{room_.get(), room_size});
    if (!step) return fail(step.error());
    input_.remove_prefix(step->used);
    coded_ += step->used;
    decoded_ += step->made;
    whole_ = step->done && input_.empty();
    if (too_much()) return fail(Errc::limit_exceeded);
    if (step->made != 0) return {State::ready, {room_.get(), step->made}};
    if (step->used == 0 && !input_.empty()) return fail(Errc::bad_message);
    if (input_.empty() && !whole_) break;
  }
  if (!ending_) return {State::waiting};
  return whole_ ? Piece{State::ended} : fail(Errc::bad_message);
}

}  // namespace gyre::internal
