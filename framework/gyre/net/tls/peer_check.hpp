#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/tls/peer.hpp>

#include <utility>

namespace gyre {

/// The application's own verdict on a peer whose certificate the rules accept: `Task<bool>(TlsPeer)`, which may ask
/// whom it likes and take its time, since it delays that handshake alone. What it throws is a no. A server asks for
/// clients that come with a ticket, too; a client does not ask for a server whose ticket it has. Copies are the same;
/// all loops may call it at once.
///
///     gyre::TlsPeerCheck check{[&revoked](gyre::TlsPeer peer) -> gyre::Task<bool> {
///       const bool gone = co_await revoked.contains(peer.serial);
///       co_return !gone;
///     }};
class TlsPeerCheck {
 public:
  /// None: a peer that needs a verdict is refused.
  TlsPeerCheck() noexcept = default;

  template <class Function>
    requires(std::is_invocable_r_v<Task<bool>, Function&, TlsPeer> &&
             !std::is_same_v<std::remove_cvref_t<Function>, TlsPeerCheck>)
  TlsPeerCheck(Function&& function)
      : function_(Shared<const Callback<Task<bool>(TlsPeer)>>::make(std::forward<Function>(function))) {}

  explicit operator bool() const noexcept { return function_ != nullptr; }
  Task<bool> operator()(TlsPeer peer) const { return (*function_)(std::move(peer)); }

 private:
  Shared<const Callback<Task<bool>(TlsPeer)>> function_;
};

}  // namespace gyre
