#include "httplib_program.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace notes {

Program read_arguments(int argc, char** argv) {
  Program program;
  for (int at = 1; at + 1 < argc; at += 2) {
    const std::string_view option = argv[at];
    if (option == "--port") program.port = std::atoi(argv[at + 1]);
    if (option == "--files") program.files = argv[at + 1];
  }
  return program;
}

int serve(httplib::Server& server, int port) {
  if (port == 0) {
    port = server.bind_to_any_port("127.0.0.1");
  } else if (!server.bind_to_port("127.0.0.1", port)) {
    port = -1;
  }
  if (port < 0) {
    std::fputs("notes: cannot listen\n", stderr);
    return 1;
  }
  std::printf("notes: listening on http://127.0.0.1:%d (httplib, 8 threads)\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}

}  // namespace notes
