#pragma once

#include <gyre/app/app.hpp>

/// Everything that the application serves. Apart from `main`, so that the tests serve it, too.
void set_up(gyre::App& app);
