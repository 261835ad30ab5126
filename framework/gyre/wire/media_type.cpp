#include <gyre/wire/media_type.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/media_type_table.hpp>
#include <gyre/wire/internal/token_size.hpp>
#include <gyre/wire/parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace gyre::wire {

bool MediaType::is(std::string_view text) const noexcept {
  return text.size() == type.size() + 1 + subtype.size() && equal_ignoring_case(text.substr(0, type.size()), type) &&
         text[type.size()] == '/' && equal_ignoring_case(text.substr(type.size() + 1), subtype);
}

std::optional<std::string_view> MediaType::parameter(std::string_view name) const noexcept {
  return find_parameter(parameters, name);
}

std::optional<MediaType> parse_media_type(std::string_view text) noexcept {
  text = internal::trim_blanks(text);
  const std::size_t type = internal::token_size(text);
  if (type == 0 || type == text.size() || text[type] != '/') return std::nullopt;
  const std::size_t subtype = internal::token_size(text.substr(type + 1));
  if (subtype == 0) return std::nullopt;
  const MediaType result{text.substr(0, type), text.substr(type + 1, subtype), text.substr(type + 1 + subtype)};
  if (!are_parameters(result.parameters)) return std::nullopt;
  return result;
}

std::string_view media_type_of_extension(std::string_view extension) noexcept {
  char lower[internal::extension_size_max];
  if (extension.empty() || extension.size() > sizeof lower) return {};
  std::transform(extension.begin(), extension.end(), lower,
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const std::string_view wanted(lower, extension.size());
  const auto* found = std::lower_bound(
      std::begin(internal::extension_types), std::end(internal::extension_types), wanted,
      [](const internal::ExtensionType& entry, std::string_view text) { return entry.extension < text; });
  return found != std::end(internal::extension_types) && found->extension == wanted ? found->type : std::string_view{};
}

std::string_view media_type_of_file(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view{} : media_type_of_extension(name.substr(dot + 1));
}

}  // namespace gyre::wire
