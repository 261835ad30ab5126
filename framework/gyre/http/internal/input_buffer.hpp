#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace gyre::http {

/// Bytes that arrived and cannot be used yet: the beginning of a request, or requests behind one that is being
/// answered. Holds no memory while it is empty.
class InputBuffer {
 public:
  InputBuffer() = default;
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;
  ~InputBuffer() { std::free(bytes_); }

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  std::string_view view() const noexcept { return {bytes_, size_}; }

  /// Throws `std::bad_alloc`.
  void append(std::string_view data) {
    const std::size_t needed = std::size_t{size_} + data.size();
    if (needed > capacity_) grow(needed);
    std::memcpy(bytes_ + size_, data.data(), data.size());
    size_ = static_cast<std::uint32_t>(needed);
  }

  /// Forgets the first `count` bytes.
  void drop(std::size_t count) noexcept {
    if (count == 0) return;
    size_ -= static_cast<std::uint32_t>(count);
    if (size_ == 0) {
      std::free(bytes_);
      bytes_ = nullptr;
      capacity_ = 0;
    } else {
      std::memmove(bytes_, bytes_ + count, size_);
    }
  }

 private:
  void grow(std::size_t needed) {
    std::size_t capacity = capacity_ == 0 ? 512 : std::size_t{capacity_} * 2;
    while (capacity < needed) capacity *= 2;
    if (capacity > UINT32_MAX) throw std::bad_alloc{};
    void* bytes = std::realloc(bytes_, capacity);
    if (bytes == nullptr) throw std::bad_alloc{};
    bytes_ = static_cast<char*>(bytes);
    capacity_ = static_cast<std::uint32_t>(capacity);
  }

  char* bytes_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace gyre::http
