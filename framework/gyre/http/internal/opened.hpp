#pragma once

#include <gyre/http/internal/input_buffer.hpp>
#include <gyre/loop/address.hpp>
#include <gyre/net/tls/session.hpp>

#include <memory>

namespace gyre::http {

/// What has come out of an `Opening`: all that a connection begins with.
struct Opened {
  int descriptor = -1;
  InputBuffer input;                      ///< Bytes of HTTP that have arrived already; with a session it has them.
  Box<TlsSession> session;                ///< What encrypts it from here on; null: nothing.
  std::unique_ptr<SocketAddress> client;  ///< What a proxy says; null: whoever is at the other end.
  bool secure = false;                    ///< The client's connection is encrypted.
};

}  // namespace gyre::http
