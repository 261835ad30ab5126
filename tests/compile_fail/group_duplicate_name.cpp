// expect: gyre_error_pattern_has_two_placeholders_of_the_same_name
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.group<"/users/{id}">().get("/orders/{id}",
                                    [](Path<int> user, Path<int> order) { return std::to_string(*user + *order); });
}
