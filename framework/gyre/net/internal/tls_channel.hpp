#pragma once

#include <gyre/net/tls/session.hpp>

#include <memory>

namespace gyre::detail {

/// An encrypted stream's session, with room for ciphertext on its way.
class TlsChannel {
 public:
  explicit TlsChannel(Box<TlsSession>&& given) noexcept : session(std::move(given)) {}

  Box<TlsSession> session;

  /// Throws `std::bad_alloc`.
  void allocate_input() {
    if (input_ == nullptr) input_ = std::make_unique_for_overwrite<std::byte[]>(input_size);
  }
  MutableBytes input() const noexcept { return {input_.get(), input_size}; }

  /// Room for at least so much, until the next call. Throws `std::bad_alloc`.
  MutableBytes output(std::size_t size) {
    if (size > output_size_) {
      output_ = std::make_unique_for_overwrite<std::byte[]>(size);
      output_size_ = size;
    }
    return {output_.get(), output_size_};
  }

 private:
  static constexpr std::size_t input_size = 16 * 1024;

  std::unique_ptr<std::byte[]> input_;
  std::unique_ptr<std::byte[]> output_;
  std::size_t output_size_ = 0;
};

}  // namespace gyre::detail
