#define CATCH_CONFIG_RUNNER
// A sanitizer's report of a crash tells more than Catch2's signal handler, which would come first.
#if defined(GYRE_SANITIZING)
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#endif
#include <catch2/catch.hpp>

// Catch2 exits with the number of failed assertions, and 77 of those would read as "skipped" to Meson.
int main(int argc, char** argv) {
  const int failed = Catch::Session().run(argc, argv);
  return failed == 0 ? 0 : 1;
}
