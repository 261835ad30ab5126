// What arrives.

#include <gyre/wire/h2/internal/engine.hpp>

#include <algorithm>
#include <utility>

namespace gyre::wire::internal {
namespace {

using End = H2HeadBlock::End;
using Kind = H2HeadBlock::Kind;

constexpr std::size_t early_priorities_max = 32;

std::uint32_t stream_of(const nghttp2_frame& frame) noexcept { return static_cast<std::uint32_t>(frame.hd.stream_id); }

/// Whether a stream may be closed behind the frame.
bool closes(const H2FrameHeader& frame) noexcept {
  const bool has_end = frame.type == H2FrameType::headers || frame.type == H2FrameType::data;
  return frame.type == H2FrameType::rst_stream || (has_end && (frame.flags & h2_end_stream) != 0);
}

/// What nghttp2 looks past, or calls by another name: CONTINUATION that is too large, no room for a padding's length
/// (RFC 9113 4.2).
bool has_wrong_size(const H2FrameHeader& frame) noexcept {
  constexpr std::uint32_t largest = 16'384;
  const bool may_be_padded = frame.type == H2FrameType::data || frame.type == H2FrameType::headers;
  return frame.length > largest || (frame.length == 0 && may_be_padded && (frame.flags & h2_padded) != 0);
}

bool ends_stream(const nghttp2_frame& frame) noexcept { return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0; }

}  // namespace

bool H2Engine::receive(std::string_view data, TimePoint now) {
  if (is_over_) return false;
  now_ = now;
  if (!own_block_) memory_->scratch_->block.drop();  // another session may have left one
  std::size_t fed = 0;
  std::size_t at = 0;
  std::size_t begin = 0;
  bool may_close = true;  // something in what nghttp2 has not had yet, or in a frame that it has half of
  H2FrameHeader frame;
  const auto feed_up_to = [&](std::size_t end) {
    feed(data.substr(fed, end - fed));
    fed = end;
    may_close = false;
  };
  while (scan_.next(data, at, frame, begin)) {
    if (frame.has_parent) {
      if (!is_server() || frame.parent != frame.stream) continue;
      feed_up_to(begin);
      if (!is_over_) terminate(H2Error::protocol_error);  // RFC 7540 5.3.1; nghttp2 looks at none of these frames
      return false;
    }
    if (has_wrong_size(frame)) {
      feed_up_to(begin);
      if (!is_over_) terminate(H2Error::frame_size_error);
      return false;
    }
    const bool is_new = frame.stream > ledger_.last_stream();
    if (const H2Limit limit = ledger_.admit(frame, now); limit != H2Limit::none) {
      feed_up_to(begin);
      exceed(limit);
      return false;
    }
    if (needs_look(frame, is_new ? Stream::fresh : may_close ? Stream::perhaps_closed : Stream::known)) {
      feed_up_to(begin);
      if (is_over_ || !is_welcome(frame)) return false;
    }
    may_close = may_close || closes(frame);
  }
  feed_up_to(data.size());
  keep_block();
  check_queue();
  return !is_over_;
}

bool H2Engine::needs_look(const H2FrameHeader& frame, Stream stream) const noexcept {
  if (!is_server()) return false;
  if (frame.type == H2FrameType::priority) return frame.stream == 0;
  if (stream == Stream::fresh || (frame.type != H2FrameType::headers && frame.type != H2FrameType::data)) return false;
  return stream == Stream::perhaps_closed || find(frame.stream) == nullptr;
}

bool H2Engine::is_welcome(const H2FrameHeader& frame) noexcept {
  if (frame.type == H2FrameType::priority) {
    terminate(H2Error::protocol_error);  // RFC 9113 6.3; nghttp2 looks at none of these frames
    return false;
  }
  if (find(frame.stream) != nullptr) return true;
  if (ledger_.was_skipped(frame.stream)) {
    terminate(frame.type == H2FrameType::headers ? H2Error::protocol_error : H2Error::stream_closed);  // 5.1.1
  } else if (ledger_.peer_is_done(frame.stream)) {
    terminate(H2Error::stream_closed);  // 5.1
  } else {
    exceed(ledger_.glitch(now_));  // on its way while we have reset the stream, perhaps
  }
  return !is_over_;
}

void H2Engine::feed(std::string_view data) {
  if (data.empty() || is_over_) return;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data.data());
  const ssize_t result = nghttp2_session_mem_recv(session_.get(), bytes, data.size());
  if (result >= 0) return;
  if (result == NGHTTP2_ERR_BAD_CLIENT_MAGIC) return terminate(H2Error::protocol_error);
  if (is_over_ && !thrown_) return;  // one of the callbacks has ended it
  throw_failure(static_cast<int>(result));
}

H2HeadBlock& H2Engine::block() noexcept { return own_block_ ? *own_block_ : memory_->scratch_->block; }

void H2Engine::keep_block() {
  if (own_block_) {
    if (own_block_->stream() == 0) own_block_ = nullptr;
  } else if (H2HeadBlock& shared = memory_->scratch_->block; shared.stream() != 0) {
    own_block_ = make_box<H2HeadBlock>(std::move(shared));
    shared.drop();
  }
}

int H2Engine::on_begin_headers(const nghttp2_frame& frame) {
  ++blocks_;
  const std::uint32_t stream = stream_of(frame);
  if (!is_server()) {
    const H2StreamState* const state = find(stream);
    block().begin(stream, state != nullptr && state->has_answer ? Kind::trailers : Kind::response);
    return 0;
  }
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
    block().begin(stream, Kind::trailers);
    return 0;
  }
  last_begun_ = stream;
  if (++begun_ > options_.limits.streams) {
    exceed(ledger_.glitch(now_));
    return nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, frame.hd.stream_id, NGHTTP2_REFUSED_STREAM);
  }
  block().begin(stream, Kind::request);
  const auto early = std::find_if(early_priorities_.begin(), early_priorities_.end(),
                                  [stream](const EarlyPriority& entry) { return entry.stream == stream; });
  if (early == early_priorities_.end()) {
    // Until the client says something else: it takes turns with the others (RFC 9218 leaves that to us).
    return set_priority(stream, {.incremental = true}, Header::counts);
  }
  const H2Priority priority = early->priority;
  early_priorities_.erase(early);
  return set_priority(stream, priority, Header::is_ignored);
}

int H2Engine::set_priority(std::uint32_t stream, H2Priority priority, Header header) noexcept {
  const nghttp2_extpri value{priority.urgency, priority.incremental ? 1 : 0};
  const int result = nghttp2_session_change_extpri_stream_priority(session_.get(), static_cast<std::int32_t>(stream),
                                                                   &value, header == Header::is_ignored ? 1 : 0);
  return result == NGHTTP2_ERR_NOMEM ? result : 0;
}

int H2Engine::on_priority_chunk(std::string_view bytes) noexcept {
  const std::size_t fitting = std::min(bytes.size(), update_.size() - std::min(update_size_, update_.size()));
  std::copy_n(bytes.data(), fitting, update_.data() + std::min(update_size_, update_.size()));
  update_size_ += bytes.size();
  return 0;
}

int H2Engine::on_priority_update(const nghttp2_frame_hd& header) {
  constexpr std::size_t number_size = 4;
  const std::size_t size = std::exchange(update_size_, 0);
  if (size < number_size) {
    terminate(H2Error::frame_size_error);
    return NGHTTP2_ERR_CANCEL;
  }
  std::uint32_t stream = 0;
  for (std::size_t i = 0; i != number_size; ++i) stream = stream << 8U | static_cast<unsigned char>(update_[i]);
  stream &= 0x7fffffffU;
  if (!is_server() || header.stream_id != 0 || stream % 2 == 0) {
    terminate(H2Error::protocol_error);  // RFC 9218 7.1
    return NGHTTP2_ERR_CANCEL;
  }
  if (size > update_.size()) return NGHTTP2_ERR_CANCEL;
  const auto priority = parse_priority({update_.data() + number_size, size - number_size});
  if (!priority) return NGHTTP2_ERR_CANCEL;
  if (stream <= last_begun_) {
    return set_priority(stream, *priority, Header::is_ignored) == 0 ? NGHTTP2_ERR_CANCEL : NGHTTP2_ERR_NOMEM;
  }
  const auto early = std::find_if(early_priorities_.begin(), early_priorities_.end(),
                                  [stream](const EarlyPriority& entry) { return entry.stream == stream; });
  if (early != early_priorities_.end()) {
    early->priority = *priority;
  } else if (early_priorities_.size() != early_priorities_max) {
    early_priorities_.push_back({stream, *priority});
  }
  return NGHTTP2_ERR_CANCEL;  // nothing is left to be done with the frame
}

int H2Engine::on_header(const nghttp2_frame& frame, std::string_view name, std::string_view value) {
  H2HeadBlock& head = block();
  if (head.stream() != stream_of(frame)) return 0;
  switch (head.add(name, value, options_.heads)) {
    case H2HeadBlock::Verdict::good: return 0;
    case H2HeadBlock::Verdict::malformed:
      head.drop();
      check(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, frame.hd.stream_id, NGHTTP2_PROTOCOL_ERROR));
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    case H2HeadBlock::Verdict::bomb: break;
  }
  exceed(H2Limit::header_bytes);
  return NGHTTP2_ERR_PAUSE;  // at once: the rest of the block is not decoded
}

int H2Engine::on_frame(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS: return on_headers(frame);
    case NGHTTP2_DATA:
      if (!ends_stream(frame)) {
        // Nothing but padding: as an empty frame, which the ledger has seen already.
        if (frame.hd.length != 0 && frame.hd.length == frame.data.padlen) exceed(ledger_.glitch(now_));
      } else if (H2StreamState* const state = find(stream_of(frame)); state != nullptr) {
        state->peer_is_done = true;
        if (state->owner != nullptr) state->owner->on_end({});
      }
      return 0;
    case NGHTTP2_RST_STREAM: peer_resets_ = stream_of(frame); return 0;
    case NGHTTP2_GOAWAY:
      events_->on_goaway(static_cast<std::uint32_t>(frame.goaway.last_stream_id), h2_error_of(frame.goaway.error_code));
      return 0;
    default: return 0;
  }
}

int H2Engine::on_headers(const nghttp2_frame& frame) {
  H2HeadBlock& head = block();
  if (head.stream() != stream_of(frame)) return 0;
  if (head.kind() == Kind::request) return on_request(frame);
  if (head.kind() == Kind::response) return on_response(frame);

  H2StreamState* const state = find(head.stream());
  const bool fits = head.fits();
  if (!fits) exceed(ledger_.oversized(head.decoded(), now_));
  head.drop();
  if (state == nullptr || state->owner == nullptr) return 0;
  state->peer_is_done = true;
  if (fits) {
    state->owner->on_end(head.text());
  } else {
    drop_stream(*state, H2Error::enhance_your_calm);
  }
  return 0;
}

int H2Engine::on_request(const nghttp2_frame& frame) {
  H2HeadBlock& block = this->block();
  if (!block.fits()) exceed(ledger_.oversized(block.decoded(), now_));
  if (is_over_) {
    block.drop();
    return 0;
  }
  const std::uint32_t stream = stream_of(frame);
  const End end = ends_stream(frame) ? End::yes : End::no;
  H2StreamState& state = add_state(stream);
  state.peer_is_done = end == End::yes;
  nghttp2_session_set_stream_user_data(session_.get(), frame.hd.stream_id, &state);

  RequestHead head{block.fields()};
  const HeadError error = block.finish(head, end);
  H2Stream* const owner = error == HeadError::none ? events_->on_request(stream, head, block.text())
                                                   : events_->on_bad_request(stream, error);
  block.drop();
  if (owner == nullptr) {
    if (!state.is_reset) refuse(state);  // else it was given up at once
    return 0;
  }
  state.owner = owner;
  ++open_;
  if (end == End::yes && !is_over_) owner->on_end({});
  return 0;
}

int H2Engine::on_response(const nghttp2_frame& frame) {
  H2HeadBlock& block = this->block();
  const End end = ends_stream(frame) ? End::yes : End::no;
  ReceivedResponseHead head{block.fields()};
  block.finish(head, end);
  const bool fits = block.fits();
  block.drop();
  H2StreamState* const state = find(stream_of(frame));
  if (state == nullptr) return 0;
  if (!fits) {
    drop_stream(*state, H2Error::cancel);
    return 0;
  }
  state->has_answer = !is_informational(head.status());
  state->peer_is_done = end == End::yes;
  state->owner->on_response(head);
  if (end == End::yes && !is_over_) state->owner->on_end({});
  return 0;
}

void H2Engine::drop_stream(H2StreamState& state, H2Error error) noexcept {
  state.fault = error;
  check(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(state.number),
                                  static_cast<std::uint32_t>(error)));
}

void H2Engine::refuse(H2StreamState& state) noexcept {
  state.is_refused = true;
  drop_stream(state, H2Error::refused_stream);
  exceed(ledger_.glitch(now_));
}

int H2Engine::on_data(std::uint32_t stream, std::string_view data) {
  H2StreamState* const state = find(stream);
  if (state == nullptr || state->owner == nullptr) {
    check(nghttp2_session_consume_connection(session_.get(), data.size()));
    return 0;
  }
  state->unused += data.size();
  state->owner->on_data(data);
  return 0;
}

int H2Engine::on_invalid_frame(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_HEADERS && block().stream() == stream_of(frame)) block().drop();
  exceed(ledger_.glitch(now_));
  return 0;
}

}  // namespace gyre::wire::internal
