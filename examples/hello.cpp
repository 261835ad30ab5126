// The smallest application: build/examples/hello --port 8080, then curl http://127.0.0.1:8080/

#include <gyre/gyre.hpp>

int main(int argc, char** argv) {
  gyre::App app;
  app.get("/", [] { return "Hello, world!\n"; });
  return app.run(gyre::run_options(argc, argv));
}
