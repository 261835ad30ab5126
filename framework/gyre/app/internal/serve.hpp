#pragma once

#include <gyre/app/internal/worker.hpp>

namespace gyre::app {

/// What `App::serve` does: one worker on a loop that is there already.
Task<> serve_on(AppState& state, Service& service, Loop& loop, RunOptions options, Event* serving);

}  // namespace gyre::app
