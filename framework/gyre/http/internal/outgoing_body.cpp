#include <gyre/http/internal/outgoing_body.hpp>

#include <gyre/base/error.hpp>
#include <gyre/http/internal/carrier.hpp>
#include <gyre/wire/h1/chunk_writer.hpp>
#include <gyre/wire/h1/response_writer.hpp>

namespace gyre::http {

void OutgoingBody::begin(Framing framing, std::uint64_t length) noexcept {
  framing_ = framing;
  left_ = length;
}

void OutgoingBody::clear() noexcept {
  writer_ = nullptr;
  left_ = file_left_ = 0;
  file_send_ = nullptr;
  broken_ = false;
  trailers_.clear();
}

bool OutgoingBody::finish() {
  if (broken_ || file_left_ != 0) return false;
  if (framing_ == Framing::length) return left_ == 0;
  if (framing_ == Framing::chunked) {
    exchange_->carrier->append_output(*exchange_, wire::last_chunk, trailers_, "\r\n");
  }
  return true;
}

void OutgoingBody::check(std::uint64_t size) const {
  if (framing_ == Framing::length && size > left_) throw Failure{Errc::limit_exceeded};
}

void OutgoingBody::count(std::uint64_t size) noexcept {
  if (framing_ == Framing::length) left_ -= size;
}

void OutgoingBody::put(std::string_view text) {
  if (text.empty()) return;  // an empty chunk would end the body
  if (text.size() > send_max) throw Failure{Errc::limit_exceeded};
  check(text.size());
  if (framing_ == Framing::chunked) {
    char head[wire::chunk_head_bound];
    const char* const end = wire::write_chunk_head(text.size(), head);
    exchange_->carrier->append_output(*exchange_, {head, end}, text, wire::chunk_end);
  } else {
    exchange_->carrier->append_output(*exchange_, text);
  }
  count(text.size());
}

void OutgoingBody::put_trailer(std::string_view name, std::string_view value) {
  if (wire::is_forbidden_trailer(field_id(name))) throw Failure{Errc::invalid_argument};
  std::string line(wire::field_bound(name, value), '\0');
  if (wire::write_field(name, value, line.data()) == nullptr) throw Failure{Errc::invalid_argument};
  trailers_ += line;
}

bool OutgoingBody::closed() const noexcept { return exchange_->carrier->closed(*exchange_); }
bool OutgoingBody::has_room() const noexcept { return exchange_->carrier->has_room(*exchange_); }
bool OutgoingBody::flushed() const noexcept { return exchange_->carrier->flushed(*exchange_); }

void OutgoingBody::wake_writer() noexcept {
  if (writer_ != nullptr && (wants_all_ ? flushed() : has_room())) std::exchange(writer_, nullptr)->wake();
}

bool OutgoingBody::takes_files() const noexcept { return exchange_->carrier->takes_files(); }

int OutgoingBody::begin_file(std::uint64_t size) {
  check(size);
  if (framing_ == Framing::chunked) {
    char head[wire::chunk_head_bound];
    const char* const end = wire::write_chunk_head(size, head);
    exchange_->carrier->append_output(*exchange_, {head, end});
  }
  count(size);
  file_left_ += size;
  return exchange_->carrier->socket();
}

void OutgoingBody::begin_file_send(const SendFileOperation& send) noexcept {
  file_send_ = &send;
  file_sent_ = 0;
  exchange_->carrier->file_send_began();
}

void OutgoingBody::end_file(std::uint64_t sent) noexcept {
  file_send_ = nullptr;
  file_left_ -= sent;
  if (file_left_ == 0 && framing_ == Framing::chunked) {
    try {
      exchange_->carrier->append_output(*exchange_, wire::chunk_end);
    } catch (const std::bad_alloc&) {
      file_left_ = 1;  // never whole
    }
  }
  exchange_->carrier->file_send_ended();
}

}  // namespace gyre::http
