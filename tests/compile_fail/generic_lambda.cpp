// expect: gyre: the handler's parameters cannot be inspected.*must take gyre::Request& instead
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/{id}", [](auto id) { return std::to_string(*id); });
}
