#include <gyre/http/internal/orphans.hpp>

#include <gyre/http/cancel_status.hpp>
#include <gyre/http/internal/server_state.hpp>

#include <algorithm>

namespace gyre::http {

void Orphans::adopt(Exchange& exchange) noexcept {
  exchanges_.push_back(exchange);
  ++server_->statistics.handlers_orphaned;
  deadline_moved(exchange.deadline);
  if (exchange.task_done) task_done();
}

void Orphans::task_done() noexcept {
  if (!std::exchange(scheduled_, true)) server_->loop.schedule(*this);
}

void Orphans::deadline_moved(TimePoint deadline) noexcept {
  if (deadline != time_never && (!Timer::armed() || deadline < when())) server_->loop.arm(*this, deadline);
}

// Armed for the earliest deadline that there was; whose task has ended since has none any more.
void Orphans::on_timer(Timer& timer) noexcept {
  auto& self = static_cast<Orphans&>(timer);
  const TimePoint now = self.server_->loop.now();
  TimePoint earliest = time_never;
  self.exchanges_.for_each([&](Exchange& exchange) {
    if (exchange.deadline <= now) {
      exchange.deadline = time_never;
      exchange.cancel(CancelReason::deadline);
    }
    earliest = std::min(earliest, exchange.deadline);
  });
  self.deadline_moved(earliest);
}

void Orphans::on_work(Work& work) noexcept {
  auto& self = static_cast<Orphans&>(work);
  // One at a time: the end of a frame may run code of the application, which may end others. Those are found here, too,
  // so nothing is scheduled for them: once the last one has gone the server may be destroyed.
  while (Exchange* ended = self.exchanges_.find([](Exchange& each) { return each.task_done; })) self.end(*ended);
  self.scheduled_ = false;
  self.server_->one_gone();
}

/// Nobody is answered, but what the handler threw is told as if there were a client: its work was wanted.
void Orphans::end(Exchange& exchange) noexcept {
  ServerStatistics& statistics = server_->statistics;
  --statistics.handlers_orphaned;
  --statistics.handlers_running;
  ++statistics.answers_dropped;
  const auto tell = [&] { (void)server_->service.failed(exchange.request, std::current_exception()); };
  try {
    (void)exchange.task.result();
  } catch (const Cancelled&) {
    if (answer_to(exchange.context->reason()) == Status::internal_server_error) tell();
  } catch (...) {
    if (!exchange.body_threw()) tell();
  }
  if (exchange.place.leave()) --statistics.connections_open;
  static_cast<ListHook<Exchange>&>(exchange).unlink();
  if (empty()) disarm();
  exchange.recycle(*server_);
}

}  // namespace gyre::http
