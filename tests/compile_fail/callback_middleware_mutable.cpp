// expect: gyre: every loop calls the callback middleware at once, so it must be callable as const
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(callback_middleware([hits = 0](const Request&, Responder, NextCallback next) mutable {
    if (++hits) next();
  }));
}
