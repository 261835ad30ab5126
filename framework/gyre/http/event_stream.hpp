#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/response.hpp>
#include <gyre/loop/loop.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gyre {

/// One Server-Sent Event (HTML standard, 9.2). Views that live until it is sent.
struct ServerSentEvent {
  /// Any text; each of its lines becomes a line of the event.
  std::string_view data;
  /// The type; empty for "message".
  std::string_view event = {};
  /// Comes back as Last-Event-ID when the client connects again; empty to leave the last one.
  std::string_view id = {};
};

/// How an event stream is kept.
struct EventStreamOptions {
  /// After that long without an event a comment is sent, so that proxies do not end the connection, and a client that
  /// has vanished is noticed. `Duration::max()`: none.
  Duration keep_alive = std::chrono::seconds{15};
  /// How long the client waits before it connects again, if it should be told.
  std::optional<Duration> retry = std::nullopt;
};

/// Sends the events of one client. Belongs to the task that was given it.
class EventStream {
 public:
  EventStream(BodyWriter& out, Loop& loop, const EventStreamOptions& options);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  /// Sends one event: `co_await events.send({.data = "3", .event = "count"});`. Waits while the client is slow; throws
  /// `Cancelled` once it has left. Throws `Failure` (`invalid_argument`) for an id or a type with a line break or NUL.
  BodyWriter::Write send(const ServerSentEvent& event);
  /// Sends a comment, which clients ignore.
  BodyWriter::Write comment(std::string_view text);

 private:
  struct KeepAlive : Timer {
    explicit KeepAlive(EventStream& owner) noexcept : Timer(&KeepAlive::fire), stream(&owner) {}
    static void fire(Timer& timer) noexcept;
    EventStream* stream;
  };

  void wait_again() noexcept;
  BodyWriter::Write send_text();

  BodyWriter* out_;
  Loop* loop_;
  Duration keep_alive_;
  std::string text_;  ///< Of the event that is being sent.
  KeepAlive timer_{*this};
};

/// An answer of events: `text/event-stream`, not cached, sent while `producer`, a `Task<>(EventStream&)`, runs. It ends
/// with the task, and clients then connect again; to tell them not to, answer 204.
///
///     app.get("/count", [](gyre::LastEventId last) {
///       return gyre::event_stream([](gyre::EventStream& events) -> gyre::Task<> {
///         for (int count = 0;; ++count) {
///           co_await events.send({.data = std::to_string(count)});
///           co_await gyre::sleep_for(1s);
///         }
///       });
///     });
Response event_stream(Callback<Task<>(EventStream&)> producer, EventStreamOptions options = {});

}  // namespace gyre
