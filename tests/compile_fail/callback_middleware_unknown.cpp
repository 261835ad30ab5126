// expect: gyre: a callback middleware takes \(const gyre::Request&, gyre::Responder, gyre::NextCallback\)
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(callback_middleware([](const Request&, Responder) {}));
}
