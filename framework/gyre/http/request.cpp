#include <gyre/http/request.hpp>

#include <gyre/http/response.hpp>
#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>

namespace gyre {

std::optional<std::string_view> Request::query(std::string_view key) const {
  const std::optional<std::string_view> raw = wire::query_value(query(), key);
  if (!raw || raw->find_first_of("%+") == std::string_view::npos) return raw;
  auto* text = static_cast<char*>(arena_->allocate(raw->size(), 1));
  const Result<std::string_view> decoded = wire::decode_query_component(*raw, {text, raw->size()});
  return decoded ? std::optional{*decoded} : std::nullopt;
}

bool Request::limit_body(std::uint64_t most) noexcept {
  body_limit_ = std::min(body_limit_, most);
  if (body_source_ == nullptr) return body_.size() <= body_limit_;
  body_source_->limit(body_limit_);
  return head_->content_length().value_or(0) <= body_limit_;
}

std::optional<std::string_view> Request::trailer(std::string_view name) const noexcept {
  return wire::find_field_line(trailers_, name);
}

bool Request::inform(const Response& interim) {
  const Status status = interim.status();
  const bool fits = is_informational(status) && status != Status::continue_ && status != Status::switching_protocols;
  return fits && control_ != nullptr && control_->inform(status, interim.fields());
}

void Request::limit_deadline(Duration length, Status status) noexcept {
  if (control_ != nullptr) control_->limit_deadline(time_after(context().executor().now(), length), status);
}

Status Request::deadline_status() const noexcept {
  return control_ != nullptr ? control_->deadline_status() : Status::service_unavailable;
}

std::optional<TlsInfo> Request::tls() const { return peer_ == nullptr ? std::nullopt : peer_->tls(); }

Result<Endpoint> Request::peer() const {
  if (peer_ == nullptr) return Errc::closed;
  const Result<SocketAddress> address = peer_->peer_address();
  if (!address) return address.error();
  return Endpoint{*address};
}

Result<Endpoint> Request::local() const {
  if (peer_ == nullptr) return Errc::closed;
  const Result<SocketAddress> address = peer_->local_address();
  if (!address) return address.error();
  return Endpoint{*address};
}

bool Request::Collect::await_ready() noexcept {
  piece_ = source_ == nullptr ? detail::BodySource::Piece{detail::BodySource::State::ready} : source_->collect();
  return piece_.state != detail::BodySource::State::waiting;
}

Result<void> Request::Collect::await_resume() noexcept {
  if (outcome() == Outcome::cancelled) return Errc::cancelled;
  if (piece_.state == detail::BodySource::State::waiting) piece_ = source_->collect();
  if (piece_.state == detail::BodySource::State::failed) return piece_.error;
  return {};
}

}  // namespace gyre
