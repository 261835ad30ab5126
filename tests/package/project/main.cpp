#include <gyre/gyre.hpp>

#include "routes.hpp"

int main(int argc, char** argv) {
  gyre::App app;
  add_routes(app);
  return app.run(gyre::run_options(argc, argv));
}
