// expect: gyre: a callback handler returns void
#include <gyre/compat/callback_handler.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", callback_handler([](const Request&, Reply) { return Status::ok; }));
}
