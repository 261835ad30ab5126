#include <gyre/http/internal/opening.hpp>

#include <gyre/http/internal/connection.hpp>

namespace gyre::http {
namespace {

/// Nothing if the header names no address: the connection's own counts.
Result<Endpoint> endpoint_of(wire::ProxyFamily family, const wire::ProxyAddress& address) {
  const Bytes ip{address.ip};
  switch (family) {
    case wire::ProxyFamily::ipv4: return Endpoint::ip(ip.first(4), address.port);
    case wire::ProxyFamily::ipv6: return Endpoint::ip(ip, address.port);
    case wire::ProxyFamily::unix_socket: {
      if (address.path.empty()) return Endpoint::unix_unnamed();
      std::string path{address.path};
      if (path.front() == '\0') path.front() = '@';
      return Endpoint::unix_path(path);
    }
    case wire::ProxyFamily::none: break;
  }
  return Errc::not_found;
}

}  // namespace

Opening::Opening(ServerState& server, Stream&& stream, Steps steps) noexcept
    : TaskObserver(&Opening::on_done),
      Work(&Opening::on_work),
      Timer(&Opening::on_time),
      server_(&server),
      stream_(std::move(stream)),
      steps_(steps),
      context_(server.context) {
  context_.set_label("opening of a connection");
}

void Opening::begin(ServerState& server, Stream&& stream, Steps steps) {
  auto* opening = new Opening{server, std::move(stream), steps};
  try {
    opening->task_ = opening->open();
  } catch (const std::bad_alloc&) {
    stream = std::move(opening->stream_);
    delete opening;
    throw;
  }
  server.openings.push_back(*opening);
  ++server.statistics.connections_accepted;
  ++server.statistics.connections_open;
  opening->task_.start(opening->context_, *opening);
}

// Each step reads no further than it must, or leaves what it has read too much in `opened_.input`.
Task<bool> Opening::open() {
  if (steps_.proxied) {
    const bool named = co_await read_proxy_header();
    if (!named) co_return false;
  }
  if (steps_.tls != nullptr) {
    const bool encrypted = co_await shake_hands();
    if (!encrypted) co_return false;
  }
  Timer::disarm();
  co_return true;
}

// False at the end, whatever the reason.
Task<bool> Opening::read_more() {
  std::byte piece[512];
  const Result<std::size_t> size = co_await stream_.read(piece);
  if (!size || *size == 0) co_return false;
  opened_.input.append(as_text(Bytes{piece, *size}));
  co_return true;
}

// --- the PROXY header ------------------------------------------------------------------------------------------------

Task<bool> Opening::read_proxy_header() {
  limit(server_->options.limits.head_read);
  InputBuffer& input = opened_.input;
  wire::ProxyHeader header;
  wire::ProxyOutcome outcome;
  while (outcome.state == wire::ProxyState::more) {
    const bool more = co_await read_more();
    if (!more) {
      // Who comes and goes without a word, as some health checks do, has broken no rule.
      const bool late = context_.reason() == CancelReason::deadline;
      if (late || !input.empty()) refuse();
      co_return false;
    }
    outcome = wire::parse_proxy_header(input.view(), header);
  }
  if (outcome.state == wire::ProxyState::rejected || !take_client(header)) {
    refuse();
    co_return false;
  }
  input.drop(outcome.size);
  co_return true;
}

// Copies what it needs. False for a Unix path that no socket has here.
bool Opening::take_client(const wire::ProxyHeader& header) {
  opened_.secure = header.tls;
  if (header.family == wire::ProxyFamily::none) return true;
  const Result<Endpoint> client = endpoint_of(header.family, header.source);
  if (client) opened_.client = std::make_unique<SocketAddress>(client->address());
  return client.has_value();
}

void Opening::refuse() noexcept {
  if (context_.reason() != CancelReason::shutdown) ++server_->statistics.proxy_headers_refused;
}

// --- TLS -------------------------------------------------------------------------------------------------------------

Task<bool> Opening::shake_hands() {
  limit(server_->options.limits.handshake);
  bool heard = !opened_.input.empty();
  if (!heard) heard = co_await read_more();  // who says nothing takes no place among those who do
  try {
    if (heard) co_await encrypt();
  } catch (const TlsFailure&) {
  } catch (const Failure&) {
  } catch (const Cancelled&) {
  }
  const bool done = opened_.session != nullptr;
  const CancelReason reason = context_.reason();
  if (!done && reason != CancelReason::shutdown) ++server_->statistics.handshakes_failed;
  if (!done && reason == CancelReason::shed) ++server_->statistics.handshakes_shed;
  co_return done;
}

Task<> Opening::encrypt() {
  HandshakePlaces::Place place{server_->handshakes, context_};
  co_await place.take();
  std::string early{opened_.input.view()};
  opened_.input.clear();
  auto accepting = steps_.tls->accept(std::move(stream_), std::move(early), &server_->handshake_pace, &place);
  stream_ = co_await std::move(accepting);
  opened_.session = stream_.take_session();
  opened_.secure = true;
}

// --- its end ---------------------------------------------------------------------------------------------------------

void Opening::on_time(Timer& timer) noexcept { static_cast<Opening&>(timer).context_.cancel(CancelReason::deadline); }

void Opening::on_done(TaskObserver& observer) noexcept {
  auto& self = static_cast<Opening&>(observer);
  self.server_->loop.schedule(self);  // the task must not die in its own last step
}

void Opening::on_work(Work& work) noexcept {
  auto& self = static_cast<Opening&>(work);
  self.hand_over();
  ServerState& server = *self.server_;
  delete &self;
  server.one_gone();
}

void Opening::hand_over() noexcept {
  try {
    if (task_.result()) {
      opened_.descriptor = stream_.descriptor();
      Connection::open(*server_, std::move(opened_));
      (void)stream_.release();
      return;
    }
  } catch (...) {
    // No memory, for a step or for the connection: it ends here, the others stay. A cancelled step has no result.
  }
  --server_->statistics.connections_open;
}

}  // namespace gyre::http
