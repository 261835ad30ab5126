#pragma once

#include <gyre/base/box.hpp>
#include <gyre/compat/httplib/match.hpp>

#include <source_location>
#include <string>
#include <string_view>

namespace gyre::compat::httplib::internal {

/// The regular expression of a route, which has to match the whole path, byte by byte.
class PathPattern {
 public:
  /// Throws `SetupError` for what RE2 does not compile. `method` is for its text.
  PathPattern(std::string_view method, const std::string& expression, const std::source_location& where);
  PathPattern(PathPattern&& other) noexcept;
  PathPattern& operator=(PathPattern&& other) noexcept;
  ~PathPattern();

  bool matches(const std::string& path) const noexcept;
  /// `match` is what was found, or nothing.
  bool match(const std::string& path, Match& match) const;

 private:
  struct Compiled;

  std::string literal_;     ///< The path itself, where nothing in the expression is special.
  Box<Compiled> compiled_;  ///< Else.
};

}  // namespace gyre::compat::httplib::internal
