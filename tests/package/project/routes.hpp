#pragma once

#include <gyre/app/app.hpp>

void add_routes(gyre::App& app);
