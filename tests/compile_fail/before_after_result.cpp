// expect: gyre: before_after: the first function is a bool\(const gyre::Request&, gyre::Response&\)
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(before_after([](const Request&, Response&) { return 7; }, [](const Request&, Response&) {}));
}
