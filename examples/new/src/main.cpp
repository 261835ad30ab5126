#include <gyre/app/arguments.hpp>

#include "app.hpp"

int main(int argc, char** argv) {
  gyre::App app;
  set_up(app);
  return app.run(gyre::run_options(argc, argv));
}
