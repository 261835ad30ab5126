#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/http/limits.hpp>
#include <gyre/http/service.hpp>
#include <gyre/wire/status.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gyre {

namespace compat {
struct AskLink;
struct ServiceCore;
}  // namespace compat

/// A header field of a request or an answer that came over no connection.
struct ServiceField {
  std::string name;
  std::string value;
};

/// A request to a `CallbackService`.
struct ServiceRequest {
  std::string method = "GET";
  /// As in a request line: "/path?query".
  std::string target = "/";
  /// Without a Host field the request gets `CallbackServiceOptions::host`. Fields about a connection or its framing
  /// (Connection, Content-Length, Expect, Transfer-Encoding, Upgrade and the like) are left out: there is none.
  std::vector<ServiceField> fields = {};
  std::string body = {};
};

/// The answer of a `CallbackService`.
struct ServiceAnswer {
  Status status = Status::ok;
  /// Content-Type among them, if there is one; never Content-Length, Date or Connection.
  std::vector<ServiceField> fields = {};
  /// Empty if the body went by `AskCallbacks::on_piece`.
  std::string body = {};
  /// The length that the body has, or would have for a request other than HEAD. Nothing for a stream that did not
  /// announce its length.
  std::optional<std::uint64_t> length = {};
  /// What the stream put behind its body.
  std::vector<ServiceField> trailers = {};
  /// False if a stream whose head or pieces were told was cut, and if the request was cancelled by its handle (status
  /// 499): what is there must not be taken for the whole.
  bool complete = true;

  /// The value of the first field of that name, in any case, or an empty text.
  std::string_view field(std::string_view name) const noexcept;
};

/// Who hears of an answer. Each is called, and destroyed, on the loop's thread, one after the other. What one of them
/// throws is told to `Service::failed`.
struct AskCallbacks {
  /// Called exactly once, and last.
  Callback<void(ServiceAnswer)> on_answer;
  /// Status and fields of a streamed answer, before its first piece. Not called for others.
  Callback<void(const ServiceAnswer&)> on_head = {};
  /// The body of a streamed answer as it is written; a piece is valid during the call. Without it the body is
  /// collected, up to `CallbackServiceOptions::collected`.
  Callback<void(std::string_view)> on_piece = {};
};

/// A request under way, to be given up. Copies are the same one; it may be kept longer than the service.
class AskHandle {
 public:
  AskHandle() noexcept = default;
  explicit AskHandle(Shared<compat::AskLink> link) noexcept;
  AskHandle(const AskHandle& other) noexcept;
  AskHandle(AskHandle&& other) noexcept;
  AskHandle& operator=(AskHandle other) noexcept;
  ~AskHandle();

  /// Nobody wants the answer any more: what a client does that disconnects. The handler is cancelled with
  /// `CancelReason::client_gone` unless its route says otherwise (`OnDisconnect`), and the answer is a 499, unless the
  /// real one has come already. From any thread; nothing if the request is over.
  void cancel() const noexcept;

 private:
  Shared<compat::AskLink> link_;
};

/// How a `CallbackService` asks.
struct CallbackServiceOptions {
  /// `head`, `body`, `handler` and `output` count, as for a server; what is about connections does not.
  Limits limits = {};
  /// Requests at once; one more is answered with 503 and Retry-After.
  unsigned requests = 10'000;
  /// Bytes of a streamed answer that is collected: beyond it the stream is cancelled and the answer is a 500.
  std::size_t collected = std::size_t{64} << 20;
  /// The Host of requests that name none.
  std::string host = "localhost";
  /// How long a stop waits for requests in progress before it cancels them.
  Duration drain = std::chrono::seconds{10};
};

/// Asks an `App`, a `Router` or any other `Service` from a program with callbacks, without a connection:
///
///     gyre::CallbackService service{*loop, app};
///     std::thread thread{[&] { loop->run(service.serve()); }};  // or a LoopDriver in the program's own loop
///     service.ask({.target = "/users/7"}, [](gyre::ServiceAnswer answer) { show(answer.body); });
///     ...
///     service.stop();
///
/// A request takes the way that one over HTTP/1.1 takes: routes, middleware, extractors, deadlines, error pages. What
/// the request says is checked like a client's. An `App`'s start and stop hooks and background tasks are not run.
///
/// Made and destroyed on the loop's thread, like all that it calls. `ask` and `stop` are for any thread.
class CallbackService {
 public:
  /// `loop` and `service` outlive it, and `service` does not change any more.
  CallbackService(Loop& loop, Service& service, CallbackServiceOptions options = {});
  CallbackService(const CallbackService&) = delete;
  CallbackService& operator=(const CallbackService&) = delete;
  /// `serve` has ended, or neither `ask` nor `stop` was ever called.
  ~CallbackService();

  /// Runs until `stop`, or until it is cancelled, which is the same and throws `Cancelled` at its end: requests in
  /// progress have `CallbackServiceOptions::drain`, new ones get 503; then all are cancelled (`CancelReason::shutdown`)
  /// and waited for. Once, on the loop. What was asked before it began is answered, too, as soon as the loop runs.
  Task<> serve();

  /// Ends `serve`. From any thread, at any time before the service is destroyed.
  void stop() noexcept;

  /// Asks; the answer comes later, never inside this call. From any thread. Throws `Failure` (`Errc::closed`) once
  /// `serve` has ended: no callback is called then.
  AskHandle ask(ServiceRequest request, AskCallbacks callbacks);
  AskHandle ask(ServiceRequest request, Callback<void(ServiceAnswer)> on_answer) {
    return ask(std::move(request), AskCallbacks{.on_answer = std::move(on_answer)});
  }

 private:
  Box<compat::ServiceCore> core_;
};

}  // namespace gyre
