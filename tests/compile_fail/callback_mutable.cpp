// expect: gyre: every loop calls the callback handler at once, so it must be callable as const
#include <gyre/compat/callback_handler.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", callback_handler([hits = 0](const Request&, Reply reply) mutable { reply(std::to_string(++hits)); }));
}
