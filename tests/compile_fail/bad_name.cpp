// expect: gyre_error_pattern_placeholder_name_must_be_letters_digits_and_underscores
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/{user-id}", [](Path<int>) { return ""; });
}
