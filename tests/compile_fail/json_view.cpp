// expect: gyre: JSON can only be read into a T that has a default constructor and owns its text
#include <gyre/web/json.hpp>
#include <gyre/web/router.hpp>

struct User {
  std::vector<std::string_view> names;
};
BOOST_DESCRIBE_STRUCT(User, (), (names))

int main() {
  gyre::Router router;
  router.post("/", [](gyre::Json<User>) { return ""; });
}
