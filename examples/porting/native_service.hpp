#pragma once

#include "note_store.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/json.hpp>

#include <string>

namespace notes {

BOOST_DESCRIBE_STRUCT(Note, (), (id, title, text, tag))

/// Adds the whole service to an app: httplib_service.cpp, ported to the end. `store` outlives it; `files` is a
/// directory of static files.
void set_up(gyre::App& app, NoteStore& store, const std::string& files);

/// What the hooks of the old service did, around all routes of the app. Before the routes.
void add_hooks(gyre::App& app);

/// One of the routes: what midway_main.cpp has already.
void add_list(gyre::App& app, NoteStore& store);

}  // namespace notes
