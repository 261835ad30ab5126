// expect: gyre: a parameter std::optional<X> needs an X that can be absent
#include <gyre/web/router.hpp>

struct User {
  static gyre::Extracted<User> extract(gyre::Request&) { return User{}; }
};

int main() {
  gyre::Router router;
  router.get("/", [](std::optional<User>) { return ""; });
}
