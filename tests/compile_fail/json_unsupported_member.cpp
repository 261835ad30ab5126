// expect: gyre: JSON knows no form of a member's type
#include <gyre/web/json.hpp>

struct User {
  void* data;
};
BOOST_DESCRIBE_STRUCT(User, (), (data))

int main() { return static_cast<int>(gyre::to_json(User{}).size()); }
