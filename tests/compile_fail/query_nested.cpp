// expect: gyre: Query<T> needs a struct .*whose members are bool, numbers, texts
#include <gyre/web/query.hpp>
#include <gyre/web/router.hpp>

struct Page {
  int page = 1;
};
BOOST_DESCRIBE_STRUCT(Page, (), (page))
struct Search {
  Page page;
};
BOOST_DESCRIBE_STRUCT(Search, (), (page))

int main() {
  gyre::Router router;
  router.get("/", [](gyre::Query<Search>) { return ""; });
}
