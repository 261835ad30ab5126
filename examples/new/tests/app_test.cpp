#undef NDEBUG  // the assertions of a test stay, however it is built
#include "app.hpp"

#include <gyre/testing/testing.hpp>

#include <cassert>

using namespace std::chrono_literals;

int main() {
  gyre::App app;
  set_up(app);
  gyre::testing::run(app, [](gyre::testing::Client& client) -> gyre::Task<> {
    const gyre::testing::Answer hello = co_await client.get("/hello/you");
    assert(hello.status() == gyre::Status::ok && hello.body() == "Hello, you!\n");

    const gyre::testing::Answer tea = co_await client.get("/tea/3");
    assert(tea.body() == "tea\n" && tea.elapsed() == 3s);  // of virtual time

    const gyre::testing::Answer nothing = co_await client.get("/coffee");
    assert(nothing.status() == gyre::Status::not_found);
  });
}
