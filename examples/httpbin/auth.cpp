#include "parts.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace httpbin {
namespace {

struct UserFacts {
  bool authenticated = true;
  std::string user;
};
BOOST_DESCRIBE_STRUCT(UserFacts, (), (authenticated, user))

struct TokenFacts {
  bool authenticated = true;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(TokenFacts, (), (authenticated, token))

/// Any token will do.
struct Token {
  std::string_view text;
};

/// Who is let in stands in the path.
bool is_in_path(const gyre::Request& request, std::string_view user, std::string_view password) {
  return user == request.parameter(0) && gyre::wire::equal_secrets(password, request.parameter(1));
}

gyre::Json<UserFacts> welcome(gyre::Path<std::string, "user"> user, gyre::Path<std::string_view, "password">) {
  return gyre::Json{UserFacts{.user = *user}};
}

/// Does as if there was nothing.
gyre::Task<gyre::Response> hide(gyre::Request& request, gyre::Next next) {
  gyre::Response response = co_await next(request);
  if (response.status() == gyre::Status::unauthorized) co_return gyre::Response::problem(gyre::Status::not_found);
  co_return std::move(response);
}

}  // namespace

void add_auth(gyre::App& app) {
  const gyre::Middleware basic = gyre::basic_auth("httpbin", is_in_path);
  app.with(basic).get("/basic-auth/{user}/{password}", welcome);
  app.with(hide, basic).get("/hidden-basic-auth/{user}/{password}", welcome);
  app.with(gyre::bearer_auth([](std::string_view token) { return std::optional{Token{token}}; }))
      .get("/bearer",
           [](gyre::Extension<Token> token) { return gyre::Json{TokenFacts{.token = std::string{token->text}}}; });
}

}  // namespace httpbin
