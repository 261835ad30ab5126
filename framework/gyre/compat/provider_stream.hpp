#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/http/response.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre {

class BodyWriter;
class LoopCalls;
class OffloadPool;

/// What a provider writes a body with: see `provider_stream`. Used by the provider's thread, during its call.
class ProviderSink {
 public:
  ProviderSink(LoopCalls& on_loop, BodyWriter& out) noexcept : on_loop_(&on_loop), out_(&out) {}
  ProviderSink(const ProviderSink&) = delete;
  ProviderSink& operator=(const ProviderSink&) = delete;

  /// Takes all of `piece`, and waits where the client does. False once the client has left, or the server gives up:
  /// nothing more will be read. Throws `Failure` (`Errc::limit_exceeded`) for more than the announced length.
  bool write(std::string_view piece);
  /// The body is whole: the provider is not called again.
  void done() noexcept { done_ = true; }
  /// Adds a trailer, to follow the body if that goes out in chunks. Throws as `BodyWriter::add_trailer`.
  void add_trailer(std::string_view name, std::string_view value);
  /// False once nobody reads any more.
  bool alive() const noexcept;

  /// Bytes that have been written.
  std::uint64_t written() const noexcept { return written_; }
  bool is_done() const noexcept { return done_; }

 private:
  LoopCalls* on_loop_;
  BodyWriter* out_;
  std::uint64_t written_ = 0;
  bool done_ = false;
  bool gone_ = false;
};

/// Called for a piece of a body, on a thread that it may block: writes what comes at `offset`, and gives true, or gives
/// false where that cannot be had.
using Provider = Callback<bool(std::uint64_t offset, ProviderSink& sink)>;

/// What a provider may know of its body, where it runs, and who hears of the end.
struct ProviderOptions {
  /// Is announced; the provider is not called again once so much is written.
  std::optional<std::uint64_t> length = {};
  /// Where the provider runs; the loop's own pool if it is empty, and in simulation.
  Shared<OffloadPool> pool = nullptr;
  /// Called once, on the loop's thread, when all is over: whether the body was written whole. Also where the provider
  /// is never called: the body is not wanted (HEAD), the client left before. (With an answer that a `Reply` was given
  /// too late it is called on the thread that did.) Must not throw.
  Callback<void(bool whole)> ended = {};
};

/// 200 with a body that is pulled out of a blocking function while it is sent, in the way of cpp-httplib's content
/// providers:
///
///     return gyre::provider_stream([file](std::uint64_t offset, gyre::ProviderSink& sink) {
///       const std::string piece = file.read(offset, 64 * 1024);
///       if (piece.empty()) sink.done();
///       return sink.write(piece);
///     });
///
/// The provider is called on one thread of the pool, again and again, until it says `done` or the length is reached;
/// `write` waits while the client is slow. If it gives false or throws the stream is cut, so that it is not taken for
/// whole; what it throws is told to `Router::on_error`. So it is for want of a thread: a full pool. Where the client
/// has left it hears it from `write`, `alive` and `ended`, and is not called again.
Response provider_stream(Provider provider, ProviderOptions options = {});

}  // namespace gyre
