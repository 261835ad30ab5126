#include <gyre/web/internal/encoding_sink.hpp>

#include <gyre/base/error.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gyre::internal {

EncodingSink::EncodingSink(gyre::detail::BodySink& out, Loop& loop, Encoder encoder, CompressionFlush flush,
                           std::optional<std::uint64_t> length)
    : out_(&out), loop_(&loop), encoder_(std::move(encoder)), left_(length), flush_(flush) {}

void EncodingSink::encode(std::string_view text, EncoderEnd end) {
  char room[16 * 1024];
  for (bool done = false; !done;) {
    const CodingStep step = encoder_.step(text, room, end);
    if (step.made != 0) out_->put({room, step.made});
    text.remove_prefix(step.used);
    done = step.done;
  }
  held_back_ = end == EncoderEnd::open;
}

/// Encodes as much as this turn still allows, and returns the rest.
std::string_view EncodingSink::take(std::string_view text) {
  const std::size_t size = std::min(text.size(), budget_);
  if (size == 0) return text;
  budget_ -= size;
  encode(text.substr(0, size), EncoderEnd::open);
  return text.substr(size);
}

void EncodingSink::put(std::string_view text) {
  constexpr std::size_t text_max = std::size_t{1} << 30U;
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  if (text.empty()) return;
  if (text.size() > text_max || (left_ && text.size() > *left_)) throw Failure{Errc::limit_exceeded};
  if (left_) *left_ -= text.size();
  tick_later();
  if (nothing_kept()) text = take(text);
  kept_ += text;
}

void EncodingSink::push_out() {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  flush_asked_ = !nothing_kept();
  if (!flush_asked_ && held_back_) encode({}, EncoderEnd::flush);
}

bool EncodingSink::flushed() const noexcept {
  return nothing_kept() && (failure_ != nullptr || (!held_back_ && out_->flushed()));
}

void EncodingSink::set_writer(gyre::detail::Waiter* writer, bool all) noexcept {
  all_ = all;
  writer_ = writer != nullptr && !nothing_kept() ? writer : nullptr;
  out_->set_writer(writer_ == nullptr ? writer : nullptr, all);
}

void EncodingSink::turn() noexcept {
  budget_ = encoded_per_turn;
  if (out_->closed()) return;  // who waits is cancelled
  try {
    advance();
  } catch (...) {
    failure_ = std::current_exception();
    kept_.clear();
    kept_used_ = 0;
  }
  if (!nothing_kept()) return tick_later();
  gyre::detail::Waiter* const writer = std::exchange(writer_, nullptr);
  if (writer == nullptr) return;
  if (all_ ? flushed() : has_room()) {
    tick_later();  // it may write no more for a while
    writer->wake();
  } else {
    out_->set_writer(writer, all_);
  }
}

/// What the task wrote in this turn goes out with it, unless it is about to write more.
void EncodingSink::advance() {
  if (failure_ != nullptr) return;
  if (!nothing_kept()) {
    const std::string_view rest = take(std::string_view{kept_}.substr(kept_used_));
    kept_used_ = kept_.size() - rest.size();
    if (!rest.empty()) return;
    kept_.clear();
    kept_used_ = 0;
  }
  const bool due = flush_asked_ || (flush_ == CompressionFlush::each_turn && writer_ == nullptr);
  flush_asked_ = false;
  if (due && held_back_) encode({}, EncoderEnd::flush);
}

void EncodingSink::finish() {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  if (left_.value_or(0) != 0) throw std::logic_error{"a streamed answer is shorter than it announced"};
  encode({}, EncoderEnd::finish);
  tick_.disarm();
}

}  // namespace gyre::internal
