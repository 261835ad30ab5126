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
  bool cuts = false;  ///< Its answer may be cut by the server.
};
inline constexpr Page pages[] = {
    {"plain"},
    {"large"},
    {"wait"},
    {"late"},
    {"late-and-stubborn"},
    {"fail"},
    {"stream"},
    {"stream-broken", false, true},
    {"file"},
    {"race"},
    {"all"},
    {"queue"},
    {"locked"},
    {"offload"},
    {"callback"},
    {"dropped"},
    {"rollback"},
    {"children"},
    {"collect", true},
    {"read", true},
    {"echo", true},
    {"leave", true},
    {"plain-body", true},
};

}  // namespace gyre::simulate
