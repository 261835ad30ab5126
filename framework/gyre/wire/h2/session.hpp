#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/time.hpp>
#include <gyre/wire/h1/head_error.hpp>
#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/received_response_head.hpp>
#include <gyre/wire/h1/request_head.hpp>
#include <gyre/wire/h1/response_writer.hpp>
#include <gyre/wire/h2/error.hpp>
#include <gyre/wire/h2/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gyre::wire {

namespace internal {
class H2Engine;
struct H2Scratch;
}  // namespace internal

/// What a client's HTTP/2 connection begins with (RFC 9113 3.4).
inline constexpr std::string_view h2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What is to be sent next of a stream's body.
struct H2Piece {
  enum class State : std::uint8_t {
    more,     ///< `data`, and then others.
    last,     ///< `data`, perhaps empty, ends the body.
    waiting,  ///< Nothing is there now: `H2Session::resume` says when to ask again.
  };
  State state = State::waiting;
  std::string_view data = {};
};

/// One stream's owner, told what arrives on it. Attached from the head until `on_closed`, the last call. Each call is
/// made from within `H2Session::receive`, or `send` (`on_closed` from the destructor, too), and must not call those, of
/// no session with the same memory; everything else of the session may be called. What a call throws comes out of
/// `receive` or `send`, and the session has failed then.
class H2Stream {
 public:
  /// Bytes of the body: valid during the call. They count against the peer's window until `H2Session::consumed`.
  virtual void on_data(std::string_view data) = 0;
  /// The peer's side has ended: that was all. Comes once for each stream that is not reset before, right behind the
  /// head if there is no body. `trailers`: field lines, each with its CRLF, for `FieldLines`, valid during the call;
  /// mostly empty.
  virtual void on_end(std::string_view trailers) = 0;
  /// The stream is over, and its number is of no use any more: both sides have ended (`no_error`), one has reset it, or
  /// the connection has ended.
  virtual void on_closed(H2Error error) noexcept = 0;

  /// The next piece of the body, of at most `most` bytes: the same until `body_taken`. Asked for when there is room for
  /// it; not everything that is given has to be taken.
  virtual H2Piece next_piece(std::size_t most) noexcept = 0;
  /// So many bytes of it have been taken.
  virtual void body_taken(std::size_t size) noexcept = 0;
  /// Field lines to end the body with, each with its CRLF; asked once behind the last piece. Empty for none.
  virtual std::string_view trailers() noexcept { return {}; }

  // (client)
  /// An interim answer (1xx), then the final one. The head's bytes and fields are valid during the call.
  virtual void on_response(ReceivedResponseHead& /*head*/) {}

 protected:
  ~H2Stream() = default;
};

/// Who has the session, told what concerns all of it. As `H2Stream`: from within `receive`.
class H2Events {
 public:
  /// (server) A request has come on `stream`: its head's bytes (from `head_bytes` on, for `rebase`) and fields are
  /// valid during the call. `Host` stands for `:authority` where that was sent, and several Cookie fields are one. What
  /// is returned hears of the stream from now on; nullptr refuses it (REFUSED_STREAM); if this throws nobody does. A
  /// body follows if `head.has_body()`: without a length it is said to be chunked.
  virtual H2Stream* on_request(std::uint32_t stream, RequestHead& head, std::string_view head_bytes) = 0;
  /// (server) A request has come that has a well-formed head but breaks a rule that has a status of its own
  /// (`HeadError`): what answers it.
  virtual H2Stream* on_bad_request(std::uint32_t stream, HeadError error) = 0;
  /// The peer goes: streams above `last` are not served.
  virtual void on_goaway(std::uint32_t /*last*/, H2Error /*error*/) {}

 protected:
  ~H2Events() = default;
};

/// Memory that a session needs only while `H2Session::receive` or `send` runs, where a head is put together and a frame
/// is packed: of the loop, for all its sessions, so that an idle one has none. About 17 KB, and what the largest head
/// has taken. And the blocks that streams are made of, of which it keeps up to 576 KB that are not in use.
class H2HeadMemory {
 public:
  /// Throws `std::bad_alloc`.
  H2HeadMemory();
  H2HeadMemory(const H2HeadMemory&) = delete;
  H2HeadMemory& operator=(const H2HeadMemory&) = delete;
  ~H2HeadMemory();

 private:
  friend class internal::H2Engine;
  Box<internal::H2Scratch> scratch_;
};

/// A field of a request that a client sends.
struct H2Field {
  std::string_view name;
  std::string_view value;
};

/// One side of an HTTP/2 connection (RFC 9113), without I/O: bytes come in and go out, and whoever owns it reads and
/// sends them. Keeps the rules of the protocol and of messages, flow control, HPACK, and the ledger of what a peer
/// costs
/// (`H2Limits`). Not thread-safe.
class H2Session {
 public:
  struct Options {
    H2Limits limits = {};
    /// Of each request: 414, 431 by `H2Events::on_bad_request`. Fields count with 32 bytes each, Cookie crumbs too.
    HeadLimits heads = {};
    /// (server) Takes CONNECT requests with `:protocol` (RFC 8441).
    bool extended_connect = false;
  };

  /// The server's side: the client's preface comes first. `events` and `memory` outlive it. Throws `std::bad_alloc`.
  static Box<H2Session> server(const Options& options, H2Events& events, H2HeadMemory& memory, TimePoint now);
  /// The client's side.
  static Box<H2Session> client(const Options& options, H2Events& events, H2HeadMemory& memory, TimePoint now);
  H2Session(const H2Session&) = delete;
  H2Session& operator=(const H2Session&) = delete;
  /// The streams that are left are closed (`internal_error`).
  ~H2Session();

  /// Bytes of the peer, all of them. False: the connection is over as far as the peer is concerned, `send` what is left
  /// (a GOAWAY says why) and end it. An error that ends it may show later, in `finished` behind the `send` of its
  /// GOAWAY. Throws what the events throw, and `std::bad_alloc`, and then is of no more use.
  bool receive(std::string_view data, TimePoint now);

  /// Whether there is something to send, as far as the peer's windows let it.
  bool wants_send() const noexcept;
  /// Writes frames into `room`, which has at least `send_min` bytes, as many as there are and fit, streams taking
  /// turns. How many bytes that were; 0: nothing is to be sent now. Throws as `receive`.
  std::size_t send(std::span<char> room);
  static constexpr std::size_t send_min = 2048;

  /// Nothing will come any more, and nothing is to be sent: the connection was ended, or one side has said that it goes
  /// and no stream is left, or the session has failed.
  bool finished() const noexcept;
  /// What the connection was ended with by us; `no_error` while it was not.
  H2Error error() const noexcept;
  /// The limit that ended it; mostly `none`.
  H2Limit exceeded() const noexcept;
  /// The header block that has begun and is not complete, counted from 1: its fields are in memory of the session. 0
  /// without.
  std::uint64_t head_under_way() const noexcept;
  /// Streams that have an owner and are not closed.
  std::size_t open_streams() const noexcept;

  /// A stream's owner goes before it is closed: nobody is told of it any more, and what still arrives is thrown away.
  void forget(std::uint32_t stream) noexcept;

  // --- a stream's answer (server) -------------------------------------------------------------------------------
  /// The final answer's head; `framing` and `content_length` say whether Content-Length is sent, `connection` is not
  /// looked at. `body`: pieces follow, asked of the stream; else the head ends the stream. False: the stream has gone,
  /// or `content_type` is no field value, and nothing is sent. Throws `std::bad_alloc`, as do the next two.
  enum class Body : std::uint8_t { none, follows };
  bool respond(std::uint32_t stream, const ResponseHead& head, Body body);
  /// An interim answer (1xx but 101). False: the stream has gone, or has its final answer.
  bool inform(std::uint32_t stream, Status status, std::string_view fields);

  // --- a request (client) ---------------------------------------------------------------------------------------
  /// Sends a request, pseudo-header fields first and names in lower case. Its stream's number; 0 if there can be no
  /// more.
  std::uint32_t request(std::span<const H2Field> fields, H2Stream& stream, Body body);

  // --- both -----------------------------------------------------------------------------------------------------
  /// There is something to ask `next_piece` for again.
  void resume(std::uint32_t stream) noexcept;
  /// So many bytes of a stream's body have been used: the peer may send as many again.
  void consumed(std::uint32_t stream, std::size_t size) noexcept;
  /// Gives up a stream: what has not been sent of it is not sent any more. It is closed later, when that is sent.
  /// `no_error`, behind the end of an answer, tells a client that the rest of its body is not wanted (RFC 9113 8.1).
  void reset(std::uint32_t stream, H2Error error) noexcept;
  /// Asks for a sign of life.
  void ping() noexcept;
  /// Bytes that the peer's windows let go out on this stream now.
  std::size_t window(std::uint32_t stream) const noexcept;

  /// The first step of leaving (RFC 9113 6.8): says that we will go; new streams are still served.
  void announce_goaway() noexcept;
  /// The second: later streams than those that have come are not served, and the session is `finished` once these are.
  void goaway() noexcept;
  /// Ends the connection now: GOAWAY with `error`, and nothing else is sent or served.
  void terminate(H2Error error) noexcept;

 private:
  explicit H2Session(Box<internal::H2Engine> engine) noexcept;

  Box<internal::H2Engine> engine_;
};

}  // namespace gyre::wire
