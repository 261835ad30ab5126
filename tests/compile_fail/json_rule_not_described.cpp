// expect: gyre: a rule is about a member that is not described
#include <gyre/web/json.hpp>

struct User {
  std::string name;
  int age = 0;
  static constexpr auto rules() { return gyre::rules(gyre::rule(&User::age, gyre::at_least(0))); }
};
BOOST_DESCRIBE_STRUCT(User, (), (name))

int main() {
  User user;
  return gyre::from_json("{}", user) ? 0 : 1;
}
