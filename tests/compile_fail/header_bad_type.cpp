// expect: gyre: Header<"name", T>: no text can be read as T; give T a static from_segment
#include <gyre/web/header.hpp>
#include <gyre/web/router.hpp>

struct Key {};

int main() {
  gyre::Router router;
  router.get("/", [](gyre::Header<"X-Api-Key", Key>) { return ""; });
}
