// The service that framework benchmarks measure: build/benchmarks/arena --port N --threads N --backend auto|uring|epoll
// Everything that gyre::App gives every application is on: limits, checks, dates.

#include <gyre/gyre.hpp>
#include <gyre/wire/target.hpp>

#include <string>

namespace {

long long number(std::string_view text) { return gyre::wire::parse_integer<long long>(text).value_or(0); }

std::string sum(const gyre::Request& request) {
  const long long query = number(request.query("a").value_or("")) + number(request.query("b").value_or(""));
  return std::to_string(query + number(request.body()));
}

gyre::Response json() { return gyre::Response{R"({"message":"Hello, World!"})"}.with_content_type("application/json"); }

}  // namespace

int main(int argc, char** argv) {
  gyre::App app;
  app.get("/", [] { return "gyre arena\n"; });
  app.get("/plaintext", [] { return "Hello, World!"; });
  app.get("/json", json);
  app.get("/pipeline", [] { return "ok"; });
  app.get("/baseline11", sum);
  app.post("/baseline11", sum);
  return app.run(gyre::run_options(argc, argv));
}
