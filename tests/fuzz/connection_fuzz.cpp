// A connection of the HTTP server in a simulated world, under any bytes of a client. The first bytes of the input
// decide about the world, the limits, the client's manners and when the server stops (`Plan`). What must hold: answers
// are well framed and in order, everything ends and nothing is left (`ConnectionRun`), and what is answered does not
// depend on how the bytes are cut.

#include "../http/connection_run.hpp"

#include <gyre/base/assert.hpp>

#include <cstdio>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string fault = gyre::test::mixed::run(input);
  if (!fault.empty()) std::fprintf(stderr, "%s\n", fault.c_str());
  GYRE_ASSERT(fault.empty());
  return 0;
}
