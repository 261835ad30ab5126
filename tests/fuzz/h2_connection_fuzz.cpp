// A connection of HTTP/2 with a server in a simulated world, under frames that any bytes make. The first bytes of the
// input decide about the world, the limits, the client's manners and when the server stops (`Plan`). What must hold:
// the server itself keeps the rules of the protocol, everything ends within its limits, and nothing is left.

#include "../http/h2_connection_run.hpp"

#include <gyre/base/assert.hpp>

#include <cstdio>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string fault = gyre::test::mixed::run_h2(input);
  if (!fault.empty()) std::fprintf(stderr, "%s\n", fault.c_str());
  GYRE_ASSERT(fault.empty());
  return 0;
}
