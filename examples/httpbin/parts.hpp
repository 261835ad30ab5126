#pragma once

#include <gyre/app/app.hpp>

// One function for each file of routes.
namespace httpbin {

void add_start_page(gyre::App& app);
void add_methods(gyre::App& app);
void add_inspection(gyre::App& app);
void add_statuses(gyre::App& app);
void add_streams(gyre::App& app);
void add_ranges(gyre::App& app);
void add_redirects(gyre::App& app);
void add_cookies(gyre::App& app);
void add_auth(gyre::App& app);
void add_digest_auth(gyre::App& app);
void add_cache(gyre::App& app);
void add_encodings(gyre::App& app);
void add_formats(gyre::App& app);
void add_images(gyre::App& app);

}  // namespace httpbin
