#pragma once

#include <gyre/coro/semaphore.hpp>
#include <gyre/http/internal/common_fields.hpp>
#include <gyre/http/internal/exchange.hpp>
#include <gyre/http/internal/h2_exchange.hpp>
#include <gyre/http/internal/handshake_places.hpp>
#include <gyre/http/internal/orphans.hpp>
#include <gyre/http/internal/output.hpp>
#include <gyre/http/server.hpp>

#include <memory>

namespace gyre::http {

class Opening;
class Transport;

/// What the connections of one loop share.
struct ServerState {
  ServerState(Loop& owner, Service& answers, ServerOptions settings);

  /// Where what arrives encrypted is decrypted to, for the time of one callback. One block serves all connections; who
  /// begins another one (`Server::serve`) from within a handler has a second block meanwhile.
  class Plaintext {
   public:
    /// Throws `std::bad_alloc`.
    explicit Plaintext(ServerState& server) : server_(&server), memory_(std::move(server.plaintext_)) {
      if (memory_ == nullptr) memory_ = std::make_unique_for_overwrite<std::byte[]>(size);
    }
    Plaintext(const Plaintext&) = delete;
    Plaintext& operator=(const Plaintext&) = delete;
    ~Plaintext() { server_->plaintext_ = std::move(memory_); }

    MutableBytes room() const noexcept { return {memory_.get(), size}; }

   private:
    static constexpr std::size_t size = 64 * 1024;
    ServerState* server_;
    std::unique_ptr<std::byte[]> memory_;
  };

  /// Nothing is left of any request.
  bool gone() const noexcept { return connections.empty() && openings.empty() && orphans.empty(); }
  /// A connection, one that is being opened or an orphan has gone. If it was the last, whoever waits goes on in a later
  /// step: he may destroy the server, and the caller is still at work in it.
  void one_gone() noexcept {
    if (on_all_gone && gone() && !std::exchange(all_gone_scheduled, true)) loop.schedule(all_gone_work);
  }

  Loop& loop;
  Service& service;
  const ServerOptions options;
  Context context{loop};  ///< The parent of every request's.
  IntrusiveList<Opening> openings;
  IntrusiveList<Transport> connections;
  const Box<LoopValues> values;  ///< What the service has for this loop.
  OutputPool outputs;
  ExchangePool<PlainExchange> exchanges;
  ExchangePool<H2Exchange> h2_exchanges;
  wire::H2HeadMemory h2_heads;
  CommonFields common_fields;
  HandshakePlaces handshakes;
  Semaphore handshake_pace{4};  ///< Steps of handshakes, some 0.2 ms each, that are computed in one turn.
  Orphans orphans{*this};
  ServerStatistics statistics;
  Callback<void(std::string_view)> on_limit;
  bool draining = false;
  std::coroutine_handle<> on_all_gone;
  bool all_gone_scheduled = false;

  struct AllGoneWork : Work {
    explicit AllGoneWork(ServerState& owner) noexcept
        : Work([](Work& self) noexcept {
            gyre::detail::resume(std::exchange(static_cast<AllGoneWork&>(self).server->on_all_gone, {}));
          }),
          server(&owner) {}
    ServerState* server;
  };
  AllGoneWork all_gone_work{*this};

 private:
  std::unique_ptr<std::byte[]> plaintext_;
};

}  // namespace gyre::http
