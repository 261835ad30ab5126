#pragma once

#include <gyre/coro/event.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/testing/answer.hpp>
#include <gyre/testing/test_request.hpp>
#include <gyre/wire/h2/session.hpp>

#include <memory>
#include <optional>
#include <string>

namespace gyre::testing::internal {

/// A client's HTTP/2 connection: any number of requests at once, each waited for by its own task. There is no task
/// beside them: whoever waits receives for all.
class H2Connection final : private wire::H2Events {
 public:
  /// `limit` is for each wait; `Duration::max()` for none. Throws `std::bad_alloc`.
  H2Connection(Loop& loop, Stream stream, Duration limit);
  H2Connection(const H2Connection&) = delete;
  H2Connection& operator=(const H2Connection&) = delete;

  /// The answer; nothing if the server has not looked at the request, so that it can be sent again. Throws
  /// `WrongAnswer`, `TimedOut`, and `Cancelled` once the server has been told. The connection outlives the task.
  Task<std::optional<Answer>> ask(const TestRequest& request, std::string_view host);

  /// Whether the server takes another request, as far as is known.
  bool is_open() const noexcept { return !ended_ && !says_goodbye_ && !session_->finished(); }

 private:
  class Exchange;
  class Receiving;

  // wire::H2Events; a server calls none of the first two.
  wire::H2Stream* on_request(std::uint32_t, wire::RequestHead&, std::string_view) override { return nullptr; }
  wire::H2Stream* on_bad_request(std::uint32_t, wire::HeadError) override { return nullptr; }
  void on_goaway(std::uint32_t last, wire::H2Error error) override;

  Task<> talk(Exchange& exchange);
  Task<> flush();
  Task<> receive();

  Loop* loop_;
  Stream stream_;
  Duration limit_;
  Mutex sending_;
  bool receiving_ = false;
  std::shared_ptr<Event> progress_;  ///< Somebody has received, or will not any more.
  bool broken_ = false;              ///< Nothing can be sent.
  bool ended_ = false;               ///< Nothing comes any more.
  bool says_goodbye_ = false;
  std::uint32_t served_up_to_ = 0x7fffffff;
  wire::H2HeadMemory memory_;
  Box<wire::H2Session> session_;
};

}  // namespace gyre::testing::internal
