// expect: gyre: Headers<T>: the names of the members must be tokens
#include <gyre/web/headers.hpp>
#include <gyre/web/router.hpp>

struct Trace {
  int id = 0;
  static constexpr gyre::JsonName json_names[] = {{"id", "trace id"}};
};
BOOST_DESCRIBE_STRUCT(Trace, (), (id))

int main() {
  gyre::Router router;
  router.get("/", [](gyre::Headers<Trace>) { return ""; });
}
