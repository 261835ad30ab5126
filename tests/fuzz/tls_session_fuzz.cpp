// A TLS server's session and any bytes. The first byte says what the rest is, the second how it is split:
//  0: what comes instead of a handshake;
//  1: changes of a client's first message, each of three bytes: a position and what is flipped there;
//  2: what comes behind a handshake;
//  3: changes of records with text, behind a handshake.
// Whatever comes, what was read is what was written, up to where the session failed; and a session that has failed
// stays so.
#include "tls_pair.hpp"

#include <gyre/base/assert.hpp>

#include <openssl/err.h>
#include <openssl/rand.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace tls_test;

// Keys and nonces are the same in each run, so that an input always does the same.
std::minstd_rand randomness;

int draw(unsigned char* bytes, int size) {
  for (int i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(randomness() >> 8U);
  return 1;
}

void make_deterministic() {
  static const RAND_METHOD method{nullptr, draw, nullptr, nullptr, draw, [] { return 1; }};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  RAND_set_rand_method(&method);
#pragma GCC diagnostic pop
}

void flip(std::string& bytes, std::string_view changes) {
  for (; changes.size() >= 3 && !bytes.empty(); changes.remove_prefix(3)) {
    const auto position = static_cast<unsigned char>(changes[0]) * 256U + static_cast<unsigned char>(changes[1]);
    bytes[position % bytes.size()] = static_cast<char>(bytes[position % bytes.size()] ^ changes[2]);
  }
}

void check(const Side& side, std::string_view written) {
  GYRE_ASSERT(written.starts_with(side.received));
  GYRE_ASSERT(ERR_peek_error() == 0);
  const bool failed = static_cast<bool>(side.session->failure());
  if (!failed) return;
  std::byte buffer[8];
  GYRE_ASSERT(side.session->read(buffer).error() == gyre::Errc::bad_message);
  GYRE_ASSERT(side.session->handshake() == gyre::TlsSession::Progress::failed);
  side.session->close();
  GYRE_ASSERT(side.session->owed().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 20'000) return 0;
  make_deterministic();
  randomness.seed(1);
  static const gyre::TlsServer server = make_server();
  static const gyre::TlsClient client = [] {
    gyre::TlsClientOptions options = client_options();
    options.tickets = gyre::TlsTickets::off;
    return make_client(options);
  }();
  const std::string_view rest{reinterpret_cast<const char*>(data + 2), size - 2};
  const Splitting splitting = data[1] == 0 ? Splitting::whole() : Splitting::random(data[1]);

  Pair pair{client, server, "example.org", splitting};
  std::string written;
  switch (data[0] % 4) {
    case 0: pair.server.receive(rest, pair.splitting); break;
    case 1:
      pair.client.step();
      flip(pair.client.out, rest);
      pair.run();
      break;
    case 2:
      GYRE_ASSERT(pair.run());
      pair.server.receive(rest, pair.splitting);
      break;
    default:
      GYRE_ASSERT(pair.run());
      for (const std::size_t length : {1U, 200U, 3000U}) {
        const std::string text(length, static_cast<char>('a' + length % 26));
        pair.client.write(text);
        written += text;
      }
      pair.client.close();
      flip(pair.client.out, rest);
      pair.run();
      break;
  }
  check(pair.server, written);
  check(pair.client, {});
  // The end, if it has not failed before.
  pair.server.session->receive_end();
  pair.server.step();
  check(pair.server, written);
  GYRE_ASSERT(pair.server.session->ended() || pair.server.session->failure());
  return 0;
}
