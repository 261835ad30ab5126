#pragma once

#include "note_store.hpp"

// The port begins here: another header behind the same names.
#ifdef NOTES_ON_GYRE
#include <gyre/compat/httplib.hpp>
namespace httplib = gyre::compat::httplib;
#else
#include <httplib.h>
#endif

#include <string>

namespace notes {

/// Adds the whole service to a server. `store` outlives it; `files` is a directory of static files.
void set_up(httplib::Server& server, NoteStore& store, const std::string& files);

}  // namespace notes
