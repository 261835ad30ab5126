// expect: gyre: json_names has a name that is not described
#include <gyre/web/json.hpp>

struct User {
  int age = 0;
  static constexpr gyre::JsonName json_names[] = {{"ago", "years"}};
};
BOOST_DESCRIBE_STRUCT(User, (), (age))

int main() { return static_cast<int>(gyre::to_json(User{}).size()); }
