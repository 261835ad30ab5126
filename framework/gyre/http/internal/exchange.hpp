#pragma once

#include <gyre/http/service.hpp>

#include <optional>
#include <vector>

namespace gyre::http {

class Connection;

/// One request and its answer in the making: the parsed head, the arena, the task. Pooled per loop. A connection has
/// one only while it works on a request.
struct Exchange : TaskObserver {
  explicit Exchange(void (*done)(TaskObserver&) noexcept) noexcept : TaskObserver(done) {}

  /// Enough for the head and the fields of most requests, so that a coroutine handler costs no heap allocation.
  static constexpr std::size_t first_block_bytes = 4096;
  alignas(16) std::byte first_block[first_block_bytes];
  Arena arena{first_block};

  wire::RequestHead head{std::span<wire::Field>{}};
  Request request{arena, head};
  RequestHandler* handler = nullptr;
  Connection* connection = nullptr;

  char* body = nullptr;  ///< Being collected; in the arena.
  std::size_t body_size = 0;
  std::size_t body_filled = 0;

  std::optional<Context> context;
  Task<Response> task;
  Exchange* next = nullptr;

  /// Copies the head out of the receive buffer, so that it may be used across turns.
  void keep_head(std::string_view bytes) {
    const std::string_view copy = arena.copy(bytes);
    head.rebase(copy.data());
    request.move_parameters(bytes, copy.data());
    const std::size_t count = head.field_count();
    auto* fields = static_cast<wire::Field*>(arena.allocate(count * sizeof(wire::Field), alignof(wire::Field)));
    head.move_fields({fields, count});
  }
};

class ExchangePool {
 public:
  ExchangePool(void (*done)(TaskObserver&) noexcept, std::uint32_t fields_max) : done_(done), fields_(fields_max) {}
  ExchangePool(const ExchangePool&) = delete;
  ExchangePool& operator=(const ExchangePool&) = delete;
  ~ExchangePool() {
    while (free_ != nullptr) delete std::exchange(free_, free_->next);
  }

  Exchange& take(Connection& connection) {
    Exchange* exchange = free_;
    if (exchange != nullptr) [[likely]] {
      free_ = exchange->next;
      --kept_;
    } else {
      exchange = new Exchange{done_};
    }
    // Heads are parsed into one array of fields for all: only a request that is kept across turns moves its own out.
    exchange->head = wire::RequestHead{fields_};
    exchange->connection = &connection;
    return *exchange;
  }

  void give_back(Exchange& exchange) noexcept {
    exchange.task = {};
    exchange.context.reset();
    exchange.request.reset();
    exchange.arena.reset();
    if (kept_ == kept_max) {
      delete &exchange;
      return;
    }
    exchange.next = free_;
    free_ = &exchange;
    ++kept_;
  }

 private:
  static constexpr unsigned kept_max = 1024;

  void (*done_)(TaskObserver&) noexcept;
  std::vector<wire::Field> fields_;
  Exchange* free_ = nullptr;
  unsigned kept_ = 0;
};

}  // namespace gyre::http
