// expect: gyre: Header<"name">: the name must be a token
#include <gyre/web/header.hpp>
#include <gyre/web/router.hpp>

int main() {
  gyre::Router router;
  router.get("/", [](gyre::Header<"X Api Key">) { return ""; });
}
