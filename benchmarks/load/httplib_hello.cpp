// The program of examples/hello.cpp on cpp-httplib: compile_time.py compares them. Meson does not build it.

#include <httplib.h>

#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  const int port = argc == 3 && std::strcmp(argv[1], "--port") == 0 ? std::atoi(argv[2]) : 8080;
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("Hello, world!\n", "text/plain");
  });
  return server.listen("127.0.0.1", port) ? 0 : 1;
}
