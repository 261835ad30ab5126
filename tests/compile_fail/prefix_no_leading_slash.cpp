// expect: gyre_error_pattern_must_begin_with_a_slash
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.mount("shop", Router{});
}
