// expect: gyre: the handler's parameters cannot be inspected.*must take gyre::Request& instead
#include <gyre/web/router.hpp>

using namespace gyre;

struct Handler {
  const char* operator()() const { return ""; }
  const char* operator()(Request&) const { return ""; }
};

int main() {
  Router router;
  router.get("/", Handler{});
}
