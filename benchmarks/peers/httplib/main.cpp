// cpp-httplib behind the routes of benchmarks/arena.cpp: main PORT [THREADS]
// It has a thread per connection, so that many are started: one worker would serve one client only. With the directory
// on_gyre/ before all others of the compiler's, the same file is served by gyre.

#include <httplib.h>

#include <algorithm>
#include <cstdlib>
#include <string>

using httplib::Request;
using httplib::Response;

static long long number(const std::string& text) { return std::atoll(text.c_str()); }

static void sum(const Request& request, Response& response) {
  const long long query = number(request.get_param_value("a")) + number(request.get_param_value("b"));
  response.set_content(std::to_string(query + number(request.body)), "text/plain");
}

static void upload(const Request&, Response& response, const httplib::ContentReader& read) {
  std::size_t size = 0;
  read([&](const char*, std::size_t part) {
    size += part;
    return true;
  });
  response.set_content(std::to_string(size), "text/plain");
}

static void bytes(const Request& request, Response& response) {
  static const std::string piece(64 * 1024, 'x');
  const auto size = static_cast<std::size_t>(number(request.matches[1]));
  response.set_content_provider(size, "application/octet-stream",
                                [](std::size_t, std::size_t left, httplib::DataSink& out) {
                                  return out.write(piece.data(), std::min(left, piece.size()));
                                });
}

int main(int count, char** arguments) {
  const auto threads = static_cast<std::size_t>(count > 2 ? std::atoi(arguments[2]) : 128);
  httplib::Server server;
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_keep_alive_timeout(600);
  server.set_tcp_nodelay(true);
  server.set_payload_max_length(std::size_t{1} << 30);
  server.Get("/plaintext", [](const Request&, Response& out) { out.set_content("Hello, World!", "text/plain"); });
  server.Get("/json", [](const Request&, Response& response) {
    response.set_content(R"({"message":"Hello, World!"})", "application/json");
  });
  server.Get("/pipeline", [](const Request&, Response& response) { response.set_content("ok", "text/plain"); });
  server.Get("/baseline11", sum);
  server.Post("/baseline11", sum);
  server.Post("/upload", upload);
  server.Get(R"(/bytes/(\d+))", bytes);
  return server.listen("127.0.0.1", std::atoi(arguments[1])) ? 0 : 1;
}
