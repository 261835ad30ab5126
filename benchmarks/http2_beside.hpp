#pragma once

#include <gyre/gyre.hpp>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace gyre_benchmark {

/// An app that speaks HTTP/2 and nothing else, on ports and loops of its own: H2C_PORT is its port without TLS, H2_PORT
/// that with TLS, in the environment. Without either, there is none.
class Http2Beside {
 public:
  Http2Beside() = default;
  Http2Beside(const Http2Beside&) = delete;
  Http2Beside& operator=(const Http2Beside&) = delete;
  ~Http2Beside() {
    if (!thread_.joinable()) return;
    begun_.acquire();
    app_.stop();
    thread_.join();
  }

  gyre::App& app() noexcept { return app_; }

  /// As `options` say, but for the ports. The signals are for others.
  void start(gyre::RunOptions options) {
    const std::optional<std::uint16_t> plain = port("H2C_PORT");
    const std::optional<std::uint16_t> encrypted = port("H2_PORT");
    if (!plain && !(encrypted && options.tls)) return;
    options.port = plain.value_or(0);
    if (!plain && options.tls) options.tls->host = std::exchange(options.host, {});
    if (!encrypted) options.tls.reset();
    if (options.tls) options.tls->port = *encrypted;
    options.server.http2 = gyre::Http2::only;
    options.stop_on = gyre::StopOn::request;
    options.unix_path.clear();
    options.descriptors.clear();
    app_.on_start([this](gyre::Loop&) { begun_.release(); });
    app_.on_log([](const gyre::LogRecord& record) {
      if (record.level != gyre::LogLevel::info)
        std::fprintf(stderr, "arena: %s\n", std::string{record.message}.c_str());
    });
    ::sigset_t all;
    ::sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread{[this, options = std::move(options)] {
      app_.run(options);
      begun_.release();
    }};
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

 private:
  static std::optional<std::uint16_t> port(const char* variable) {
    const char* const given = std::getenv(variable);
    if (given == nullptr) return std::nullopt;
    const std::string_view text{given};
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      throw std::runtime_error{"no port: " + std::string{text}};
    return value;
  }

  gyre::App app_;
  std::counting_semaphore<> begun_{0};
  std::thread thread_;
};

}  // namespace gyre_benchmark
