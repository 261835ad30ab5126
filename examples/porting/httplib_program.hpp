#pragma once

#include "httplib_service.hpp"

#include <string>

namespace notes {

/// What the command line says.
struct Program {
  int port = 8080;  ///< 0: any
  std::string files = "examples/porting/public";
};

Program read_arguments(int argc, char** argv);

/// Serves until it is killed. Returns the exit code.
int serve(httplib::Server& server, int port);

}  // namespace notes
