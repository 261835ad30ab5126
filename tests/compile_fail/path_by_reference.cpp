// expect: gyre: a handler takes gyre::Request&.*by value gyre::Path<T> or a type with a static extract
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/{id}", [](const Path<int>& id) { return std::to_string(*id); });
}
