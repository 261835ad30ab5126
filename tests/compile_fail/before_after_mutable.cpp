// expect: gyre: before_after: the second function is a void\(const gyre::Request&, gyre::Response&\)
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(before_after([](const Request&, Response&) {}, [hits = 0](const Request&, Response&) mutable { ++hits; }));
}
