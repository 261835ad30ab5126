#include "facts.hpp"
#include "parts.hpp"

namespace httpbin {
namespace {

struct Headers {
  Texts headers;
};
BOOST_DESCRIBE_STRUCT(Headers, (), (headers))

struct Ip {
  std::string origin;
};
BOOST_DESCRIBE_STRUCT(Ip, (), (origin))

struct UserAgent {
  std::optional<std::string> user_agent;

  static constexpr gyre::JsonName json_names[] = {{"user_agent", "user-agent"}};
};
BOOST_DESCRIBE_STRUCT(UserAgent, (), (user_agent))

}  // namespace

void add_inspection(gyre::App& app) {
  app.get("/headers", [](const gyre::Request& request) { return gyre::Json{Headers{headers_of(request)}}; });
  app.get("/ip", [](gyre::PeerAddress peer) { return gyre::Json{Ip{peer.endpoint.host()}}; });
  app.get("/user-agent", [](std::optional<gyre::Header<"User-Agent">> field) {
    UserAgent agent;
    if (field) agent.user_agent = **field;
    return gyre::Json{std::move(agent)};
  });
}

}  // namespace httpbin
