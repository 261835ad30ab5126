// expect: gyre: this check cannot be made of a member of this type
#include <gyre/web/json.hpp>

struct User {
  std::string name;
};

int main() { (void)gyre::rule(&User::name, gyre::range(1, 2)); }
