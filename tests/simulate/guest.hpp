#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/net/endpoint.hpp>

#include <string>

namespace gyre::simulate {

/// A client in a schedule, whatever it speaks.
class Guest {
 public:
  Guest() = default;
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  virtual ~Guest() = default;

  /// Visits until it has left, or the server has ended the connection.
  virtual Task<> visit(Loop& loop, Endpoint endpoint) = 0;

  /// What is wrong with what it heard; empty if nothing is. `excused`: it may have been let down, for the server
  /// stopped before it had left, or the network failed.
  virtual std::string fault(bool excused) const = 0;

  virtual unsigned number() const noexcept = 0;
  /// When it left, or took the request back; `time_never` if it did not.
  virtual TimePoint gone_at(std::size_t index) const noexcept = 0;
  virtual std::size_t wish_count() const noexcept = 0;
  /// Whether the handler of a request goes on when the client has left.
  virtual bool outlives(std::size_t index) const noexcept = 0;
  /// Answers that were heard to their end.
  virtual std::size_t heard_whole() const = 0;
  virtual std::string describe() const = 0;
};

}  // namespace gyre::simulate
