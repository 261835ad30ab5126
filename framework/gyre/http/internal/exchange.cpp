#include <gyre/http/internal/exchange.hpp>

#include <gyre/http/internal/carrier.hpp>

namespace gyre::http {

void Exchange::clean() noexcept {
  task = {};
  body_task = {};
  context.reset();
  response = {};
  incoming.clear();
  outgoing.clear();
  deadline = time_never;
  held_bytes = 0;
  stage = Stage::parsed;
  refusal = head_refused = task_active = task_done = late = body_pending = last = false;
}

bool Exchange::body_threw() const noexcept {
  if (!incoming.failed()) return false;
  try {
    throw;
  } catch (const Failure& failure) {
    return failure.error().code() == incoming.error().code();  // not that of a database, say
  } catch (...) {
    return false;
  }
}

bool Exchange::inform(Status status, std::string_view fields) {
  return carrier != nullptr && carrier->inform(*this, status, fields);
}

void Exchange::limit_deadline(TimePoint when, Status status) noexcept {
  if (stage != Stage::running || when >= deadline) return;
  deadline = when;
  status_at_deadline = status;
  context->limit_deadline(when);
  if (carrier != nullptr) {
    carrier->deadline_moved(when);
  } else {
    orphans->deadline_moved(when);
  }
}

Result<SocketAddress> Exchange::peer_address() {
  if (carrier == nullptr) return Errc::closed;
  return carrier->peer_address();
}

Result<SocketAddress> Exchange::local_address() {
  if (carrier == nullptr) return Errc::closed;
  return carrier->local_address();
}

bool Exchange::secure() const noexcept { return carrier == nullptr ? was_secure : carrier->secure(); }

std::optional<TlsInfo> Exchange::tls() const {
  if (carrier == nullptr || carrier->tls() == nullptr) return std::nullopt;
  return carrier->tls()->info();
}

void PlainExchange::recycle(ServerState& server) noexcept { server.exchanges.give_back(*this); }

}  // namespace gyre::http
