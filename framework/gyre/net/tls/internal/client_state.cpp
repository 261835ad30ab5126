#include <gyre/net/tls/internal/client_state.hpp>

#include <algorithm>
#include <utility>

namespace gyre::detail {

void TlsClientState::keep(const std::string& host, SessionPointer session) {
  const std::lock_guard lock{mutex_};
  std::erase_if(entries_, [&](const Entry& entry) { return entry.host == host; });
  if (entries_.size() == TlsClient::tickets_max) entries_.pop_front();
  entries_.push_back({host, std::move(session)});
}

SessionPointer TlsClientState::find(const std::string& host) noexcept {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(entries_, host, &Entry::host);
  if (found == entries_.end()) return nullptr;
  if (SSL_SESSION_get_protocol_version(found->session.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(found->session.get());
    return SessionPointer{found->session.get()};
  }
  SessionPointer session = std::move(found->session);
  entries_.erase(found);
  return session;
}

}  // namespace gyre::detail
