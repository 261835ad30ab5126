#include <gyre/http/body.hpp>

#include <gyre/http/request.hpp>

namespace gyre {

std::optional<std::uint64_t> Body::size() const noexcept {
  const detail::BodySource* source = request_->body_source();
  return source != nullptr && source->filtered() ? std::nullopt : request_->head().content_length();
}

Body::Read Body::read() noexcept { return Read{request_->body_source()}; }

bool Body::Read::await_ready() noexcept {
  piece_ = source_ == nullptr ? detail::BodySource::Piece{detail::BodySource::State::ended} : source_->take();
  return piece_.state != detail::BodySource::State::waiting;
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
