#pragma once

#include <gyre/http/body_writer.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/web/middleware/compression.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::internal {

/// Bytes that are encoded in one turn of the loop: about a millisecond of work.
inline constexpr std::size_t encoded_per_turn = 32 * 1024;

/// Encodes what a task writes, on its way to another sink. What is too much for one turn is kept and encoded in the
/// next ones; meanwhile there is no room, so the task waits.
class EncodingSink final : public gyre::detail::BodySink {
 public:
  /// `length` is what the answer announced of the text, if it did. Throws `std::bad_alloc`.
  EncodingSink(gyre::detail::BodySink& out, Loop& loop, Encoder encoder, CompressionFlush flush,
               std::optional<std::uint64_t> length);

  /// Ends the coded body, once nothing is kept any more. Throws what went wrong meanwhile, and `std::logic_error` if
  /// the length is not the announced one.
  void finish();

  bool closed() const noexcept override { return out_->closed(); }
  void put(std::string_view text) override;
  void push_out() override;
  void put_trailer(std::string_view name, std::string_view value) override { out_->put_trailer(name, value); }
  void break_off() noexcept override { out_->break_off(); }
  bool has_room() const noexcept override { return nothing_kept() && (failure_ != nullptr || out_->has_room()); }
  bool flushed() const noexcept override;
  void set_writer(gyre::detail::Waiter* writer, bool all) noexcept override;
  bool takes_files() const noexcept override { return false; }
  int begin_file(std::uint64_t) override { return -1; }
  void begin_file_send(const SendFileOperation&) noexcept override {}
  void end_file(std::uint64_t) noexcept override {}

 private:
  /// Once a turn in which there is something to do, when the tasks have run.
  struct Tick : Timer {
    explicit Tick(EncodingSink& owner) noexcept
        : Timer([](Timer& self) noexcept { static_cast<Tick&>(self).sink->turn(); }), sink(&owner) {}
    EncodingSink* sink;
  };

  bool nothing_kept() const noexcept { return kept_used_ == kept_.size(); }
  void encode(std::string_view text, EncoderEnd end);
  std::string_view take(std::string_view text);
  void turn() noexcept;
  void advance();
  void tick_later() noexcept { loop_->arm(tick_, TimePoint{}); }

  gyre::detail::BodySink* out_;
  Loop* loop_;
  Encoder encoder_;
  Tick tick_{*this};
  gyre::detail::Waiter* writer_ = nullptr;  ///< Waits for what is kept; else it waits at `out_`.
  std::string kept_;                        ///< To be encoded, from `kept_used_` on.
  std::size_t kept_used_ = 0;
  std::size_t budget_ = encoded_per_turn;  ///< What is left of it in this turn.
  std::optional<std::uint64_t> left_;
  std::exception_ptr failure_;
  CompressionFlush flush_;
  bool all_ = false;          ///< What `writer_` waits for.
  bool held_back_ = false;    ///< The encoder may have something that is not out.
  bool flush_asked_ = false;  ///< As soon as nothing is kept.
};

}  // namespace gyre::internal
