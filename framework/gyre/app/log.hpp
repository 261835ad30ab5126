#pragma once

#include <cstdint>
#include <string_view>

namespace gyre {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// "debug", "info", "warning", "error".
std::string_view name(LogLevel level) noexcept;

/// One message of the framework: what it says at start and stop, and what went wrong in a hook or a background task.
struct LogRecord {
  LogLevel level;
  std::string_view message;  ///< One line, without the line's end. Valid during the call.
};

/// Where records go unless the application sets a sink: info and below to standard output, the rest to standard error.
void log_to_terminal(const LogRecord& record) noexcept;

}  // namespace gyre
