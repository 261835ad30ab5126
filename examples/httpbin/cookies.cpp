#include "facts.hpp"
#include "parts.hpp"

#include <gyre/gyre.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace httpbin {
namespace {

struct CookieFacts {
  Texts cookies;
};
BOOST_DESCRIBE_STRUCT(CookieFacts, (), (cookies))

gyre::Json<CookieFacts> show(gyre::Cookies cookies) {
  CookieFacts facts;
  for (const auto& [name, value] : cookies) facts.cookies.try_emplace(std::string{name}, value);
  return gyre::Json{std::move(facts)};
}

gyre::SetCookie for_all_paths(std::string_view name, std::string_view value) {
  return {.name = name, .value = value, .path = "/"};
}

gyre::Response set_from_query(const gyre::Request& request) {
  gyre::Response response = gyre::Redirect::found("/cookies");
  for (const auto& [name, value] : pairs_of(request.query())) response.set_cookie(for_all_paths(name, value));
  return response;
}

gyre::Response set_one(gyre::Path<std::string_view, "name"> name, gyre::Path<std::string_view, "value"> value) {
  gyre::Response response = gyre::Redirect::found("/cookies");
  response.set_cookie(for_all_paths(*name, *value));
  return response;
}

gyre::Response remove(const gyre::Request& request) {
  gyre::Response response = gyre::Redirect::found("/cookies");
  for (const auto& [name, value] : pairs_of(request.query())) response.remove_cookie(for_all_paths(name, {}));
  return response;
}

}  // namespace

void add_cookies(gyre::App& app) {
  gyre::Group group = app.group("/cookies");
  // What a user agent would not keep is the client's mistake here, and the text says which.
  group.on_failure<std::invalid_argument>([](gyre::Request&, const std::invalid_argument& failure) {
    return gyre::Response::problem(gyre::Status::bad_request, failure.what());
  });
  group.get("", show);
  group.get("/set", set_from_query);
  group.get("/set/{name}/{value}", set_one);
  group.get("/delete", remove);
}

}  // namespace httpbin
