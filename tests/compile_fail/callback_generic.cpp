// expect: gyre: a callback handler's parameters cannot be inspected
#include <gyre/compat/callback_handler.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", callback_handler([](const auto&, auto reply) { reply("x"); }));
}
