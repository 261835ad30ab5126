// expect: nobody waits for the answer of a cancelled handler
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.on_failure<Cancelled>([](Request&, const Cancelled&) { return "never"; });
}
