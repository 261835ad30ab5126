#pragma once

#include <gyre/loop/within.hpp>
#include <gyre/net/tls/connect.hpp>
#include <gyre/testing/tls.hpp>

#include <string>

namespace gyre::simulate {

/// A client's handshake, within `limit`. What went wrong, or nothing. If that is nothing and the stream is closed, it
/// was the time.
inline Task<std::string> shake_hands(Stream* stream, testing::Protocol protocol, Duration limit) {
  auto shaking = tls_connect(std::move(*stream), testing::TlsEnds::get().client(protocol), "localhost");
  auto limited = within(limit, std::move(shaking));
  std::string failure;
  try {
    Result<Stream> shaken = co_await std::move(limited);
    if (shaken) *stream = std::move(*shaken);
  } catch (const TlsFailure& failed) {
    failure = failed.what();
  } catch (const Failure& failed) {
    failure = failed.what();
  }
  co_return failure;
}

}  // namespace gyre::simulate
