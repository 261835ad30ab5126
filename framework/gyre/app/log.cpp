#include <gyre/app/log.hpp>

#include <cstdio>

namespace gyre {

std::string_view name(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "unknown";
}

void log_to_terminal(const LogRecord& record) noexcept {
  std::FILE* file = record.level <= LogLevel::info ? stdout : stderr;
  std::fprintf(file, "gyre: %.*s\n", static_cast<int>(record.message.size()), record.message.data());
  std::fflush(file);  // a start line that waits in a buffer helps nobody
}

}  // namespace gyre
