#include "app.hpp"

#include <gyre/gyre.hpp>

#include <string>

void set_up(gyre::App& app) {
  app.get("/", [] { return "Hello, world!\n"; });
  app.get("/hello/{name}", [](gyre::Path<std::string> name) { return "Hello, " + *name + "!\n"; });
  app.get("/tea/{seconds}", [](gyre::Path<int> seconds) -> gyre::Task<std::string> {
    co_await gyre::sleep_for(std::chrono::seconds{*seconds});
    co_return "tea\n";
  });
}
