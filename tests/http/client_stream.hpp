#pragma once

#include "over_h2.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/net/stream.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace gyre::test {

/// Whether the clients of the tests speak HTTP/2, by GYRE_TEST_HTTP2 in the environment.
inline bool over_h2() { return std::getenv("GYRE_TEST_HTTP2") != nullptr; }

/// A client's end of a connection. A test writes and reads HTTP/1.1; between it and the server it may be HTTP/2. As a
/// `Stream` otherwise.
class ClientStream {
 public:
  ClientStream() = default;
  explicit ClientStream(Stream stream) : stream_(std::move(stream)) {}

  /// Translates from now on, and says so to the server.
  Task<> begin_h2(std::string_view scheme) {
    Loop& loop = Loop::of(co_await this_context());
    h2_ = std::make_unique<H2>(loop, scheme);
    const Result<void> sent = co_await flush();
    (void)sent;
  }

  /// 0: the server has ended its side. An answer that was cut is `Errc::connection_reset`.
  Task<Result<std::size_t>> read(MutableBytes buffer) {
    return h2_ == nullptr ? stream_.read(buffer) : read_translated(buffer);
  }
  /// Returns when the server has let it go out, by its windows too.
  Task<Result<void>> write(Bytes bytes) { return h2_ == nullptr ? stream_.write(bytes) : write_translated(bytes); }

  /// Ends the sending side of the connection.
  Task<Result<void>> finish() {
    if (h2_ != nullptr) h2_->finished = true;
    return stream_.finish();
  }
  /// Says so before it leaves, with GYRE_TEST_HTTP2=resets.
  Task<> leave() {
    const char* const how = std::getenv("GYRE_TEST_HTTP2");
    if (how != nullptr && std::string_view{how} == "resets") co_await reset_requests();
  }
  /// Takes all back that was asked for, by RST_STREAM; over HTTP/2 only.
  Task<> reset_requests() {
    h2_->translator.reset_all();
    const Result<void> sent = co_await flush();
    (void)sent;
  }
  void close() noexcept { stream_.close(); }
  void reset() noexcept { stream_.reset(); }
  Result<Endpoint> local_endpoint() const { return stream_.local_endpoint(); }

  /// The connection itself.
  Stream& stream() noexcept { return stream_; }

 private:
  struct H2 {
    H2(Loop& owner, std::string_view scheme) : loop(&owner), translator(scheme, owner.now()) {}
    Loop* loop;
    OverH2 translator;
    Mutex sending;
    bool reading = false;
    std::shared_ptr<Event> progress = std::make_shared<Event>();  ///< Something was received, or not.
    bool finished = false;                                        ///< Our side has ended,
    bool ended = false;                                           ///< or the server's.
    char out[wire::H2Session::send_min];
    std::byte in[16 * 1024];
  };

  /// The one who receives, as long as this lives.
  struct Receiving {
    explicit Receiving(H2& owner) : h2(&owner) { h2->reading = true; }
    Receiving(const Receiving&) = delete;
    Receiving& operator=(const Receiving&) = delete;
    ~Receiving() {
      h2->reading = false;
      std::exchange(h2->progress, std::make_shared<Event>())->set();
    }
    H2* h2;
  };

  Task<Result<void>> flush() {
    const Mutex::Lock lock = co_await h2_->sending.lock();
    for (;;) {
      const std::size_t size = h2_->finished ? 0 : h2_->translator.send(h2_->out);
      if (size == 0) co_return Result<void>{};
      const Result<void> sent = co_await stream_.write(as_bytes(std::string_view{h2_->out, size}));
      if (!sent) co_return sent.error();
    }
  }

  /// Receives once, so much at most, or waits for who does.
  Task<Result<void>> pump(std::size_t most) {
    if (h2_->reading) {
      const std::shared_ptr<Event> progress = h2_->progress;
      co_await progress->wait();
      co_return Result<void>{};
    }
    const Receiving receiving{*h2_};
    const Result<std::size_t> size = co_await stream_.read(MutableBytes{h2_->in}.first(std::min(most, sizeof h2_->in)));
    if (!size) co_return size.error();
    h2_->ended = *size == 0;
    h2_->translator.receive(as_text(Bytes{h2_->in, *size}), h2_->loop->now());
    co_return Result<void>{};
  }

  Task<Result<std::size_t>> read_translated(MutableBytes buffer) {
    for (;;) {
      const std::size_t size = h2_->translator.take(buffer);
      if (size != 0) co_return size;
      if (h2_->translator.is_cut(h2_->ended)) co_return Errc::connection_reset;
      if (h2_->ended) co_return std::size_t{0};
      const Result<void> flushed = co_await flush();
      (void)flushed;  // reading tells what became of the connection
      if (h2_->translator.is_over() && !std::exchange(h2_->finished, true)) {
        const Result<void> finished = co_await stream_.finish();
        (void)finished;
      }
      const Result<void> received = co_await pump(buffer.size());  // a slow reader is one
      if (!received) co_return received.error();
    }
  }

  Task<Result<void>> write_translated(Bytes bytes) {
    h2_->translator.say(as_text(bytes));
    for (;;) {
      const Result<void> flushed = co_await flush();
      if (!flushed) co_return flushed.error();
      if (!h2_->translator.waits()) co_return Result<void>{};
      if (h2_->ended) co_return Errc::closed;
      const Result<void> received = co_await pump(SIZE_MAX);
      if (!received) co_return received.error();
    }
  }

  Stream stream_;
  std::unique_ptr<H2> h2_;
};

}  // namespace gyre::test
