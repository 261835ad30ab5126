// Half way: the handlers of httplib_service.cpp as they are, and one route that is gyre's own already. Native routes
// come first; what they do not have is looked for among the others.

#include "httplib_program.hpp"
#include "native_service.hpp"

int main(int argc, char** argv) {
  const notes::Program program = notes::read_arguments(argc, argv);
  notes::NoteStore store;
  httplib::Server server;
  notes::set_up(server, store, program.files);
  // The old hooks know nothing of native routes, so these have their own. Around the old ones they change nothing.
  notes::add_hooks(server.app());
  notes::add_list(server.app(), store);
  return notes::serve(server, program.port);
}
