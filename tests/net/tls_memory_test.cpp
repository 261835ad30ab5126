// OpenSSL without memory. A program of its own: what OpenSSL allocates with is set before its first allocation.
#include "tls_pair.hpp"

#include <catch2/catch.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <cstdlib>
#include <new>

using namespace gyre;
using namespace tls_test;

namespace {

enum class Failing { once, from_then_on };

constexpr long never = -1;
long allocations_left = never;
Failing failing = Failing::once;

bool fails() noexcept {
  if (allocations_left == never) return false;
  if (allocations_left > 0) {
    --allocations_left;
    return false;
  }
  if (failing == Failing::once) allocations_left = never;
  return true;
}

void* allocate(std::size_t size, const char* /*file*/, int /*line*/) { return fails() ? nullptr : std::malloc(size); }
void* reallocate(void* block, std::size_t size, const char* /*file*/, int /*line*/) {
  return fails() ? nullptr : std::realloc(block, size);
}
void release(void* block, const char* /*file*/, int /*line*/) { std::free(block); }

/// A whole connection; says whether all of it went well.
bool talks(const TlsClient& client, const TlsServer& server) {
  Pair pair{client, server};
  if (!pair.run()) return false;
  pair.client.write("hello");
  pair.server.write("hello");
  pair.run();
  pair.client.close();
  pair.server.close();
  pair.run();
  return pair.server.received == "hello" && pair.client.received == "hello";
}

/// The connection in which the allocation of that number fails; says whether there was one.
bool fails_at(long number, const TlsClient& client, const TlsServer& server) {
  allocations_left = number;
  try {
    talks(client, server);
  } catch (const std::bad_alloc&) {
    // There was not even a session.
  } catch (const Failure& failure) {
    CHECK(failure.error() == Errc::bad_message);  // of `write`
  }
  const bool was_reached = failing == Failing::once ? allocations_left == never : allocations_left == 0;
  allocations_left = never;
  return was_reached;
}

}  // namespace

TEST_CASE("a session that gets no memory fails, and no other", "[tls]") {
  REQUIRE(CRYPTO_set_mem_functions(allocate, reallocate, release) == 1);
  TlsServerOptions options = server_options();
  options.client_certificates = TlsClientCertificates::mandatory;
  options.client_trust = root().pem();
  const TlsServer server = make_server(options);
  TlsClientOptions known = client_options();
  known.certificate = root().issue({.subject = "client"}).parsed();
  const TlsClient client = make_client(known);
  REQUIRE(talks(client, server));
  constexpr long stride = 17;
  for (const Failing how : {Failing::once, Failing::from_then_on}) {
    failing = how;
    long number = 0;
    while (fails_at(number, client, server)) {
      if (ERR_peek_error() != 0) FAIL("errors were left behind at allocation " << number);
      number += stride;
    }
    CHECK(number > 500);
    CHECK(talks(client, server));
  }
}
