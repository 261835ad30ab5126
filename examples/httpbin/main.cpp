// A service for trying out HTTP clients: build/examples/httpbin/httpbin --port 8080, then open http://127.0.0.1:8080/

#include "httpbin.hpp"

#include <gyre/gyre.hpp>

int main(int argc, char** argv) {
  gyre::App app;
  httpbin::add_routes(app);
  return app.run(gyre::run_options(argc, argv));
}
