// The same handlers on gyre. beast_handlers_new --port 0 --files DIRECTORY

#include "handlers.hpp"

#include <gyre/compat/beast.hpp>
#include <gyre/gyre.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  namespace http = boost::beast::http;
  gyre::RunOptions options{.port = 0};
  std::string files = ".";
  for (int at = 1; at + 1 < argc; at += 2) {
    const std::string_view option = argv[at];
    if (option == "--port") options.port = static_cast<std::uint16_t>(std::atoi(argv[at + 1]));
    if (option == "--files") files = argv[at + 1];
  }
  options.server.server_name = "";  // the handlers set it
  gyre::App app;
  const auto send = gyre::compat::beast::handler([files](http::request<http::string_body>&& request, auto reply) {
    handlers::handle_request(files, std::move(request), reply);
  });
  app.get("/send/{rest...}", send);
  app.post("/send/{rest...}", send);
  app.not_found(gyre::compat::beast::handler([files](http::request<http::string_body>&& request) {
    return handlers::handle_request(files, std::move(request));
  }));
  return app.run(options);
}
