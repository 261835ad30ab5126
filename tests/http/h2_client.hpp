#pragma once

#include "route_site.hpp"

#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/loop/yield.hpp>

#include <h2_frames.hpp>

#include <algorithm>
#include <memory>

namespace gyre::test {

/// A client of HTTP/2 that says frames and writes down what comes, of itself answering nothing.
class H2Client {
 public:
  explicit H2Client(Stream stream) : stream_(std::move(stream)) {}

  Stream& stream() noexcept { return stream_; }
  Task<> say(std::string bytes) {
    const Result<void> written = co_await stream_.write(as_bytes(bytes));
    (void)written;  // what came of the connection is heard
  }
  Task<> half_close() {
    const Result<void> finished = co_await stream_.finish();
    (void)finished;
  }

  /// Reads until the server ends.
  Task<> listen() {
    Context& context = co_await this_context();
    std::byte buffer[16 * 1024];
    for (;;) {
      const Result<std::size_t> size = co_await stream_.read(buffer);
      was_reset = !size;
      has_ended = true;
      if (!size || *size == 0) break;
      has_ended = false;
      bytes_ += as_text(Bytes{buffer, *size});
      for (h2_test::ReadFrame& frame : h2_test::take_frames(bytes_)) frames.push_back(std::move(frame));
    }
    ended_at = Loop::of(context).now();
  }

  /// Whether such a frame has come ("GOAWAY 0 0").
  bool heard(std::string_view description) const { return times(description) != 0; }
  std::size_t times(std::string_view description) const {
    return static_cast<std::size_t>(std::count_if(frames.begin(), frames.end(), [&](const h2_test::ReadFrame& frame) {
      return h2_test::describe(frame).starts_with(description);
    }));
  }
  /// The bytes of a stream's answer.
  std::string body(std::uint32_t stream) const {
    std::string text;
    for (const h2_test::ReadFrame& frame : frames) {
      if (frame.type == h2_test::Type::data && frame.stream == stream) text += frame.payload;
    }
    return text;
  }

  std::vector<h2_test::ReadFrame> frames;
  bool has_ended = false;
  bool was_reset = false;
  TimePoint ended_at{};

 private:
  Stream stream_;
  std::string bytes_;
};

/// What a client begins with that lets everything go out.
inline std::string wide_preface() {
  constexpr std::uint32_t most = 0x7fffffff;
  return h2_test::preface({{h2_test::initial_window_size, most}}) + h2_test::window_update(0, most - 65'535) +
         h2_test::settings_ack();
}

inline Task<std::unique_ptr<H2Client>> connect_h2(Endpoint endpoint) {
  Result<Stream> connected = co_await Stream::connect(endpoint);
  co_return std::make_unique<H2Client>(std::move(connected).value());
}

/// Runs `body(RouteSite&, H2Client&)` beside a server; the client reads all the time.
template <class Body>
void with_h2_client(Loop& loop, Router& router, const Body& body, const ServerOptions& options = {}) {
  with_routes(
      loop, router,
      [&body](RouteSite& site) -> Task<> {
        Context& context = co_await this_context();
        const std::unique_ptr<H2Client> client = co_await connect_h2(site.listener.endpoint());
        Scope scope{context};
        scope.spawn(client->listen());
        std::exception_ptr failure;
        try {
          co_await body(site, *client);
        } catch (...) {
          failure = std::current_exception();
        }
        scope.cancel();
        co_await scope.join();
        if (failure) std::rethrow_exception(failure);
      },
      options);
}

}  // namespace gyre::test
