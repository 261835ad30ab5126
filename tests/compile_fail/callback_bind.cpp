// expect: gyre: a callback handler's parameters cannot be inspected
#include <gyre/compat/callback_handler.hpp>
#include <gyre/web/router.hpp>

#include <functional>

using namespace gyre;

void answer(const Request&, Reply reply) { reply("x"); }

int main() {
  Router router;
  router.get("/", callback_handler(std::bind(answer, std::placeholders::_1, std::placeholders::_2)));
}
