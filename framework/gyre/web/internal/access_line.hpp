#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/status.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::internal {

/// What an access log tells about a request.
struct AccessRecord {
  Duration time{};        ///< Since 1970-01-01 UTC.
  std::string_view peer;  ///< Empty if there is none.
  std::string_view method;
  std::string_view target;
  Status status = Status::ok;
  std::optional<std::uint64_t> bytes;
  Duration length{};
  std::string_view request_id;
  std::string_view user_agent;
};

std::string text_line(const AccessRecord& record);
std::string json_line(const AccessRecord& record);

/// "2026-01-01T00:00:00.250Z", for the years 1970 to 9999.
void append_time(std::string& out, Duration since_1970);

}  // namespace gyre::internal
