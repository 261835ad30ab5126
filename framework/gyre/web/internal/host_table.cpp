#include <gyre/web/internal/host_table.hpp>

#include <gyre/wire/authority.hpp>

namespace gyre::internal {
namespace {

constexpr std::string_view wildcard = "*.";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view without_port(std::string_view authority) noexcept {
  const std::size_t end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  return authority.substr(0, end);
}

}  // namespace

std::string HostTable::normal_form(std::string_view name) {
  const std::string_view host = name.starts_with(wildcard) ? name.substr(wildcard.size()) : name;
  const auto authority = wire::parse_authority(host);
  if (!authority || authority->host.size() != host.size() || host.size() > name_max) return {};
  if (host.size() != name.size() && host.starts_with('[')) return {};
  if (host.find_first_of("*%") != std::string_view::npos || host.starts_with('.')) return {};
  std::string text{name};
  for (char& c : text) c = lower(c);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void HostTable::add(std::string_view name, std::uint32_t value) {
  if (name.starts_with(wildcard)) {
    wildcards_.insert(0, name.substr(1), value);
  } else {
    names_.insert(0, name, value);
  }
}

std::uint32_t HostTable::find(std::string_view authority) const noexcept {
  std::string_view given = without_port(authority);
  if (given.ends_with('.')) given.remove_suffix(1);
  if (given.empty() || given.size() > name_max) return none;
  char text[name_max];
  for (std::size_t i = 0; i < given.size(); ++i) text[i] = lower(given[i]);
  const std::string_view name{text, given.size()};
  if (const std::uint32_t value = names_.find(0, name); value != none) return value;
  for (std::size_t dot = name.find('.', 1); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    if (const std::uint32_t value = wildcards_.find(0, name.substr(dot)); value != none) return value;
  }
  return none;
}

}  // namespace gyre::internal
