#pragma once

#include <gyre/base/time.hpp>
#include <gyre/http/detail/body_filter.hpp>
#include <gyre/http/detail/body_source.hpp>
#include <gyre/http/internal/input_buffer.hpp>
#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/request_head.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace gyre::http {

struct Exchange;

/// The body of one request on its way in: what has become of the bytes, for `Body` and `Request::collect`, and whether
/// they come quickly enough.
class IncomingBody final : public gyre::detail::BodySource {
 public:
  enum class Mode : std::uint8_t {
    held,       ///< Nobody has asked for it yet, or it is read piece by piece: the bytes stay with the connection.
    collected,  ///< It is put together in memory as it arrives.
    discarded,  ///< It is read to get it out of the way.
  };

  explicit IncomingBody(Exchange& owner) noexcept : exchange_(&owner) {}

  /// A body follows `head`, of at most `most` bytes. `now` starts its clock.
  void begin(const wire::RequestHead& head, const wire::ChunkLimits& chunks, std::uint64_t most,
             TimePoint now) noexcept;
  /// The same where the end is told by `complete`.
  void begin_stream(const wire::RequestHead& head, std::uint64_t most, TimePoint now) noexcept;
  /// That was all.
  void complete(TimePoint now);
  void clear() noexcept;

  Mode mode() const noexcept { return mode_; }
  /// It is of no use any more: readers get `Errc::cancelled`. Its clock runs again, as the connection may wait for its
  /// end.
  void discard(TimePoint now) noexcept {
    resume(now);
    mode_ = Mode::discarded;
  }
  /// Starts to collect. Throws `std::bad_alloc`.
  void start_collecting();

  /// Takes what it can of `input`, for a mode that keeps nothing with the connection. Returns how much. Throws
  /// `std::bad_alloc`.
  std::size_t feed(std::string_view input, TimePoint now);

  bool ended() const noexcept { return decoder_.done(); }
  bool failed() const noexcept { return status_ != Status{0}; }
  /// What a failure is answered with.
  Status status() const noexcept { return status_; }
  /// What readers get of it.
  const Error& error() const noexcept { return error_; }
  void fail(Status status, Error error) noexcept {
    if (failed()) return;
    status_ = status;
    error_ = error;
  }

  /// No more will arrive. What is there can still be read; what is missing then fails with `Errc::closed`.
  void cut_off(TimePoint now) noexcept;
  /// The same, and the connection has gone and left behind what had arrived.
  void cut_off(InputBuffer rest, TimePoint now) noexcept {
    rest_ = std::move(rest);
    cut_off(now);
  }

  /// The client waits for a 100 and has not got it.
  bool wants_permission() const noexcept { return wants_permission_; }
  void permit() noexcept { wants_permission_ = false; }
  /// The bytes that are missing, if that is known.
  std::optional<std::uint64_t> left() const noexcept { return decoder_.left(); }
  /// Bytes thrown away so far.
  std::uint64_t discarded() const noexcept { return discarded_; }

  /// Bytes have arrived at the connection.
  void arrived() noexcept;
  bool has_reader() const noexcept { return reader_ != nullptr; }
  /// Until it reads again the time is its own.
  void wake_reader(TimePoint now) noexcept {
    if (reader_ == nullptr) return;
    pause(now);
    std::exchange(reader_, nullptr)->wake();
  }

  /// Until when more must have arrived. The clock stands still while nobody wants more (`pause`).
  TimePoint deadline(Duration stall, std::uint32_t rate, Duration grace) const noexcept;
  void pause(TimePoint now) noexcept;
  void resume(TimePoint now) noexcept;

  // BodySource
  Piece take() noexcept override;
  Piece collect() noexcept override;
  void set_reader(gyre::detail::Waiter* reader) noexcept override;
  void set_filter(gyre::detail::BodyFilter* filter) noexcept override { filter_ = filter; }
  bool filtered() const noexcept override { return filter_ != nullptr; }
  void limit(std::uint64_t most) noexcept override { most_ = std::min(most_, most); }
  Status failure() const noexcept override { return status_; }

 private:
  Piece failed_piece() const noexcept { return {State::failed, {}, error_}; }
  Piece next_piece() noexcept;
  TimePoint now() const noexcept;
  InputBuffer take_input();
  void give_back_input(std::string_view rest);
  Piece decode() noexcept;
  void after_step(TimePoint now);
  void append(std::string_view data);

  Exchange* exchange_;
  wire::BodyLimits limits_;
  wire::BodyDecoder decoder_;
  gyre::detail::Waiter* reader_ = nullptr;
  gyre::detail::BodyFilter* filter_ = nullptr;
  Piece next_;         ///< For the reader that was woken.
  InputBuffer piece_;  ///< What `take` handed out last, or a chunked body that is being collected.
  InputBuffer rest_;   ///< What arrived and was not read when the connection went.
  char* memory_ = nullptr;
  std::size_t filled_ = 0;
  std::uint64_t discarded_ = 0;
  std::uint64_t most_ = UINT64_MAX;  ///< Of bytes, where `limit` asked for less than `limits_`.
  TimePoint started_ = time_never;
  TimePoint progressed_ = time_never;
  TimePoint paused_ = time_never;
  Status status_ = Status{0};
  Error error_ = Errc::unexpected;
  Mode mode_ = Mode::held;
  bool wants_permission_ = false;
  bool cut_off_ = false;
  bool complete_ = false;
};

}  // namespace gyre::http
