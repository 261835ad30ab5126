#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace gyre::http {

/// Bytes that arrived and are not used yet: the beginning of a request, requests behind one that is being answered, a
/// body that is not read yet. Holds no memory while it is empty. For the time of one callback it looks at the loop's
/// memory instead (`lend`).
class InputBuffer {
 public:
  InputBuffer() = default;
  InputBuffer(InputBuffer&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)),
        begin_(std::exchange(other.begin_, 0)),
        end_(std::exchange(other.end_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  /// Swaps: the memory of the one that goes is used again.
  InputBuffer& operator=(InputBuffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~InputBuffer() { clear(); }

  bool empty() const noexcept { return begin_ == end_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  std::string_view view() const noexcept { return {bytes_ + begin_, size()}; }
  /// The same bytes, to be changed in place.
  char* data() noexcept { return bytes_ + begin_; }

  /// Looks at `data` without a copy. Only while empty, and until `keep` or `clear`.
  void lend(std::string_view data) noexcept {
    bytes_ = const_cast<char*>(data.data());  // never written to: whatever changes it keeps it first
    begin_ = 0;
    end_ = static_cast<std::uint32_t>(data.size());
  }
  /// Copies what is left of lent bytes. Throws `std::bad_alloc`, and then has nothing.
  void keep() {
    if (!lent()) return;
    const std::string_view data = view();
    clear();
    append(data);
  }
  bool lent() const noexcept { return capacity_ == 0 && end_ != 0; }

  /// Throws `std::bad_alloc`.
  void append(std::string_view data) {
    keep();
    if (data.size() > std::size_t{capacity_} - end_) make_room(data.size());
    std::memcpy(bytes_ + end_, data.data(), data.size());
    end_ += static_cast<std::uint32_t>(data.size());
  }

  /// Forgets the first `count` bytes. Views of the others stay valid until the next `append`.
  void drop(std::size_t count) noexcept {
    begin_ += static_cast<std::uint32_t>(count);
    if (empty()) clear();
  }

  /// Forgets everything, the memory included.
  void clear() noexcept {
    if (!lent()) std::free(bytes_);
    bytes_ = nullptr;
    begin_ = end_ = capacity_ = 0;
  }

 private:
  /// Moves the bytes to the front if that frees at least as much as it moves, so that the work stays linear; else the
  /// block grows.
  void make_room(std::size_t more) {
    const std::size_t needed = size() + more;
    if (needed > capacity_ || begin_ < size()) grow(needed);
    if (begin_ != 0) std::memmove(bytes_, bytes_ + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }

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
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace gyre::http
