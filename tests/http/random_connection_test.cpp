#include "connection_run.hpp"
#include "random_input.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre::test::mixed;

TEST_CASE("whatever clients and handlers do on a connection, it answers in order and leaves nothing",
          "[http][random][http1]") {
  for (const std::uint64_t seed : loop_test::seeds(400)) {
    const RandomInput input{seed};
    const std::string fault = run(input.text());
    if (!fault.empty()) FAIL_CHECK("GYRE_SEED=" << seed << ": " << fault << "\n--- the input ---\n" << input.text());
  }
}
