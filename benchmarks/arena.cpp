// The service that framework benchmarks measure: build/benchmarks/arena --port N --threads N --backend auto|uring|epoll
// Everything that gyre::App gives every application is on: limits, checks, dates.

#include <gyre/gyre.hpp>
#include <gyre/wire/target.hpp>

#include <string>

namespace {

/// The number in one member of the query, or 0.
long long number(std::string_view query, std::string_view key) {
  return gyre::wire::parse_integer<long long>(gyre::wire::query_value(query, key).value_or("")).value_or(0);
}

std::string sum(const gyre::Request& request) {
  long long total = number(request.query(), "a") + number(request.query(), "b");
  total += gyre::wire::parse_integer<long long>(request.body()).value_or(0);
  return std::to_string(total);
}

}  // namespace

int main(int argc, char** argv) {
  gyre::App app;
  app.get("/", [] { return "gyre arena\n"; });
  app.get("/plaintext", [] { return "Hello, World!"; });
  app.get("/json", [] { return gyre::Response{R"({"message":"Hello, World!"})"}.with_content_type("application/json"); });
  app.get("/pipeline", [] { return "ok"; });
  app.get("/baseline11", sum);
  app.post("/baseline11", sum);
  return app.run(gyre::run_options(argc, argv));
}
