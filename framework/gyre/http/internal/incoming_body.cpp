#include <gyre/http/internal/incoming_body.hpp>

#include <gyre/http/internal/carrier.hpp>

#include <algorithm>

namespace gyre::http {
namespace {

Error error_of(wire::BodyError error) noexcept {
  const Status status = wire::status_of(error);
  return status == Status::bad_request ? Errc::bad_message : Errc::limit_exceeded;
}

/// Of what a filter failed with.
Status status_of(const Error& error) noexcept {
  switch (error.code()) {
    case Errc::limit_exceeded: return Status::content_too_large;
    case Errc::out_of_memory: return Status::service_unavailable;
    default: return Status::bad_request;
  }
}

}  // namespace

void IncomingBody::begin(const wire::RequestHead& head, const wire::ChunkLimits& chunks, std::uint64_t most,
                         TimePoint now) noexcept {
  limits_ = {most, chunks};
  decoder_ =
      head.chunked() ? wire::BodyDecoder::chunked(limits_) : wire::BodyDecoder::with_length(*head.content_length());
  wants_permission_ = head.expect_continue();
  started_ = progressed_ = paused_ = now;
}

void IncomingBody::begin_stream(const wire::RequestHead& head, std::uint64_t most, TimePoint now) noexcept {
  limits_ = {most, {}};
  decoder_ = wire::BodyDecoder::until_close(limits_);
  wants_permission_ = head.expect_continue();
  started_ = progressed_ = paused_ = now;
}

// Behind what was not read yet.
void IncomingBody::complete(TimePoint now) {
  complete_ = true;
  if (mode_ == Mode::held) return arrived();
  feed({}, now);
}

void IncomingBody::clear() noexcept {
  decoder_ = {};
  reader_ = nullptr;
  filter_ = nullptr;
  next_ = {};
  piece_.clear();
  rest_.clear();
  memory_ = nullptr;
  filled_ = 0;
  discarded_ = 0;
  most_ = UINT64_MAX;
  started_ = progressed_ = paused_ = time_never;
  status_ = Status{0};
  mode_ = Mode::held;
  wants_permission_ = cut_off_ = complete_ = false;
}

void IncomingBody::cut_off(TimePoint now) noexcept {
  cut_off_ = true;
  const bool found_out_later = mode_ == Mode::held && reader_ == nullptr;
  if (found_out_later || mode_ == Mode::discarded || ended()) return;
  fail(Status::bad_request, Errc::closed);
  wake_reader(now);
}

// --- what is the connection's, as long as there is one ---------------------------------------------------------------

TimePoint IncomingBody::now() const noexcept {
  return exchange_->carrier != nullptr ? exchange_->carrier->now() : progressed_;
}

InputBuffer IncomingBody::take_input() {
  if (exchange_->carrier == nullptr) return std::move(rest_);
  exchange_->carrier->permit(*exchange_);
  return exchange_->carrier->take_input(*exchange_);
}

void IncomingBody::give_back_input(std::string_view rest) {
  if (exchange_->carrier != nullptr) return exchange_->carrier->give_back_input(*exchange_, rest);
  if (!rest.empty()) rest_.append(rest);
}

// ---------------------------------------------------------------------------------------------------------------------

void IncomingBody::start_collecting() {
  if (const auto left = decoder_.left()) {
    memory_ = static_cast<char*>(exchange_->arena.allocate(static_cast<std::size_t>(*left), 1));
  }
  piece_.clear();
  mode_ = Mode::collected;
  resume(now());
}

void IncomingBody::append(std::string_view data) {
  if (data.empty()) return;  // framing
  if (mode_ == Mode::discarded) {
    discarded_ += data.size();
  } else if (memory_ != nullptr) {
    std::copy(data.begin(), data.end(), memory_ + filled_);
    filled_ += data.size();
  } else {
    piece_.append(data);
  }
}

std::size_t IncomingBody::feed(std::string_view input, TimePoint now) {
  std::size_t used = 0;
  for (;;) {
    const wire::BodyDecoder::Step step = decoder_.next(input.substr(used));
    if (step.used == 0) break;
    append(step.data);
    used += step.used;
  }
  if (complete_) decoder_.end();
  after_step(now);
  if (mode_ == Mode::collected && ended() && !failed()) {
    exchange_->request.set_body(memory_ != nullptr ? std::string_view{memory_, filled_} : piece_.view());
    exchange_->request.set_body_source(nullptr);
  }
  return used;
}

// The trailers are views into bytes that go: they are kept apart.
void IncomingBody::after_step(TimePoint now) {
  progressed_ = now;
  if (decoder_.decoded() > most_ && mode_ != Mode::discarded) fail(Status::content_too_large, Errc::limit_exceeded);
  if (decoder_.error() != wire::BodyError::none) fail(wire::status_of(decoder_.error()), error_of(decoder_.error()));
  if (decoder_.done() && !decoder_.trailers().empty()) {
    exchange_->request.set_trailers(exchange_->arena.copy(decoder_.trailers()));
  }
}

// Takes over the connection's bytes as they are and moves the data in them together: the piece then stays where it is
// while further bytes arrive.
IncomingBody::Piece IncomingBody::take() noexcept {
  if (next_.state != State::waiting) return std::exchange(next_, {});
  if (failed()) return failed_piece();
  if (mode_ == Mode::discarded) return {State::failed, {}, Errc::cancelled};  // the answer is out already
  if (filter_ == nullptr) {
    piece_.clear();
    if (ended()) return {State::ended};
  }
  if (mode_ == Mode::collected) return {State::failed, {}, Errc::invalid_argument};  // it goes elsewhere
  const Piece piece = next_piece();
  if (Carrier* const carrier = exchange_->carrier; carrier != nullptr) {
    carrier->body_progressed(*exchange_);
    carrier->pause_or_resume();
  }
  return piece;
}

// Framing alone is no news: the reader sleeps on.
void IncomingBody::arrived() noexcept {
  if (mode_ != Mode::held || reader_ == nullptr || next_.state != State::waiting) return;
  next_ = next_piece();
  if (next_.state != State::waiting) wake_reader(exchange_->carrier->now());
  exchange_->carrier->body_progressed(*exchange_);
}

// What the filter was fed with stays in `piece_` until it has used all of it.
IncomingBody::Piece IncomingBody::next_piece() noexcept {
  if (filter_ == nullptr) return decode();
  for (;;) {
    const Piece piece = filter_->pull();
    if (piece.state == State::failed) fail(status_of(piece.error), piece.error);
    if (piece.state != State::waiting) return piece;
    if (!ended()) {
      const Piece raw = decode();
      if (raw.state == State::ready) filter_->push(raw.data);
      if (raw.state == State::waiting || raw.state == State::failed) return raw;
      if (raw.state == State::ready) continue;
    }
    filter_->end();
  }
}

IncomingBody::Piece IncomingBody::decode() noexcept {
  std::size_t size = 0;
  try {
    piece_ = take_input();
    char* const begin = piece_.data();
    const std::size_t whole = piece_.size();
    std::size_t used = 0;
    while (used < whole) {
      const wire::BodyDecoder::Step step = decoder_.next({begin + used, whole - used});
      if (step.used == 0) break;
      std::copy(step.data.begin(), step.data.end(), begin + size);
      size += step.data.size();
      used += step.used;
    }
    if (complete_) decoder_.end();
    after_step(now());
    give_back_input({begin + used, whole - used});
  } catch (const std::bad_alloc&) {
    fail(Status::service_unavailable, Errc::out_of_memory);
  }
  const std::string_view data{piece_.data(), size};
  if (!data.empty()) return {State::ready, data};
  if (cut_off_ && !ended()) fail(Status::bad_request, Errc::closed);
  if (failed()) return failed_piece();
  return {ended() ? State::ended : State::waiting};
}

IncomingBody::Piece IncomingBody::collect() noexcept {
  if (failed()) return failed_piece();
  if (filter_ != nullptr) return {State::failed, {}, Errc::unsupported};
  if (mode_ == Mode::discarded) return {State::failed, {}, Errc::cancelled};
  if (mode_ == Mode::held && !ended()) {
    Carrier* const carrier = exchange_->carrier;
    try {
      if (carrier != nullptr) carrier->permit(*exchange_);
      start_collecting();
      if (carrier != nullptr) {
        carrier->feed_body(*exchange_);
      } else {
        rest_.drop(feed(rest_.view(), progressed_));
      }
    } catch (const std::bad_alloc&) {
      fail(Status::service_unavailable, Errc::out_of_memory);
    }
    if (cut_off_ && !ended()) fail(Status::bad_request, Errc::closed);
    if (carrier != nullptr) carrier->body_progressed(*exchange_);
    if (failed()) return failed_piece();
  }
  return {ended() ? State::ready : State::waiting};
}

void IncomingBody::set_reader(gyre::detail::Waiter* reader) noexcept {
  reader_ = reader;
  if (reader != nullptr) {
    resume(now());
  } else {
    pause(now());
  }
  if (exchange_->carrier != nullptr) exchange_->carrier->pause_or_resume();
}

TimePoint IncomingBody::deadline(Duration stall, std::uint32_t rate, Duration grace) const noexcept {
  if (paused_ != time_never) return time_never;
  const TimePoint stalled = time_after(progressed_, stall);
  if (rate == 0 || grace == Duration::max()) return stalled;
  const std::uint64_t bytes = decoder_.decoded();
  const auto earned = std::chrono::nanoseconds{bytes / rate * 1'000'000'000 + bytes % rate * 1'000'000'000 / rate};
  return std::min(stalled, time_after(time_after(started_, grace), earned));
}

void IncomingBody::pause(TimePoint now) noexcept {
  if (mode_ == Mode::held && paused_ == time_never) paused_ = now;
}

void IncomingBody::resume(TimePoint now) noexcept {
  if (paused_ == time_never) return;
  started_ = time_after(started_, now - paused_);
  progressed_ = now;
  paused_ = time_never;
}

}  // namespace gyre::http
