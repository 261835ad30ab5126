// expect: gyre: a handler can take the body once, but two of its parameters take it: those that stand in TakesBodyOnce
#include <gyre/web/json.hpp>
#include <gyre/web/router.hpp>
#include <gyre/web/text.hpp>

int main() {
  gyre::Router router;
  router.post("/", [](gyre::Json<int>, gyre::Text) { return ""; });
}
