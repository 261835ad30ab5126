// expect: gyre: a handler can take the body once.*TakesBodyOnce
#include <gyre/web/multipart.hpp>
#include <gyre/web/router.hpp>

struct Signed {
  static constexpr gyre::TakesBody takes_body = gyre::TakesBody::whole;
  static gyre::Extracted<Signed> extract(gyre::Request&) { return Signed{}; }
};

int main() {
  gyre::Router router;
  router.post("/", [](gyre::Multipart, Signed) -> gyre::Task<const char*> { co_return ""; });
}
