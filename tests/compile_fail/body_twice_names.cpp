// expect: TakesBodyOnce<gyre::Extracted<gyre::Json<int> ?>, std::optional<gyre::Form<User> ?> ?>
#include <gyre/web/form.hpp>
#include <gyre/web/json.hpp>
#include <gyre/web/router.hpp>

struct User {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(User, (), (name))

int main() {
  gyre::Router router;
  router.post("/{id}", [](gyre::Path<int>, gyre::Extracted<gyre::Json<int>>, const gyre::Request&,
                          std::optional<gyre::Form<User>>) { return ""; });
}
