#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/http/detail/body_sink.hpp>
#include <gyre/net/file.hpp>

#include <cstdint>
#include <string_view>

namespace gyre {

/// What the task of a streamed answer writes its body with (see `Response::stream`).
///
/// What is written in one turn of the loop leaves with one send. Whoever writes faster than the client reads waits
/// (`Limits::output`). Once the client has left, or the server gives up, every call throws `Cancelled`.
class BodyWriter {
 public:
  explicit BodyWriter(detail::BodySink& sink) noexcept : sink_(&sink) {}
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;

  /// What awaiting `write` and `flush` does.
  class [[nodiscard]] Write : public detail::Waiter {
   public:
    Write(detail::BodySink& sink, std::string_view text, bool all) noexcept
        : Waiter(&Write::leave), sink_(&sink), text_(text), all_(all) {}
    bool await_ready();
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      sink_->set_writer(this, all_);
      return true;
    }
    void await_resume() const;

   private:
    static void leave(Waiter& waiter) noexcept {
      auto& self = static_cast<Write&>(waiter);
      self.sink_->set_writer(nullptr, self.all_);
    }
    detail::BodySink* sink_;
    std::string_view text_;
    bool all_;
  };

  /// Writes `text`, which is copied; waits while too much is on its way already. Throws `Failure` (`limit_exceeded`)
  /// for more than the length that the answer announced, and for more than 1 GiB at once: nothing of it is written.
  Write write(std::string_view text) noexcept { return {*sink_, text, false}; }
  /// Waits until everything that was written is with the kernel.
  Write flush() noexcept { return {*sink_, {}, true}; }

  /// Writes `size` bytes of `file` from `offset` on, without a way through user memory where the loop can. Throws
  /// `Failure` if the file cannot be read or ends before: then the stream is cut.
  Task<> send_file(File& file, std::uint64_t offset, std::uint64_t size);

  /// Adds a trailer, to follow the body if that goes out in chunks; else it is dropped. Throws `Failure`
  /// (`invalid_argument`) for what `Response::add` refuses, and for fields that must not be trailers (RFC 9110 6.5.1).
  void add_trailer(std::string_view name, std::string_view value) { sink_->put_trailer(name, value); }

  // --- for helpers that write between the task's own writes -----------------------------------------------------
  detail::BodySink& sink() const noexcept { return *sink_; }

 private:
  Task<> copy_file(File* file, std::uint64_t offset, std::uint64_t size);
  Task<> splice_file(File* file, std::uint64_t offset, std::uint64_t size);

  detail::BodySink* sink_;
};

}  // namespace gyre
