#pragma once

#include <gyre/http/detail/body_sink.hpp>

#include <cstdint>
#include <string_view>

namespace gyre_benchmark {

/// The other end of a `BodyWriter` that takes everything at once and keeps only the last byte.
struct DiscardingSink final : gyre::detail::BodySink {
  bool closed() const noexcept override { return false; }
  void put(std::string_view text) override {
    bytes += text.size();
    last = text.back();
  }
  void put_trailer(std::string_view, std::string_view) override {}
  void break_off() noexcept override {}
  bool has_room() const noexcept override { return true; }
  bool flushed() const noexcept override { return true; }
  void set_writer(gyre::detail::Waiter*, bool) noexcept override {}
  int begin_file(std::uint64_t) override { return -1; }
  void begin_file_send(const gyre::SendFileOperation&) noexcept override {}
  void end_file(std::uint64_t) noexcept override {}

  std::uint64_t bytes = 0;
  char last = '\0';
};

}  // namespace gyre_benchmark
