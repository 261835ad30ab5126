// What lies between a connection and its socket if there is TLS.

#include <gyre/http/internal/server_state.hpp>
#include <gyre/http/internal/transport.hpp>

#include <algorithm>
#include <cstring>

namespace gyre::http {

// Records are small, and requests may come in several: they are looked at together.
void Transport::on_ciphertext(Bytes data) {
  if (life_ == Life::closing) return;
  if (receive_ended_) return drop_ciphertext(data.size());
  TlsSession& session = *tls_;
  const ServerState::Plaintext plaintext{*server_};
  const MutableBytes room = plaintext.room();
  session.receive(data);
  silent_ = !data.empty() && (silent_ || all_sent());
  for (bool more = true; more && life_ != Life::closing;) {
    std::size_t filled = 0;
    while (more && filled < room.size()) {
      const Result<std::size_t> read = session.read(room.subspan(filled));
      if (!read) return tls_failed();
      more = *read != 0;
      filled += *read;
    }
    if (filled == 0) continue;
    silent_ = false;
    take(as_text(room.first(filled)));
  }
  if (life_ == Life::closing) return;
  session.keep();
  if (session.ended()) {
    receive_ended_ = true;
    on_end(false);
  }
  if (owes()) server_->loop.flush_later(*this);
}

// Who has said that nothing more will come has nothing to send but an end. The receive stays for that.
void Transport::drop_ciphertext(std::size_t size) noexcept {
  dropped_ += size;
  if (dropped_ > server_->options.limits.drain) close();
}

// The peer hears why, if nothing else is on its way to it: beside a send that stalls an alert would wait for ever.
void Transport::tls_failed() noexcept {
  const bool quiet = pending_ == nullptr && sending_ == nullptr;
  close();
  if (!quiet || !owes()) return;
  try {
    sending_ = &seal_owed();
  } catch (const std::bad_alloc&) {
    return;
  }
  sending_->descriptor = socket();
  submit_send();
  deadline_ = time_after(now(), server_->options.limits.linger);
  server_->loop.arm(*this, deadline_);
}

Output* Transport::seal() noexcept {
  try {
    Output& sealed = owes() ? seal_owed() : seal_output(*pending_);
    if (sealed.size != 0) return &sealed;
    server_->outputs.give_back(sealed);
  } catch (const std::bad_alloc&) {
  }
  abort();
  return nullptr;
}

Output& Transport::seal_owed() {
  const Bytes owed = tls_->owed();
  Output& sealed = server_->outputs.take(*this, owed.size());
  std::memcpy(sealed.bytes(), owed.data(), owed.size());
  sealed.size = static_cast<std::uint32_t>(owed.size());
  output_bytes_ += sealed.size;
  tls_->owed_taken();
  return sealed;
}

// In pieces, so that a large answer does not keep the loop for itself. An empty result: it cannot be sent.
Output& Transport::seal_output(Output& plain) {
  constexpr std::uint32_t piece_max = 128 * 1024;
  const std::uint32_t size = std::min(plain.size - plain.sent_before, piece_max);
  Output& sealed = server_->outputs.take(*this, TlsSession::bound(size));
  sealed.route = plain.route;
  const Bytes piece = as_bytes({plain.bytes() + plain.sent_before, size});
  const Result<std::size_t> written =
      tls_->write(piece, {reinterpret_cast<std::byte*>(sealed.bytes()), sealed.capacity});
  if (!written) return sealed;
  sealed.size = static_cast<std::uint32_t>(*written);
  output_bytes_ += sealed.size;
  plain.sent_before += size;
  if (plain.sent_before == plain.size) {
    output_bytes_ -= plain.size;
    server_->outputs.give_back(take_pending());
  }
  return sealed;
}

bool Transport::says_goodbye() noexcept {
  if (tls_ == nullptr || std::exchange(goodbye_, true)) return false;
  tls_->close();
  if (!owes()) return false;
  if (sending_ == nullptr) send_next();
  return true;
}

}  // namespace gyre::http
