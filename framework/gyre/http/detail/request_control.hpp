#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/status.hpp>

#include <string_view>

namespace gyre::detail {

/// What a request at work can have done by the server that it came to, whatever the protocol.
class RequestControl {
 public:
  /// Sends an interim answer. False, and nothing is sent, where there can be none.
  virtual bool inform(Status status, std::string_view fields) = 0;
  /// At `when`, if that is earlier than the handler's deadline so far, the answer is `status`.
  virtual void limit_deadline(TimePoint when, Status status) noexcept = 0;
  /// What the answer is at the handler's deadline.
  virtual Status deadline_status() const noexcept = 0;

 protected:
  ~RequestControl() = default;
};

}  // namespace gyre::detail
