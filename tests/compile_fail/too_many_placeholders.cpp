// expect: gyre_error_pattern_has_more_than_16_placeholders
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}", [](Request&) { return ""; });
}
