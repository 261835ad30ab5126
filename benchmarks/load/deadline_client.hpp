#pragma once

// The client of deadlines.cpp: 1,000 connections that send ten requests each, at once or one connection after another.

#include "app_thread.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <map>
#include <string_view>

namespace gyre_benchmark {

inline constexpr std::size_t connections_total = 1000;
inline constexpr std::size_t requests_each = 10;
inline constexpr std::size_t requests_total = connections_total * requests_each;

/// How long the client waited for each answer, and how many there were of each status.
struct Answers {
  std::vector<gyre::Duration> waits;
  std::map<unsigned, std::size_t> statuses;

  std::size_t count(unsigned status) const {
    const auto found = statuses.find(status);
    return found == statuses.end() ? 0 : found->second;
  }
  void add(const Answers& other) {
    waits.insert(waits.end(), other.waits.begin(), other.waits.end());
    for (const auto& [status, number] : other.statuses) statuses[status] += number;
  }
};

/// Opens its connections at once and closes them when it dies.
class DeadlineClient {
 public:
  explicit DeadlineClient(std::uint16_t port) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    connections_.resize(connections_total);
    for (Connection& connection : connections_) {
      connection.socket = connect_to(port);
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
    }
  }
  DeadlineClient(const DeadlineClient&) = delete;
  DeadlineClient& operator=(const DeadlineClient&) = delete;
  ~DeadlineClient() {
    for (const Connection& connection : connections_) ::close(connection.socket);
    ::close(epoll_);
  }

  /// Sends the requests of all connections, evenly over `spread`, and waits for all answers, or until there was none
  /// for five seconds. A wait is from right before a connection's send until the answer is read.
  Answers ask(std::string_view path, gyre::Duration spread) {
    const std::string request = "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    std::string requests;
    for (std::size_t index = 0; index < requests_each; ++index) requests += request;
    Answers answers;
    answers.waits.reserve(requests_total);
    const gyre::Duration start = now();
    std::size_t sent = 0;
    while (answers.waits.size() < requests_total) {
      for (; sent < connections_total && now() >= due(start, spread, sent); ++sent) send(connections_[sent], requests);
      const gyre::Duration next = sent < connections_total ? due(start, spread, sent) - now() : std::chrono::seconds{5};
      if (!receive(std::max(next, gyre::Duration{}), answers) && sent == connections_total) break;
    }
    return answers;
  }

 private:
  struct Connection {
    int socket = -1;
    gyre::Duration sent{};
    std::string tail;  ///< What may be the beginning of a status line.
  };

  static gyre::Duration due(gyre::Duration start, gyre::Duration spread, std::size_t number) {
    return start + spread / connections_total * number;
  }

  static void send(Connection& connection, const std::string& requests) {
    connection.sent = now();
    const ssize_t size = ::send(connection.socket, requests.data(), requests.size(), MSG_NOSIGNAL);
    if (size != static_cast<ssize_t>(requests.size())) throw std::runtime_error{"cannot send"};
  }

  /// False if nothing came.
  bool receive(gyre::Duration wait, Answers& answers) {
    std::array<epoll_event, 256> events{};
    const timespec time{.tv_sec = wait / std::chrono::seconds{1}, .tv_nsec = (wait % std::chrono::seconds{1}).count()};
    const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &time, nullptr);
    for (int index = 0; index < count; ++index) {
      read(*static_cast<Connection*>(events[static_cast<std::size_t>(index)].data.ptr), answers);
    }
    return count > 0;
  }

  static void read(Connection& connection, Answers& answers) {
    constexpr std::string_view version = "HTTP/1.1 ";
    constexpr std::size_t status_size = 3;
    std::array<char, 16 * 1024> bytes;
    const ssize_t size = ::recv(connection.socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size <= 0) throw std::runtime_error{"the server has closed a connection"};
    const gyre::Duration wait = now() - connection.sent;
    const std::string text = connection.tail + std::string{bytes.data(), static_cast<std::size_t>(size)};
    std::size_t done = 0;
    for (;;) {
      const std::size_t begin = text.find(version, done);
      if (begin == std::string::npos || text.size() - begin < version.size() + status_size) break;
      done = begin + version.size() + status_size;
      unsigned status = 0;
      std::from_chars(text.data() + done - status_size, text.data() + done, status);
      ++answers.statuses[status];
      answers.waits.push_back(wait);
    }
    connection.tail = text.substr(std::max(done, text.size() - std::min(text.size(), version.size() + 2)));
  }

  int epoll_;
  std::vector<Connection> connections_;
};

}  // namespace gyre_benchmark
