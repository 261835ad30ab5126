#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/http/limits.hpp>
#include <gyre/loop/operation.hpp>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace gyre::http {

class Connection;

/// Bytes on their way to a client, with the operation that sends them. Taken when there is something to write, given
/// back when it is sent: a connection that waits has none.
struct Output : SendOperation {
  Output(Handler handler, std::uint32_t room) noexcept : SendOperation(handler), capacity(room) {}

  char* end() noexcept { return bytes() + size; }
  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::uint32_t left() const noexcept { return capacity - size; }

  Connection* connection = nullptr;
  Output* next = nullptr;
  const RouteLimits* route = nullptr;  ///< Of the answer that was written last.
  std::uint32_t size = 0;
  std::uint32_t capacity;
  std::uint32_t sent_before = 0;  ///< By sends that were interrupted.
};

/// The output buffers of one loop: those of the usual size are kept, larger ones come from the heap and go back.
class OutputPool {
 public:
  explicit OutputPool(Operation::Handler sent) noexcept : sent_(sent) {}
  OutputPool(const OutputPool&) = delete;
  OutputPool& operator=(const OutputPool&) = delete;
  ~OutputPool() {
    while (free_ != nullptr) {
      Output* next = free_->next;
      destroy(free_);
      free_ = next;
    }
  }

  /// A buffer with room for at least `bytes`. Throws `std::bad_alloc`.
  Output& take(Connection& connection, std::size_t bytes) {
    Output* output = free_;
    if (output != nullptr && bytes <= usual) [[likely]] {
      free_ = output->next;
      --kept_;
    } else {
      output = make(bytes <= usual ? usual : bytes);
    }
    output->connection = &connection;
    output->next = nullptr;
    output->route = nullptr;
    output->size = output->sent_before = 0;
    return *output;
  }

  void give_back(Output& output) noexcept {
    if (output.capacity != usual || kept_ == kept_max) return destroy(&output);
    output.next = free_;
    free_ = &output;
    ++kept_;
  }

 private:
  /// With the object and the heap's own word it fills four pages.
  static constexpr std::size_t usual = 16 * 1024 - sizeof(Output) - 16;
  static constexpr unsigned kept_max = 1024;

  Output* make(std::size_t bytes) const {
    GYRE_ASSERT(bytes <= UINT32_MAX);
    void* memory = std::malloc(sizeof(Output) + bytes);
    if (memory == nullptr) throw std::bad_alloc{};
    return new (memory) Output{sent_, static_cast<std::uint32_t>(bytes)};
  }
  static void destroy(Output* output) noexcept {
    output->~Output();
    std::free(output);
  }

  Operation::Handler sent_;
  Output* free_ = nullptr;
  unsigned kept_ = 0;
};

}  // namespace gyre::http
