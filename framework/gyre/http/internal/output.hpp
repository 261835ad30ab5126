#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/http/route_options.hpp>
#include <gyre/loop/operation.hpp>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

namespace gyre::http {

class Transport;

/// One send counts in 31 bits: no answer that is one piece, and no piece of a stream, may be larger.
inline constexpr std::size_t send_max = std::size_t{1} << 30;

/// Bytes on their way to a client, with the operation that sends them. Taken when there is something to write, given
/// back when it is sent: a connection that waits has none.
struct Output : SendOperation {
  Output(Handler handler, std::uint32_t room) noexcept : SendOperation(handler), capacity(room) {}

  char* end() noexcept { return bytes() + size; }
  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  std::uint32_t left() const noexcept { return capacity - size; }

  Transport* transport = nullptr;
  Output* next = nullptr;
  const RouteOptions* route = nullptr;  ///< Of the answer that was written last.
  std::uint32_t size = 0;
  std::uint32_t capacity;
  std::uint32_t sent_before = 0;  ///< By sends that were interrupted.
};

/// The output buffers of one loop, in two sizes: for small answers, and for the pieces of large ones. Some of each are
/// kept; larger ones still come from the heap and go back.
class OutputPool {
 public:
  explicit OutputPool(Operation::Handler sent) noexcept : sent_(sent) {}
  OutputPool(const OutputPool&) = delete;
  OutputPool& operator=(const OutputPool&) = delete;
  ~OutputPool() {
    for (Kept* kept : {&usual_, &large_}) {
      while (kept->first != nullptr) destroy(std::exchange(kept->first, kept->first->next));
    }
  }

  /// A buffer with room for at least `bytes`. Throws `std::bad_alloc`.
  Output& take(Transport& transport, std::size_t bytes) {
    Kept* kept = bytes <= usual_.size ? &usual_ : bytes <= large_.size ? &large_ : nullptr;
    Output* output = kept != nullptr ? kept->first : nullptr;
    if (output != nullptr) [[likely]] {
      kept->first = output->next;
      --kept->count;
    } else {
      output = make(kept != nullptr ? kept->size : bytes);
    }
    output->transport = &transport;
    output->next = nullptr;
    output->route = nullptr;
    output->size = output->sent_before = 0;
    return *output;
  }

  void give_back(Output& output) noexcept {
    Kept* kept = output.capacity == usual_.size ? &usual_ : output.capacity == large_.size ? &large_ : nullptr;
    if (kept == nullptr || kept->count == kept->count_max) return destroy(&output);
    output.next = kept->first;
    kept->first = &output;
    ++kept->count;
  }

 private:
  /// Buffers of one size that wait to be used again.
  struct Kept {
    std::uint32_t size;
    unsigned count_max;
    unsigned count = 0;
    Output* first = nullptr;
  };

  /// Whole pages, with the object and the heap's own word.
  static constexpr std::uint32_t pages(std::uint32_t count) noexcept {
    return count * 4096 - static_cast<std::uint32_t>(sizeof(Output)) - 16;
  }

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
  Kept usual_{pages(4), 1024};
  Kept large_{pages(20), 32};
};

}  // namespace gyre::http
