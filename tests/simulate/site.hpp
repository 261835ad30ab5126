#pragma once

#include <gyre/web/router.hpp>

namespace gyre::simulate {

/// The path of what every schedule has as a file, and its size.
inline constexpr std::string_view file_path = "/site/file";
inline constexpr std::size_t file_size = 40'000;

/// Registers the routes, whose paths are "/<visitor>/<index>/<what>/<number>".
void add_routes(Router& router);

/// What a visitor may ask for, and how.
struct Page {
  std::string_view name;
  bool has_body = false;
  bool cuts = false;      ///< Its answer may be cut by the server.
  bool outlives = false;  ///< Its handler goes on when the client has left.
};
inline constexpr Page pages[] = {
    {.name = "plain"},
    {.name = "large"},
    {.name = "wait"},
    {.name = "wait-long"},
    {.name = "finish", .outlives = true},
    {.name = "detach", .outlives = true},
    {.name = "late"},
    {.name = "late-and-stubborn"},
    {.name = "fail"},
    {.name = "stream"},
    {.name = "stream-broken", .cuts = true},
    {.name = "file"},
    {.name = "race"},
    {.name = "all"},
    {.name = "queue"},
    {.name = "locked"},
    {.name = "offload"},
    {.name = "callback"},
    {.name = "dropped"},
    {.name = "rollback"},
    {.name = "children"},
    {.name = "collect", .has_body = true},
    {.name = "read", .has_body = true},
    {.name = "finish-read", .has_body = true, .outlives = true},
    {.name = "echo", .has_body = true},
    {.name = "leave", .has_body = true},
    {.name = "plain-body", .has_body = true},
};

}  // namespace gyre::simulate
