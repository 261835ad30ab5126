// expect: gyre_error_pattern_is_written_decoded_without_percent_signs
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/a%20b", [] { return ""; });
}
