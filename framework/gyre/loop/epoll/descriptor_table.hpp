#pragma once

#include <gyre/loop/operation.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace gyre::detail {

/// What an epoll loop knows of one descriptor number.
struct DescriptorEntry {
  Operation* reader = nullptr;  ///< accept, receive or receive_into
  Operation* writer = nullptr;  ///< send that has to wait, send_file, connect
  std::vector<PollOperation*>
      polls;                ///< empty (and without memory) but for foreign descriptors and stalled connections
  bool registered = false;  ///< epoll reports it (polls alone do not count: see `start_poll`)
  bool readable = false;    ///< an edge came, and nothing has said EAGAIN since
  bool hung_up = false;     ///< the peer has ended: after the bytes comes an end or an error
  bool read_queued = false;
  bool write_queued = false;
  bool poll_queued = false;

  bool idle() const noexcept { return reader == nullptr && writer == nullptr && polls.empty(); }
};

/// Entries by descriptor number. In blocks, so that an entry stays where it is while handlers run and numbers grow.
class DescriptorTable {
 public:
  /// The entry, made if it is new; null if there is no memory for it. `descriptor` is not negative.
  DescriptorEntry* make(int descriptor) noexcept {
    const std::size_t block = static_cast<std::size_t>(descriptor) / block_size;
    if (block >= blocks_.size() || !blocks_[block]) {
      try {
        if (block >= blocks_.size()) blocks_.resize(block + 1);
        blocks_[block] = std::make_unique<DescriptorEntry[]>(block_size);
      } catch (const std::bad_alloc&) {
        return nullptr;
      }
    }
    return find(descriptor);
  }

  /// The entry of a number that was used before.
  DescriptorEntry& operator[](int descriptor) noexcept {
    DescriptorEntry* entry = find(descriptor);
    GYRE_ASSERT(entry != nullptr);
    return *entry;
  }

  /// The entry, or null if the number was never used.
  DescriptorEntry* find(int descriptor) noexcept {
    const auto number = static_cast<std::size_t>(descriptor);
    const std::size_t block = number / block_size;
    if (descriptor < 0 || block >= blocks_.size() || !blocks_[block]) return nullptr;
    return &blocks_[block][number % block_size];
  }

  /// The number stands for another descriptor from now on. (What foreign code left armed on the old one stays: it
  /// can still be cancelled.)
  void forget(int descriptor) noexcept {
    DescriptorEntry* entry = find(descriptor);
    if (entry != nullptr) entry->registered = entry->readable = entry->hung_up = false;
  }

 private:
  static constexpr std::size_t block_size = 128;
  std::vector<std::unique_ptr<DescriptorEntry[]>> blocks_;
};

}  // namespace gyre::detail
