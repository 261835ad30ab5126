// expect: gyre: Query<T> needs a struct described with BOOST_DESCRIBE_STRUCT
#include <gyre/web/query.hpp>
#include <gyre/web/router.hpp>

struct Page {
  int page = 1;
};

int main() {
  gyre::Router router;
  router.get("/", [](gyre::Query<Page>) { return ""; });
}
