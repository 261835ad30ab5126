// expect: gyre: a callback handler takes \(const gyre::Request&, gyre::Reply\)
#include <gyre/compat/callback_handler.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", callback_handler([](const Request&, Reply, Path<int>) {}));
}
