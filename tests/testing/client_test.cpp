#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

TEST_CASE("a client gets, posts and reads what the app answers, on every transport", "[testing]") {
  App app;
  app.get("/users/{id}", [](Path<int> id) { return "user " + std::to_string(*id); });
  app.post("/echo", [](Request& request) -> Task<Response> { co_return std::string{request.body()}; });
  run_everywhere(app, [](Client& client) -> Task<> {
    const Answer user = co_await client.get("/users/7");
    CHECK(user.status() == Status::ok);
    CHECK(user.body() == "user 7");
    CHECK(user.keep_alive());
    const Answer echo = co_await client.post("/echo", "2 tea");
    CHECK(echo.body() == "2 tea");
    const Answer none = co_await client.get("/none");
    CHECK(none.status() == Status::not_found);
  });
}
