#pragma once

#include <gyre/base/time.hpp>

#include <cstddef>
#include <cstdint>

namespace gyre {

/// A length of time that is drawn anew each time it is needed: `least`, `most` or anything between. It is always
/// `least` where `most` is not larger.
struct SimDelay {
  Duration least{};
  Duration most{};
};

/// How the clocks of a simulated world go wrong: about once in so much time, by the seed. A length of 0: never.
struct SimClock {
  /// The wall clock jumps, forth or back by up to `jump_max`. No timer notices: only `Loop::wall_time` and what is made
  /// of it.
  Duration jump_every{};
  Duration jump_max{};
  /// The time goes too far when it next moves, by up to `stall_max`: as for a process that was stopped, or whose
  /// machine was busy. Timers then fire late, and all that arrived meanwhile is there at once.
  Duration stall_every{};
  Duration stall_max{};
};

/// What fails in a simulated world, by the seed. Each number is how many of a million attempts fail: an operation is
/// attempted when it is submitted, and again whenever what it waits for may have come.
///
/// Failures reach the program as they do on Linux. What a real loop hides from its users stays hidden here, too, and
/// only shows in the order of events: a connection that was aborted before it could be accepted (ECONNABORTED), a
/// receive that found no buffer (ENOBUFS), work on a file that a signal interrupted (EINTR).
struct SimFaults {
  /// A receive or a send, before which the network resets the connection: each side may still read what had arrived and
  /// is told ECONNRESET once, by whatever it tries next. Internet connections only.
  std::uint32_t resets = 0;
  /// An accept: the connection at hand is aborted (ECONNABORTED), or stays in the backlog for want of descriptors or
  /// memory (EMFILE, ENFILE, ENOBUFS, ENOMEM).
  std::uint32_t accepts = 0;
  /// A receive: ETIMEDOUT or EHOSTUNREACH, and the connection is gone; ENOBUFS, which is hidden.
  std::uint32_t receives = 0;
  /// A send: EPIPE, and the connection is gone; ENOBUFS, and it goes on.
  std::uint32_t sends = 0;
  /// A connect: ETIMEDOUT or ECONNREFUSED.
  std::uint32_t connects = 0;
  /// Work on a file: EIO; ENOSPC for writing and creating; EINTR, which is hidden. For sending a file EIO.
  std::uint32_t files = 0;
  /// `Loop::open_socket`: EMFILE, ENFILE, ENOBUFS or ENOMEM.
  std::uint32_t sockets = 0;
};

/// One operation that fails.
struct SimFailure {
  /// Which: they are counted from 1, in the order in which they are submitted (`SimLoop::operations`). 0: none.
  std::uint64_t number = 0;
  /// The errno that it ends with. 0: one that fits its kind (accept and open EMFILE, receive ECONNRESET, send EPIPE,
  /// connect ECONNREFUSED, poll ENOMEM, write ENOSPC, the rest EIO). After ECONNRESET, EPIPE, ETIMEDOUT and
  /// EHOSTUNREACH of a receive or a send the connection is gone.
  int error = 0;
};

/// What a simulated world is like.
struct SimOptions {
  /// Decides everything that is left open: the order of what happens at one instant, the sizes of chunks, delays,
  /// faults, `random()`. The same seed and the same program give the same run.
  std::uint64_t seed = 1;
  /// Bytes that one direction of a connection holds, those on their way included, before a send has to wait.
  std::size_t pipe_capacity = 64 * 1024;
  /// Receives see chunks, and sends make progress in pieces, of sizes by the seed. Else as large as they can be.
  bool split_chunks = false;
  /// More open descriptors than these are EMFILE.
  std::size_t descriptors_max = SIZE_MAX;
  /// How long bytes, the end of a stream, a reset and each of the three steps of a connect are on their way, one way.
  /// One direction of a connection keeps its order. The news that the reader has made room takes no time. Internet
  /// connections only, as `bandwidth`: Unix sockets are within the machine.
  SimDelay latency{};
  /// Bytes per second that one direction of a connection carries. They arrive in segments of 1,460 bytes; what has not
  /// been sent yet when a connection is reset is lost. 0: no limit.
  std::uint64_t bandwidth = 0;
  /// Completions are handed over up to so much later, each direction of a descriptor in its order: so those of
  /// different descriptors come in another order than they happened, and a cancellation crosses more results.
  Duration late_completions{};
  SimClock clock{};
  SimFaults faults{};
  SimFailure fail_operation{};
};

}  // namespace gyre
