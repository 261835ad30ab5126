// expect: on_failure<E> takes a function \(gyre::Request&, const E&\)
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.on_failure<std::runtime_error>([](const std::runtime_error& error) { return std::string{error.what()}; });
}
