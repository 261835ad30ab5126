#include "routes.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/json.hpp>  // the header that needs most: Boost's

#include <map>
#include <string>

namespace {

using namespace std::chrono_literals;

std::string number(int value) { return std::to_string(value); }

gyre::Json<std::map<std::string, std::string>> versions() {
  const std::string numbers =
      number(gyre::version_major) + '.' + number(gyre::version_minor) + '.' + number(gyre::version_patch);
  std::map<std::string, std::string> versions;
  versions.emplace("headers", gyre::version);
  versions.emplace("library", gyre::library_version());
  versions.emplace("numbers", numbers);
  return gyre::Json{std::move(versions)};
}

gyre::Task<std::string> tea() {
  co_await gyre::sleep_for(5ms);
  co_return "tea\n";
}

}  // namespace

void add_routes(gyre::App& app) {
  app.get("/versions", versions);
  app.get("/tea", tea);
}
