// What goes out.

#include <gyre/base/assert.hpp>
#include <gyre/wire/h2/internal/callbacks.hpp>
#include <gyre/wire/h2/internal/engine.hpp>
#include <gyre/wire/h2/internal/sent_fields.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace gyre::wire::internal {
namespace {

/// Where less room is left the rest is for the next send: most frames that are not data fit it.
constexpr std::size_t room_min = 512;
/// Where less is left no data is asked for.
constexpr std::size_t data_room_min = 64;
/// A piece is not cut to less than that because the room ends.
constexpr std::size_t piece_min = 1024;

void throw_if_out_of_memory(int result) {
  if (result == NGHTTP2_ERR_NOMEM) throw std::bad_alloc{};
}

}  // namespace

bool H2Engine::wants_send() const noexcept {
  return !is_broken_ && (goes_ || !rest_.empty() || nghttp2_session_want_write(session_.get()) != 0);
}

std::size_t H2Engine::send(std::span<char> room) {
  GYRE_ASSERT(room.size() >= H2Session::send_min);
  if (is_broken_) return 0;
  room_ = room;
  used_ = 0;
  if (!rest_.empty()) {
    put(std::exchange(rest_, std::string()));
    if (!rest_.empty()) return used_;
  }
  if (std::exchange(goes_, false)) {
    check(nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                                nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR, nullptr, 0));
  }
  while (room_left() >= room_min) {
    const std::uint8_t* frame = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &frame);
    if (size < 0) throw_failure(static_cast<int>(size));
    if (size <= 0) break;
    put({reinterpret_cast<const char*>(frame), static_cast<std::size_t>(size)});
    if (is_server() && !std::exchange(has_greeted_, true)) put_stream_limit();
  }
  room_ = {};
  return used_;
}

void H2Engine::put_stream_limit() noexcept {
  constexpr std::size_t value = H2FrameHeader::size + 2;  // of the first entry of the first frame
  for (std::size_t i = 0; i != 4; ++i) {
    room_[value + i] = static_cast<char>(options_.limits.streams >> (24 - 8 * i) & 0xffU);
  }
}

void H2Engine::put(std::string_view bytes) {
  const std::size_t size = std::min(bytes.size(), room_left());
  std::memcpy(room_.data() + used_, bytes.data(), size);
  used_ += size;
  // What is left must not stay with nghttp2, whose chunk of memory other sessions use.
  if (size == bytes.size()) return;
  try {
    rest_.assign(bytes.substr(size));
  } catch (...) {
    is_over_ = is_broken_ = true;
    throw;
  }
}

ssize_t H2Engine::next_piece(H2StreamState& state, std::size_t most, std::uint32_t& flags) {
  if (state.owner == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (room_left() < data_room_min) return NGHTTP2_ERR_PAUSE;
  const std::size_t fitting = std::min(most, room_left() - H2FrameHeader::size);
  const H2Piece piece = state.owner->next_piece(fitting);
  if (piece.state == H2Piece::State::waiting) return NGHTTP2_ERR_DEFERRED;
  GYRE_ASSERT(piece.data.size() <= fitting);
  if (piece.state == H2Piece::State::more) {
    if (piece.data.empty()) return NGHTTP2_ERR_DEFERRED;
    if (piece.data.size() == fitting && fitting < std::min(most, piece_min)) return NGHTTP2_ERR_PAUSE;
  }
  piece_ = piece.data;
  is_crumb_ = piece.state == H2Piece::State::more && piece.data.size() == most && most < piece_min;
  flags = NGHTTP2_DATA_FLAG_NO_COPY;
  if (piece.state == H2Piece::State::last) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (const std::string_view trailers = state.owner->trailers(); !trailers.empty()) {
      SentFields fields;
      fields.add_lines(trailers);
      flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      throw_if_out_of_memory(nghttp2_submit_trailer(session_.get(), static_cast<std::int32_t>(state.number),
                                                    fields.list().data(), fields.list().size()));
      ++queued_heads_;
    }
  }
  return static_cast<ssize_t>(piece.data.size());
}

int H2Engine::send_piece(H2StreamState& state, const std::uint8_t* header, std::size_t size) noexcept {
  GYRE_ASSERT(size == piece_.size() && room_left() >= size + H2FrameHeader::size);
  char* const out = room_.data() + used_;
  std::memcpy(out, header, H2FrameHeader::size);
  if (size != 0) std::memcpy(out + H2FrameHeader::size, piece_.data(), size);
  used_ += H2FrameHeader::size + size;
  piece_ = {};
  if (!is_crumb_) ledger_.data_sent();  // whoever opens its windows byte by byte earns nothing by it
  state.owner->body_taken(size);
  return 0;
}

int H2Engine::on_sent(const nghttp2_frame& frame) noexcept {
  if (frame.hd.type == NGHTTP2_HEADERS) --queued_heads_;
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
      if (is_server() && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        answer_sent(static_cast<std::uint32_t>(frame.hd.stream_id));
      }
      break;
    case NGHTTP2_GOAWAY:
      if (frame.goaway.error_code != NGHTTP2_NO_ERROR) {
        is_over_ = true;
        error_ = static_cast<H2Error>(frame.goaway.error_code);
      }
      break;
    case NGHTTP2_RST_STREAM: {
      const H2StreamState* const state = find(static_cast<std::uint32_t>(frame.hd.stream_id));
      const bool is_wanted = state != nullptr && (state->is_reset || state->is_refused);
      if (is_server() && !is_wanted && frame.rst_stream.error_code != NGHTTP2_REFUSED_STREAM) {
        exceed(ledger_.own_reset(now_));
      }
      break;
    }
    default: break;
  }
  return 0;
}

// Whoever has its whole answer need not send the rest of its request (RFC 9113 8.1).
void H2Engine::answer_sent(std::uint32_t stream) noexcept {
  const H2StreamState* const state = find(stream);
  if (state != nullptr && !state->peer_is_done) reset(stream, H2Error::no_error);
}

int H2Engine::on_not_sent(const nghttp2_frame& frame, int why) noexcept {
  if (frame.hd.type != NGHTTP2_HEADERS) return 0;
  --queued_heads_;
  // A head that is too large: nobody else would end its stream.
  if (why == NGHTTP2_ERR_FRAME_SIZE_ERROR) {
    check(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, frame.hd.stream_id, NGHTTP2_INTERNAL_ERROR));
  }
  return 0;
}

bool H2Engine::respond(std::uint32_t stream, const ResponseHead& head, H2Session::Body body) {
  H2StreamState* const state = find(stream);
  if (state == nullptr || state->is_reset || state->is_refused || state->has_answered || is_broken_) return false;
  if (!head.content_type.empty() && !is_field_value(head.content_type)) return false;
  SentFields fields;
  fields.add_status(head.status);
  fields.add_common(head.common_fields, memory_->scratch_->common);
  if (!head.content_type.empty()) fields.add_type(head.content_type);
  if (head.framing == BodyFraming::length) fields.add_length(head.content_length);
  fields.add_lines(head.fields);
  const nghttp2_data_provider provider = body_of_stream(*state);
  throw_if_out_of_memory(nghttp2_submit_response(session_.get(), static_cast<std::int32_t>(stream),
                                                 fields.list().data(), fields.list().size(),
                                                 body == H2Session::Body::follows ? &provider : nullptr));
  state->has_answered = true;
  ++queued_heads_;
  return true;
}

bool H2Engine::inform(std::uint32_t stream, Status status, std::string_view lines) {
  const H2StreamState* const state = find(stream);
  if (state == nullptr || state->is_reset || state->is_refused || state->has_answered || is_broken_) return false;
  if (!is_informational(status) || status == Status::switching_protocols) return false;
  SentFields fields;
  fields.add_status(status);
  fields.add_lines(lines);
  const int result = nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream),
                                            nullptr, fields.list().data(), fields.list().size(), nullptr);
  throw_if_out_of_memory(result);
  ++queued_heads_;
  return true;
}

std::uint32_t H2Engine::request(std::span<const H2Field> list, H2Stream& stream, H2Session::Body body) {
  if (is_server() || is_over_) return 0;
  SentFields fields;
  for (const H2Field& field : list) fields.add(field.name, field.value);
  H2StreamState& state = add_state(0);
  const nghttp2_data_provider provider = body_of_stream(state);
  const std::int32_t number =
      nghttp2_submit_request(session_.get(), nullptr, fields.list().data(), fields.list().size(),
                             body == H2Session::Body::follows ? &provider : nullptr, &state);
  if (number < 0) {
    free_state(state);
    throw_if_out_of_memory(number);
    return 0;
  }
  state.number = static_cast<std::uint32_t>(number);
  state.owner = &stream;
  ++open_;
  ++queued_heads_;
  return state.number;
}

}  // namespace gyre::wire::internal
