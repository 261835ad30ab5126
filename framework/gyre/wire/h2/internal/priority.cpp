#include <gyre/wire/h2/internal/priority.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>

namespace gyre::wire::internal {
namespace {

bool begins_key(char c) noexcept { return (c >= 'a' && c <= 'z') || c == '*'; }
bool continues_key(char c) noexcept { return begins_key(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; }

}  // namespace

std::optional<H2Priority> parse_priority(std::string_view value) noexcept {
  H2Priority priority;
  value = trim_blanks(value);
  while (!value.empty()) {
    // Neither commas nor equals signs stand in the values that mean something here.
    const std::size_t comma = value.find(',');
    const std::string_view member = trim_blanks(value.substr(0, comma));
    const std::string_view key = member.substr(0, member.find_first_of("=;"));
    if (key.empty() || !begins_key(key.front()) || !std::all_of(key.begin(), key.end(), continues_key)) return {};
    std::string_view said = member.substr(key.size());
    if (const std::size_t parameters = said.find(';'); parameters != std::string_view::npos) {
      said = said.substr(0, parameters);
    }
    if (key == "u" && said.size() == 2 && said[1] >= '0' && said[1] <= '7') {
      priority.urgency = static_cast<std::uint8_t>(said[1] - '0');
    } else if (key == "i" && (said.empty() || said == "=?1")) {
      priority.incremental = true;
    } else if (key == "i" && said == "=?0") {
      priority.incremental = false;
    }
    if (comma == std::string_view::npos) break;
    value = trim_blanks(value.substr(comma + 1));
    if (value.empty()) return {};  // a comma at the end
  }
  return priority;
}

}  // namespace gyre::wire::internal
