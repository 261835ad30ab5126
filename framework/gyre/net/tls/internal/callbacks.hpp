#pragma once

#include <gyre/net/tls/internal/client_state.hpp>
#include <gyre/net/tls/internal/openssl.hpp>
#include <gyre/net/tls/internal/server_state.hpp>

namespace gyre::detail {

/// Tells OpenSSL what to call in the connections of a server or client. Each call finds the connection's `TlsEngine` as
/// the data of its SSL object.
void set_server_callbacks(TlsServerState& server);
void set_client_callbacks(TlsClientState& client);

/// A BIO that reads what its engine has received, and writes to where the engine wants it. Throws `std::bad_alloc`.
BioPointer make_bio(class TlsEngine& engine);

}  // namespace gyre::detail
