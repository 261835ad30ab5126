#include "httpbin.hpp"

#include "parts.hpp"
#include "random.hpp"

#include <gyre/gyre.hpp>

namespace httpbin {

void add_routes(gyre::App& app) {
  app.loop_state([](gyre::Loop& loop) { return Random{loop}; });
  add_start_page(app);
  add_methods(app);
  add_inspection(app);
  add_statuses(app);
  add_streams(app);
  add_ranges(app);
  add_redirects(app);
  add_cookies(app);
  add_auth(app);
  add_digest_auth(app);
  add_cache(app);
  add_encodings(app);
  add_formats(app);
  add_images(app);
}

}  // namespace httpbin
