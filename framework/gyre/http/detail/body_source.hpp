#pragma once

#include <gyre/base/error.hpp>
#include <gyre/coro/detail/waiter.hpp>
#include <gyre/wire/status.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::detail {

class BodyFilter;

/// Where a request's body comes from, whatever the protocol: what `Body` reads and `Request::collect` collects.
class BodySource {
 public:
  enum class State : unsigned char {
    waiting,  ///< Nothing is there yet.
    ready,    ///< A piece (`take`), or the whole (`collect`).
    ended,    ///< The body is over.
    failed,   ///< See `error`.
  };
  struct Piece {
    State state = State::waiting;
    std::string_view data = {};
    Error error = Errc::unexpected;
  };

  /// The next piece, valid until the next call.
  virtual Piece take() noexcept = 0;
  /// Has the rest of the body collected into the request's memory. `ready`: `Request::body()` has it.
  virtual Piece collect() noexcept = 0;
  /// Who is woken when one of the two has something else to say than `waiting`; nullptr for nobody.
  virtual void set_reader(Waiter* reader) noexcept = 0;
  /// What `take` gives goes through `filter` from now on, and `collect` fails; nullptr for none. Before the first read.
  virtual void set_filter(BodyFilter* filter) noexcept = 0;
  virtual bool filtered() const noexcept = 0;
  /// More than `most` bytes, as they come, are too many. Raises nothing.
  virtual void limit(std::uint64_t most) noexcept = 0;
  /// What a failure is answered with; `Status{0}` if it has not failed.
  virtual Status failure() const noexcept = 0;

 protected:
  ~BodySource() = default;
};

}  // namespace gyre::detail
