#pragma once

#include <gyre/app/internal/app_state.hpp>

namespace gyre::app {

/// What the tasks of all running loops wait for: each loop writes its own part. A loop that does not get to it within
/// two seconds, or until the task is cancelled, is said to be blocked. Throws `Cancelled` if it is so from the start.
Task<std::string> report_tasks(AppState& state);

}  // namespace gyre::app
