#pragma once

#include <gyre/http/internal/exchange.hpp>
#include <gyre/loop/timer.hpp>

namespace gyre::http {

struct ServerState;

/// The exchanges of one server whose client has left and whose handler runs on (`OnDisconnect::finish`, `detach`): owns
/// each until its task has ended, and keeps their deadlines.
class Orphans final : private Timer, private Work {
 public:
  explicit Orphans(ServerState& server) noexcept
      : Timer(&Orphans::on_timer), Work(&Orphans::on_work), server_(&server) {}

  bool empty() const noexcept { return exchanges_.empty(); }

  /// Takes over what is in no list any more and has no connection; its handler's task is at work.
  void adopt(Exchange& exchange) noexcept;
  /// A task has ended, and is to be looked at in a later step.
  void task_done() noexcept;
  /// A deadline has become earlier.
  void deadline_moved(TimePoint deadline) noexcept;

 private:
  static void on_timer(Timer& timer) noexcept;
  static void on_work(Work& work) noexcept;
  void end(Exchange& exchange) noexcept;

  ServerState* server_;
  IntrusiveList<Exchange> exchanges_;
  bool scheduled_ = false;
};

}  // namespace gyre::http
