#include <gyre/http/body.hpp>

#include <gyre/http/request.hpp>

#include <utility>

namespace gyre {

Body::Body(Request& request) noexcept
    : request_(&request), collected_(request.body_source() == nullptr ? request.body() : std::string_view{}) {}

std::optional<std::uint64_t> Body::size() const noexcept {
  const detail::BodySource* source = request_->body_source();
  return source != nullptr && source->filtered() ? std::nullopt : request_->head().content_length();
}

Body::Read Body::read() noexcept { return Read{request_->body_source(), std::exchange(collected_, {})}; }

bool Body::Read::await_ready() noexcept {
  using State = detail::BodySource::State;
  if (source_ != nullptr) {
    piece_ = source_->take();
  } else {
    piece_ = {collected_.empty() ? State::ended : State::ready, collected_};
  }
  return piece_.state != State::waiting;
}

Result<std::string_view> Body::Read::await_resume() noexcept {
  using State = detail::BodySource::State;
  if (outcome() == Outcome::cancelled) return Errc::cancelled;
  if (piece_.state == State::waiting) piece_ = source_->take();
  switch (piece_.state) {
    case State::ready:
    case State::ended: return piece_.data;
    case State::failed: return piece_.error;
    case State::waiting: break;  // the waker promised otherwise
  }
  return Errc::unexpected;
}

}  // namespace gyre
