#pragma once

#include <gyre/gyre.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gyre::test {

using namespace std::chrono_literals;

/// A blocking client of the operating system: what stands outside of gyre in these tests.
class Client {
 public:
  explicit Client(const Endpoint& endpoint) : descriptor_(::socket(family(endpoint), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval limit{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const SocketAddress& address = endpoint.address();
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(address.bytes), address.size) != 0) {
      throw std::runtime_error{"cannot connect to " + endpoint.text()};
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(descriptor_); }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error{"send"};
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// What comes until `ending`, or until the end.
  std::string read_until(std::string_view ending) const {
    std::string text;
    char buffer[4096];
    while (ending.empty() || !text.ends_with(ending)) {
      const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EINTR) continue;  // a ring that this thread had is taken down
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }
  std::string read_to_end() const { return read_until({}); }

 private:
  static int family(const Endpoint& endpoint) { return endpoint.is_unix() ? AF_UNIX : AF_INET; }
  int descriptor_;
};

/// An app that runs on a thread of its own until the end of the test.
class Running {
 public:
  Running(App& app, RunOptions options) : app_(&app) {
    options.stop_on = StopOn::request;
    app.on_log([this](const LogRecord& record) {
      const std::lock_guard lock{mutex_};
      log_.emplace_back(record.message);
      changed_.notify_all();
    });
    thread_ = std::thread{[this, options = std::move(options)]() mutable {
      const int result = app_->run(std::move(options));
      const std::lock_guard lock{mutex_};
      result_ = result;
      ended_ = true;
      changed_.notify_all();
    }};
  }
  ~Running() {
    app_->stop();
    if (thread_.joinable()) thread_.join();
  }

  /// Waits for the start line; false if the run ended without one.
  bool started() { return wait_for("listening on"); }
  /// Waits for a line of the log that has `part` in it; false if the run ended without one.
  bool wait_for(std::string_view part) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return ended_ || has(part); });
    return has(part);
  }
  /// Stops it, unless it ends by itself, and returns the exit code.
  int join() {
    app_->stop();
    return wait();
  }
  int wait() {
    if (thread_.joinable()) thread_.join();
    return result_;
  }
  bool logged(std::string_view part) {
    const std::lock_guard lock{mutex_};
    return has(part);
  }

 private:
  bool has(std::string_view part) const {
    for (const std::string& line : log_) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }

  App* app_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> log_;
  bool ended_ = false;
  int result_ = -1;
  std::thread thread_;
};

inline const std::vector<Backend>& real_backends() {
  static const std::vector<Backend> backends{Backend::uring, Backend::epoll};
  return backends;
}

}  // namespace gyre::test
