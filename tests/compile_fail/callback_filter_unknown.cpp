// expect: gyre: a callback middleware takes
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(callback_filter([](const Request&, std::string, NextCallback) {}));
}
