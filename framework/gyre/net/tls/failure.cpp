#include <gyre/net/tls/failure.hpp>

namespace gyre {

std::string_view name(TlsFault fault) noexcept {
  switch (fault) {
    case TlsFault::none: return "none";
    case TlsFault::expired: return "expired";
    case TlsFault::not_yet_valid: return "not_yet_valid";
    case TlsFault::unknown_issuer: return "unknown_issuer";
    case TlsFault::self_signed: return "self_signed";
    case TlsFault::invalid_issuer: return "invalid_issuer";
    case TlsFault::wrong_host: return "wrong_host";
    case TlsFault::wrong_key_usage: return "wrong_key_usage";
    case TlsFault::revoked: return "revoked";
    case TlsFault::bad_signature: return "bad_signature";
    case TlsFault::weak_key: return "weak_key";
    case TlsFault::wrong_pin: return "wrong_pin";
    case TlsFault::no_certificate: return "no_certificate";
    case TlsFault::bad_certificate: return "bad_certificate";
    case TlsFault::peer_refused: return "peer_refused";
    case TlsFault::protocol_version: return "protocol_version";
    case TlsFault::no_common_cipher: return "no_common_cipher";
    case TlsFault::no_common_alpn: return "no_common_alpn";
    case TlsFault::unknown_name: return "unknown_name";
    case TlsFault::peer_alert: return "peer_alert";
    case TlsFault::truncated: return "truncated";
    case TlsFault::not_tls: return "not_tls";
    case TlsFault::bad_server_name: return "bad_server_name";
    case TlsFault::bad_record: return "bad_record";
    case TlsFault::bad_handshake: return "bad_handshake";
    case TlsFault::flood: return "flood";
    case TlsFault::refused: return "refused";
    case TlsFault::out_of_memory: return "out_of_memory";
    case TlsFault::internal: return "internal";
  }
  return "unknown";
}

}  // namespace gyre
