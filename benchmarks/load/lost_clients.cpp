// How soon a handler knows that its client has left: the time from right before the client closes (FIN) or resets (RST)
// its connection until the handler's wait throws `Cancelled`. One process: an `App` on one loop, on the first
// processor, the clients on the second.
//
//     build/benchmarks/lost_clients [uring|epoll] [--realtime]
//
// Prints the quantiles of 2,000 samples for each backend and each way to leave, with an idle server and beside one
// keep-alive connection that asks as fast as it is answered. --realtime (root) runs it before everything else on the
// machine.

#include "app_thread.hpp"

#include <gyre/coro/this_scope.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>

namespace {

using namespace gyre_benchmark;
using namespace std::chrono_literals;

constexpr unsigned samples_total = 2000;

/// What the handler of the sample tells its client, which waits for it.
class Probe {
 public:
  void began() { tell(1); }
  void cancelled() {
    cancelled_ = now();
    tell(2);
  }
  void await_begin() { await(1); }
  /// When the handler's wait was cancelled. Ready for the next sample after that.
  gyre::Duration await_cancelled() {
    await(2);
    state_.store(0);
    return cancelled_;
  }

 private:
  void tell(int state) {
    state_.store(state);
    state_.notify_one();
  }
  void await(int state) {
    for (int seen = state_.load(); seen != state; seen = state_.load()) state_.wait(seen);
  }

  std::atomic<int> state_{0};
  gyre::Duration cancelled_{};
};

gyre::Task<std::string> wait(Probe* probe) {
  probe->began();
  try {
    co_await gyre::sleep_for(10s);
  } catch (const gyre::Cancelled&) {
    probe->cancelled();
    throw;
  }
  co_return "";
}

void send_all(int socket, std::string_view text) {
  if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error{"cannot send"};
  }
}

/// Asks for a plain answer again and again on one connection, until it dies.
class BusyClient {
 public:
  BusyClient(std::uint16_t port, const Scheduling& scheduling)
      : thread_([this, port, scheduling] {
          pin(1, scheduling);
          const int socket = connect_to(port);
          std::array<char, 4096> answer;
          while (!stopped_) {
            send_all(socket, "GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n");
            if (::recv(socket, answer.data(), answer.size(), 0) <= 0) break;
            ++answers_;
          }
          ::close(socket);
        }) {}
  BusyClient(const BusyClient&) = delete;
  BusyClient& operator=(const BusyClient&) = delete;
  ~BusyClient() { stop(); }

  /// The answers it got.
  std::size_t stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
    return answers_;
  }

 private:
  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> answers_{0};
  std::thread thread_;
};

enum class Leaving { close, reset };

gyre::Duration sample(std::uint16_t port, Leaving leaving, Probe& probe) {
  const int socket = connect_to(port);
  send_all(socket, "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  probe.await_begin();
  if (leaving == Leaving::reset) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  const gyre::Duration left = now();
  ::close(socket);
  return probe.await_cancelled() - left;
}

void measure(const AppThread& server, Leaving leaving, Probe& probe, const char* beside) {
  std::vector<gyre::Duration> samples;
  samples.reserve(samples_total);
  for (unsigned index = 0; index < samples_total; ++index) samples.push_back(sample(server.port(), leaving, probe));
  std::printf("  %-5s %-5s p50 %8.1f us, p99 %8.1f, max %8.1f\n", leaving == Leaving::close ? "FIN" : "RST", beside,
              microseconds(quantile(samples, 0.5)), microseconds(quantile(samples, 0.99)),
              microseconds(quantile(samples, 1)));
}

void measure(gyre::Backend backend, const Scheduling& scheduling) {
  gyre::App app;
  Probe probe;
  app.get("/plain", [] { return "Hello, World!"; });
  app.get("/wait", [&probe] { return wait(&probe); });
  const AppThread server{app, {.backend = backend, .scheduling = scheduling}};
  std::printf("%s\n", std::string{gyre::name(backend)}.c_str());
  measure(server, Leaving::close, probe, "idle");
  measure(server, Leaving::reset, probe, "idle");
  BusyClient busy{server.port(), scheduling};
  const gyre::Duration start = now();
  measure(server, Leaving::close, probe, "busy");
  measure(server, Leaving::reset, probe, "busy");
  const auto length = static_cast<double>((now() - start).count()) / 1e9;
  std::printf("  busy: %.0f requests a second beside the samples\n", static_cast<double>(busy.stop()) / length);
}

}  // namespace

int main(int argc, char** argv) try {
  const Settings settings = settings_of(argc, argv);
  pin(1, settings.scheduling);
  for (const gyre::Backend backend : settings.backends) measure(backend, settings.scheduling);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "lost_clients: %s\n", error.what());
  return 1;
}
