// The service, ported to the end: build/examples/porting/notes_native --port 8080

#include "native_service.hpp"

#include <gyre/gyre.hpp>

#include <string>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
  std::string files = "examples/porting/public";
  std::vector<char*> rest{argv[0]};
  for (int at = 1; at < argc; ++at) {
    if (std::string_view{argv[at]} == "--files" && at + 1 < argc) {
      files = argv[++at];
    } else {
      rest.push_back(argv[at]);
    }
  }
  notes::NoteStore store;
  gyre::App app;
  notes::set_up(app, store, files);
  return app.run(gyre::run_options(static_cast<int>(rest.size()), rest.data()));
}
