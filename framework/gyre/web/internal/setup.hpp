#pragma once

#include <source_location>
#include <string>
#include <string_view>

namespace gyre::internal {

/// "file:line".
inline std::string place_text(const std::source_location& where) {
  return std::string{where.file_name()} + ":" + std::to_string(where.line());
}

/// The text in quotation marks.
inline std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

}  // namespace gyre::internal
