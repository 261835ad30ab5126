// The service on cpp-httplib, or on gyre by the same names: notes_compat --port 8080, then
//
//   curl -d 'title=tide&text=high at noon' -H 'X-Key: sesame' http://127.0.0.1:8080/notes
//   curl http://127.0.0.1:8080/notes

#include "httplib_program.hpp"

int main(int argc, char** argv) {
  const notes::Program program = notes::read_arguments(argc, argv);
  notes::NoteStore store;
  httplib::Server server;
  notes::set_up(server, store, program.files);
  return notes::serve(server, program.port);
}
