#pragma once

#include <gyre/base/error.hpp>
#include <gyre/coro/detail/waiter.hpp>

#include <string_view>

namespace gyre::detail {

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

 protected:
  ~BodySource() = default;
};

}  // namespace gyre::detail
