#pragma once

#include <gyre/coro/detail/waiter.hpp>
#include <gyre/loop/file_operation.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::detail {

/// Where a streamed answer goes, whatever the protocol: what `BodyWriter` writes to.
class BodySink {
 public:
  /// The client or the server gave up: nothing goes out any more.
  virtual bool closed() const noexcept = 0;
  /// Takes a copy of `text`, framed. Throws `Failure` (`limit_exceeded`) beyond an announced length.
  virtual void put(std::string_view text) = 0;
  /// Passes on what it keeps back itself, a coding for one. Waits for nothing.
  virtual void push_out() {}
  virtual void put_trailer(std::string_view name, std::string_view value) = 0;
  /// Something that belonged in the body does not come: whatever else is written, it never becomes whole.
  virtual void break_off() noexcept = 0;
  /// More may be written without waiting.
  virtual bool has_room() const noexcept = 0;
  /// Everything written is with the kernel.
  virtual bool flushed() const noexcept = 0;
  /// Who is woken when `has_room` (or `flushed`, if `all`) has come true; nullptr for nobody.
  virtual void set_writer(Waiter* writer, bool all) noexcept = 0;

  /// Whether bytes of a file may go past it.
  virtual bool takes_files() const noexcept { return true; }
  /// Announces `size` bytes that go to the returned socket past this object. Only when `flushed`.
  virtual int begin_file(std::uint64_t size) = 0;
  /// `send`, of a piece of it, is about to be submitted. It stays until `end_file`: how far it got is asked of it.
  virtual void begin_file_send(const SendFileOperation& send) noexcept = 0;
  /// So many bytes of it have been sent.
  virtual void end_file(std::uint64_t sent) noexcept = 0;

 protected:
  ~BodySink() = default;
};

}  // namespace gyre::detail
