#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/intrusive_list.hpp>
#include <gyre/wire/h2/internal/frame_scan.hpp>
#include <gyre/wire/h2/internal/head_block.hpp>
#include <gyre/wire/h2/internal/ledger.hpp>
#include <gyre/wire/h2/internal/priority.hpp>
#include <gyre/wire/h2/internal/scratch.hpp>
#include <gyre/wire/h2/session.hpp>

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::wire::internal {

/// A code as it came: one that nobody knows means that something went wrong.
inline H2Error h2_error_of(std::uint32_t code) noexcept {
  return code > static_cast<std::uint32_t>(H2Error::http_1_1_required) ? H2Error::internal_error
                                                                       : static_cast<H2Error>(code);
}

/// A stream that has an owner, or is about to be refused.
struct H2StreamState : ListHook<H2StreamState> {
  std::uint32_t number = 0;
  H2Stream* owner = nullptr;
  std::size_t unused = 0;             // bytes of its body that count against the peer's windows
  bool is_refused = false;            // no owner wanted it
  bool is_reset = false;              // its owner has given it up
  bool peer_is_done = false;          // END_STREAM has come
  bool has_answered = false;          // (server) the final head has gone to nghttp2
  H2Error fault = H2Error::no_error;  // of what it has heard, though both sides may have ended well
  bool has_answer = false;            // (client) the final head has come
};

/// What a `H2Session` consists of: nghttp2's session, the ledger before it, and what its callbacks and the session's
/// owner tell each other. nghttp2's callbacks are C: what events throw is kept and thrown again behind it.
class H2Engine {
 public:
  enum class Side : std::uint8_t { server, client };

  H2Engine(Side side, const H2Session::Options& options, H2Events& events, H2HeadMemory& memory, TimePoint now);
  H2Engine(const H2Engine&) = delete;
  H2Engine& operator=(const H2Engine&) = delete;
  ~H2Engine();

  bool receive(std::string_view data, TimePoint now);
  bool wants_send() const noexcept;
  std::size_t send(std::span<char> room);
  bool finished() const noexcept;
  H2Error error() const noexcept { return error_; }
  H2Limit exceeded() const noexcept { return exceeded_; }
  std::size_t open_streams() const noexcept { return open_; }
  void forget(std::uint32_t stream) noexcept;

  bool respond(std::uint32_t stream, const ResponseHead& head, H2Session::Body body);
  bool inform(std::uint32_t stream, Status status, std::string_view fields);
  std::uint32_t request(std::span<const H2Field> fields, H2Stream& stream, H2Session::Body body);

  void resume(std::uint32_t stream) noexcept;
  void consumed(std::uint32_t stream, std::size_t size) noexcept;
  void reset(std::uint32_t stream, H2Error error) noexcept;
  void ping() noexcept;
  std::size_t window(std::uint32_t stream) const noexcept;

  void announce_goaway() noexcept;
  void goaway() noexcept;
  void terminate(H2Error error) noexcept;

  bool is_over() const noexcept { return is_over_; }
  std::uint64_t head_under_way() const noexcept { return own_block_ ? blocks_ : 0; }

  // For the callbacks (callbacks.cpp): each gives what nghttp2 wants to hear.
  int on_begin_headers(const nghttp2_frame& frame);
  int on_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  int on_frame(const nghttp2_frame& frame);
  int on_invalid_frame(const nghttp2_frame& frame);
  int on_data(std::uint32_t stream, std::string_view data);
  /// Of the payload of a PRIORITY_UPDATE, which is the only extension there is; then all of it.
  int on_priority_chunk(std::string_view bytes) noexcept;
  int on_priority_update(const nghttp2_frame_hd& header);
  int on_closed(std::uint32_t stream, std::uint32_t error) noexcept;
  int on_sent(const nghttp2_frame& frame) noexcept;
  int on_not_sent(const nghttp2_frame& frame, int why) noexcept;
  ssize_t next_piece(H2StreamState& state, std::size_t most, std::uint32_t& flags);
  int send_piece(H2StreamState& state, const std::uint8_t* header, std::size_t size) noexcept;
  /// Keeps what was thrown.
  int failed(std::exception_ptr thrown) noexcept;
  BlockPool& pool() noexcept { return memory_->scratch_->pool; }
  void* reallocate(void* memory, std::size_t size) noexcept;
  void release(void* memory) noexcept;

 private:
  void start();
  void configure();
  bool is_server() const noexcept { return side_ == Side::server; }
  H2StreamState* find(std::uint32_t stream) const noexcept;
  H2StreamState& add_state(std::uint32_t stream);
  void drop_state(H2StreamState& state) noexcept;
  void free_state(H2StreamState& state) noexcept;

  void feed(std::string_view data);
  /// What is known of a frame's stream before nghttp2 has had the bytes in front of the frame.
  enum class Stream : std::uint8_t { fresh, known, perhaps_closed };
  /// Whether there is something to ask about the frame that nghttp2 does not.
  bool needs_look(const H2FrameHeader& frame, Stream stream) const noexcept;
  /// Whether the frame may be given to nghttp2, which has had all bytes before it.
  bool is_welcome(const H2FrameHeader& frame) noexcept;
  void exceed(H2Limit limit) noexcept;
  /// For calls that cannot throw: nghttp2 fails for want of memory only, and then for good.
  void check(int result) noexcept;
  void check_queue() noexcept;
  void throw_failure(int result);

  H2HeadBlock& block() noexcept;
  void keep_block();
  enum class Header : std::uint8_t { counts, is_ignored };
  int set_priority(std::uint32_t stream, H2Priority priority, Header header) noexcept;
  int on_request(const nghttp2_frame& frame);
  int on_response(const nghttp2_frame& frame);
  int on_headers(const nghttp2_frame& frame);
  void drop_stream(H2StreamState& state, H2Error error) noexcept;
  void refuse(H2StreamState& state) noexcept;
  void answer_sent(std::uint32_t stream) noexcept;

  void put(std::string_view bytes);
  void put_stream_limit() noexcept;
  std::size_t room_left() const noexcept { return room_.size() - used_; }

  struct FreeSession {
    void operator()(nghttp2_session* session) const noexcept { nghttp2_session_del(session); }
  };

  const Side side_;
  bool is_over_ = false;     // the peer is not listened to any more
  bool is_broken_ = false;   // for want of memory, or by what an event threw
  bool is_spoilt_ = false;   // by an array of nghttp2's that could not grow
  bool is_starting_ = true;  // nghttp2 makes its session
  const H2Session::Options options_;
  H2Events* const events_;
  H2HeadMemory* const memory_;
  TimePoint now_;
  H2FrameScan scan_;
  H2Ledger ledger_;
  IntrusiveList<H2StreamState> states_;
  std::size_t open_ = 0;        // of them, those that have an owner
  std::uint64_t blocks_ = 0;    // that have begun
  Box<H2HeadBlock> own_block_;  // one that is not complete, between two calls of `receive`
  std::exception_ptr thrown_;
  H2Error error_ = H2Error::no_error;
  H2Limit exceeded_ = H2Limit::none;
  std::uint32_t last_begun_ = 0;   // (server) the highest stream that nghttp2 has seen begin
  std::size_t begun_ = 0;          // (server) streams that nghttp2 has
  bool has_greeted_ = false;       // (server) the first frame has gone out
  bool goes_ = false;              // a GOAWAY is to be made with the next frames
  std::uint32_t peer_resets_ = 0;  // the stream whose RST_STREAM is being looked at
  std::size_t queued_heads_ = 0;   // HEADERS that are with nghttp2

  struct EarlyPriority {
    std::uint32_t stream;
    H2Priority priority;
  };
  std::vector<EarlyPriority> early_priorities_;  // of streams that have not begun
  std::array<char, 36> update_ = {};             // a PRIORITY_UPDATE: a number and a value that is not longer
  std::size_t update_size_ = 0;                  // more than that if it is too long

  std::span<char> room_;
  std::size_t used_ = 0;
  bool is_crumb_ = false;   // (piece_) it is small because of the peer's window alone
  std::string_view piece_;  // between nghttp2's two questions about it
  std::string rest_;        // of a frame that did not fit

  std::unique_ptr<nghttp2_session, FreeSession> session_;  // gives back memory by way of this object
};

}  // namespace gyre::wire::internal
