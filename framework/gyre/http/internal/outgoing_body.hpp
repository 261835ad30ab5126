#pragma once

#include <gyre/http/detail/body_sink.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace gyre::http {

struct Exchange;

/// The streamed body of one answer on its way out: its framing, and who waits to write more.
class OutgoingBody final : public gyre::detail::BodySink {
 public:
  enum class Framing : std::uint8_t {
    length,   ///< An announced length.
    chunked,  ///< RFC 9112 7.1.
    bare,     ///< As it is: the protocol, or the connection's end, says where it ends.
  };

  explicit OutgoingBody(Exchange& owner) noexcept : exchange_(&owner) {}

  void begin(Framing framing, std::uint64_t length) noexcept;
  /// The task has ended. Writes what ends the body; false if it is not whole.
  bool finish();
  void clear() noexcept;

  Framing framing() const noexcept { return framing_; }
  /// Field lines, each with its CRLF.
  std::string_view trailers() const noexcept { return trailers_; }
  /// Wakes who waits, if what he waits for has come true.
  void wake_writer() noexcept;
  bool sending_file() const noexcept { return file_send_ != nullptr; }
  /// Bytes of the file that have gone out since this was asked last. Only while `sending_file`.
  std::size_t file_progress() noexcept {
    const std::size_t sent = sent_by(*file_send_);
    return sent - std::exchange(file_sent_, sent);
  }

  // BodySink
  bool closed() const noexcept override;
  void put(std::string_view text) override;
  void put_trailer(std::string_view name, std::string_view value) override;
  bool has_room() const noexcept override;
  bool flushed() const noexcept override;
  void set_writer(gyre::detail::Waiter* writer, bool all) noexcept override {
    writer_ = writer;
    wants_all_ = all;
  }
  bool takes_files() const noexcept override;
  void break_off() noexcept override { broken_ = true; }
  int begin_file(std::uint64_t size) override;
  void begin_file_send(const SendFileOperation& send) noexcept override;
  void end_file(std::uint64_t sent) noexcept override;

 private:
  /// Throws `Failure` (`limit_exceeded`) beyond an announced length.
  void check(std::uint64_t size) const;
  void count(std::uint64_t size) noexcept;

  Exchange* exchange_;
  gyre::detail::Waiter* writer_ = nullptr;
  std::uint64_t left_ = 0;       ///< Of an announced length.
  std::uint64_t file_left_ = 0;  ///< Of the files that were begun: what is not sent leaves the body open for ever.
  const SendFileOperation* file_send_ = nullptr;  ///< What sends a piece of one past us.
  std::size_t file_sent_ = 0;                     ///< By it, when that was last looked at.
  std::string trailers_;
  Framing framing_ = Framing::chunked;
  bool wants_all_ = false;
  bool broken_ = false;
};

}  // namespace gyre::http
