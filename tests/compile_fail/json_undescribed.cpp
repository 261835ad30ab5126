// expect: gyre: JSON knows no form of this type: describe a struct with BOOST_DESCRIBE_STRUCT
#include <gyre/web/json.hpp>
#include <gyre/web/router.hpp>

struct User {
  int age;
};

int main() {
  gyre::Router router;
  router.get("/", [] { return gyre::Json{User{1}}; });
}
