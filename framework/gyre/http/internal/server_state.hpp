#pragma once

#include <gyre/http/internal/common_fields.hpp>
#include <gyre/http/internal/exchange.hpp>
#include <gyre/http/internal/output.hpp>
#include <gyre/http/server.hpp>

namespace gyre::http {

/// What the connections of one loop share.
struct ServerState {
  ServerState(Loop& owner, Service& answers, ServerOptions settings);

  /// The last connection is gone. Whoever waits goes on in a later step: he may destroy the server, and the caller is
  /// still at work in it.
  void all_gone() noexcept {
    if (on_all_gone) loop.schedule(all_gone_work);
  }

  Loop& loop;
  Service& service;
  const ServerOptions options;
  Context context{loop};  ///< The parent of every request's.
  IntrusiveList<Connection> connections;
  const std::unique_ptr<LoopValues> values;  ///< What the service has for this loop.
  OutputPool outputs;
  ExchangePool exchanges;
  CommonFields common_fields;
  ServerStatistics statistics;
  bool draining = false;
  std::coroutine_handle<> on_all_gone;

  struct AllGoneWork : Work {
    explicit AllGoneWork(ServerState& owner) noexcept
        : Work([](Work& self) noexcept {
            gyre::detail::resume(std::exchange(static_cast<AllGoneWork&>(self).server->on_all_gone, {}));
          }),
          server(&owner) {}
    ServerState* server;
  };
  AllGoneWork all_gone_work{*this};
};

}  // namespace gyre::http
