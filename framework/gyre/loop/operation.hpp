#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/bytes.hpp>
#include <gyre/loop/address.hpp>

#include <cstdint>

namespace gyre {

/// What an operation asks the kernel (or the simulation) for.
enum class OperationKind : std::uint8_t {
  accept,        ///< Connections of a listener, one completion each, until it is cancelled or fails.
  receive,       ///< The bytes of a stream, chunk by chunk in the loop's buffers, until its end.
  receive_into,  ///< At most one buffer of bytes, once.
  send,          ///< All the given bytes, once.
  connect,       ///< A connection to an address, once.
  poll,          ///< Readiness of a descriptor, once.
  open,          ///< A descriptor of a file, once.
  read_file,     ///< Bytes of a file from an offset on, once.
  write_file,    ///< Bytes into a file at an offset, once.
  stat,          ///< What is known of a file, once.
  send_file,     ///< Bytes of a file into a stream, once.
};

/// What has happened to an operation.
struct Completion {
  /// Not negative: the result (a descriptor, a number of bytes, 0 at a stream's end, poll events). Negative: an errno.
  std::int32_t result;
  /// True if the operation goes on and more completions follow.
  bool more;
  /// Only for `receive`: the bytes, valid during the call alone.
  Bytes data;
};

/// Something that a loop was asked for and that has not ended yet. It lives in whoever waits for it, is armed from
/// `Loop::submit` until its last completion, and must neither move nor die while armed. Use the derived kinds.
///
/// One reader (accept or receive) and one writer (send, send_file or connect) may be armed on a descriptor at a time,
/// and any number of polls. Once its cancellation is asked for, the next may be armed. Operations on files have no such
/// limit, and no order among them.
class Operation {
 public:
  using Handler = void (*)(Operation& self, const Completion& completion) noexcept;

  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  OperationKind kind() const noexcept { return kind_; }
  bool armed() const noexcept { return armed_; }

  /// The descriptor to work on. Not changed while armed.
  int descriptor = -1;

 protected:
  /// `handler` is called on the loop's thread for each completion, never inside `submit` or `cancel`. In the last call
  /// (`more` false) the operation is no longer armed: it may be submitted again or destroyed.
  Operation(OperationKind kind, Handler handler) noexcept : handler_(handler), kind_(kind) {}
  ~Operation() { GYRE_ASSERT(!armed_); }

 private:
  friend class Loop;

  Handler handler_;
  OperationKind kind_;
  bool armed_ = false;
  bool cancel_asked_ = false;  ///< Set by `Loop::cancel`, cleared by `Loop::submit`.
  bool parked_ = false;        ///< The backend's own: on a list of its, not with the kernel.
};

/// Accepts connections; each result is a new descriptor, non-blocking and closed on exec.
struct AcceptOperation : Operation {
  explicit AcceptOperation(Handler handler) noexcept : Operation(OperationKind::accept, handler) {}
};

/// Receives until the stream's end, which is the result 0; the bytes of each completion are the loop's.
struct ReceiveOperation : Operation {
  explicit ReceiveOperation(Handler handler) noexcept : Operation(OperationKind::receive, handler) {}

  /// Many bytes are expected: larger chunks, of which the loop has fewer. Counts from the next `submit` on.
  bool in_bulk = false;

  /// The backend's own, while armed.
  bool armed_in_bulk = false;
};

/// Receives once, into memory of the caller's.
struct ReceiveIntoOperation : Operation {
  explicit ReceiveIntoOperation(Handler handler) noexcept : Operation(OperationKind::receive_into, handler) {}
  MutableBytes buffer;
};

/// Sends its parts in order. The result is the number of bytes sent: all of them, or fewer if it was cancelled on the
/// way; an errno if the connection broke.
struct SendOperation : Operation {
  static constexpr std::size_t parts_max = 2;

  explicit SendOperation(Handler handler) noexcept : Operation(OperationKind::send, handler) {}

  Bytes parts[parts_max];
  std::uint8_t part_count = 0;

  /// The backend's own, while armed.
  std::size_t sent = 0;
  struct {
    struct {
      const void* base;
      std::size_t size;
    } vectors[parts_max];
    std::uint64_t header[7];  ///< Room for a `msghdr`.
  } kernel;
};

/// Connects a socket; the result is 0.
struct ConnectOperation : Operation {
  explicit ConnectOperation(Handler handler) noexcept : Operation(OperationKind::connect, handler) {}
  SocketAddress address;
};

/// Waits once until a descriptor, of this loop or of another library, is ready.
struct PollOperation : Operation {
  enum Events : std::uint32_t { readable = 1, writable = 2, hang_up = 4 };

  explicit PollOperation(Handler handler) noexcept : Operation(OperationKind::poll, handler) {}
  /// What to wait for; the result is the set that came true (errors count as `hang_up`).
  std::uint32_t events = 0;
};

}  // namespace gyre
