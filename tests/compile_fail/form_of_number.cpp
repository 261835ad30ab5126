// expect: gyre: Form<T> needs a struct described with BOOST_DESCRIBE_STRUCT
#include <gyre/web/form.hpp>
#include <gyre/web/router.hpp>

int main() {
  gyre::Router router;
  router.post("/", [](gyre::Form<int>) { return ""; });
}
