#include <gyre/wire/h2/internal/ledger.hpp>

#include <algorithm>

namespace gyre::wire::internal {

bool H2Bucket::take(TimePoint now, std::uint32_t count) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  if (left_ < rate_.burst && rate_.per_second != 0 && now > filled_) {
    const std::int64_t interval = std::max<std::int64_t>(second / rate_.per_second, 1);
    const std::int64_t gained = (now - filled_).count() / interval;
    if (gained >= rate_.burst - left_) {
      left_ = rate_.burst;
      filled_ = now;
    } else {
      left_ += static_cast<std::uint32_t>(gained);
      filled_ += Duration(gained * interval);
    }
  } else if (left_ == rate_.burst) {
    filled_ = now;
  }
  if (left_ < count) return false;
  left_ -= count;
  return true;
}

H2Limit H2Ledger::admit(const H2FrameHeader& frame, TimePoint now) noexcept {
  switch (frame.type) {
    case H2FrameType::data:
      return frame.length == 0 && (frame.flags & h2_end_stream) == 0 ? glitch(now) : H2Limit::none;
    case H2FrameType::headers:
      continuations_ = 0;
      open(frame.stream);
      return H2Limit::none;
    case H2FrameType::push_promise: return H2Limit::none;
    case H2FrameType::continuation:
      if (++continuations_ > continuations_max_) return H2Limit::continuations;
      return frame.length == 0 ? glitch(now) : H2Limit::none;
    case H2FrameType::rst_stream: return resets_.take(now) ? H2Limit::none : H2Limit::peer_resets;
    case H2FrameType::settings: {
      constexpr std::uint32_t entry = 6;
      return frame.length / entry > settings_max_ ? H2Limit::settings : glitch(now);
    }
    case H2FrameType::priority:
    case H2FrameType::priority_update:
    case H2FrameType::window_update: return steer(now);
    case H2FrameType::ping:
    case H2FrameType::goaway: break;
  }
  return glitch(now);  // and all types that are unknown
}

H2Limit H2Ledger::steer(TimePoint now) noexcept {
  if (free_ == 0) return glitch(now);
  --free_;
  return H2Limit::none;
}

void H2Ledger::open(std::uint32_t stream) noexcept {
  if (stream <= last_stream_ || stream % 2 == 0) return;
  const std::uint32_t expected = last_stream_ == 0 ? 1 : last_stream_ + 2;
  if (stream != expected) {
    gaps_[next_gap_] = {expected, stream - 2};
    next_gap_ = static_cast<std::uint8_t>((next_gap_ + 1U) % gaps_.size());
  }
  last_stream_ = stream;
  earn();
}

bool H2Ledger::was_skipped(std::uint32_t stream) const noexcept {
  return std::any_of(gaps_.begin(), gaps_.end(),
                     [stream](const Gap& gap) { return stream >= gap.first && stream <= gap.last; });
}

void H2Ledger::closed(std::uint32_t stream, Peer peer) noexcept {
  closed_[next_closed_] = stream << 1U | (peer == Peer::done ? 1U : 0U);
  next_closed_ = static_cast<std::uint8_t>((next_closed_ + 1U) % closed_.size());
}

bool H2Ledger::peer_is_done(std::uint32_t stream) const noexcept {
  return std::find(closed_.begin(), closed_.end(), stream << 1U | 1U) != closed_.end();
}

}  // namespace gyre::wire::internal
