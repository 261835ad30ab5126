// expect: gyre: a callback handler's parameters cannot be inspected
#include <gyre/compat/callback_handler.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

struct Overloaded {
  void operator()(const Request&, Reply) const {}
  void operator()(const Request&, Responder) const {}
};

int main() {
  Router router;
  router.get("/", callback_handler(Overloaded{}));
}
