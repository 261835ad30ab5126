#include <gyre/wire/negotiation.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/media_type.hpp>
#include <gyre/wire/parameters.hpp>
#include <gyre/wire/weighted_list.hpp>

namespace gyre::wire {
namespace {

/// Whether the field can be read and says anything. The choice is then made with walks that cannot fail.
bool is_usable(std::optional<std::string_view> field) noexcept {
  if (!field) return false;
  std::size_t elements = 0;
  WeightedList list{*field};
  while (list.next()) ++elements;
  return !list.is_bad() && elements != 0;
}

std::string_view canonical_coding(std::string_view coding) noexcept {
  if (equal_ignoring_case(coding, "x-gzip")) return "gzip";
  if (equal_ignoring_case(coding, "x-compress")) return "compress";
  return coding;
}

/// The weight of a coding; nothing if the field does not speak of it.
std::optional<Quality> coding_quality(std::string_view field, std::string_view coding) noexcept {
  std::optional<Quality> any;
  for (WeightedList list{field}; list.next();) {
    if (equal_ignoring_case(canonical_coding(list.text()), canonical_coding(coding))) return list.quality();
    if (!any && list.text() == "*") any = list.quality();
  }
  return any;
}

/// How closely a media range fits: the higher the more specific.
using Specificity = std::size_t;
constexpr Specificity fits_not = 0;
constexpr Specificity fits_any = 1;
constexpr Specificity fits_type = 2;
constexpr Specificity fits_subtype = 3;  // and one more for each parameter

bool same_value(std::string_view name, std::string_view left, std::string_view right) noexcept {
  // Neither side has a buffer; whatever is escaped more than it needs to be is another value, then.
  const auto content = [](std::string_view raw) { return raw.starts_with('"') ? raw.substr(1, raw.size() - 2) : raw; };
  return equal_ignoring_case(name, "charset") ? equal_ignoring_case(content(left), content(right))
                                              : content(left) == content(right);
}

Specificity fit(std::string_view range, std::string_view parameters, const MediaType& type) noexcept {
  if (range == "*/*") return fits_any;
  const std::size_t slash = range.find('/');
  if (slash == std::string_view::npos || !equal_ignoring_case(range.substr(0, slash), type.type)) return fits_not;
  const std::string_view subtype = range.substr(slash + 1);
  if (subtype == "*") return fits_type;
  if (!equal_ignoring_case(subtype, type.subtype)) return fits_not;
  Specificity result = fits_subtype;
  for (Parameters wanted{parameters}; wanted.next();) {
    if (equal_ignoring_case(wanted.name(), "q")) continue;
    const std::optional<std::string_view> own = type.parameter(wanted.name());
    if (!own || !same_value(wanted.name(), wanted.value(), *own)) return fits_not;
    ++result;
  }
  return result;
}

Quality media_quality(std::string_view field, const MediaType& type) noexcept {
  Specificity best = fits_not;
  Quality quality = 0;
  for (WeightedList list{field}; list.next();) {
    const Specificity specificity = fit(list.text(), list.parameters(), type);
    if (specificity <= best) continue;
    best = specificity;
    quality = list.quality();
  }
  return quality;
}

}  // namespace

std::optional<std::string_view> choose_encoding(std::optional<std::string_view> field,
                                                std::span<const std::string_view> offered) noexcept {
  constexpr std::string_view identity = "identity";
  if (!is_usable(field)) return identity;
  // Not spoken of it is acceptable, but whatever was asked for is better.
  const std::optional<Quality> identity_quality = coding_quality(*field, identity);
  std::optional<std::string_view> best;
  Quality best_quality = 0;
  for (const std::string_view coding : offered) {
    const Quality quality = coding_quality(*field, coding).value_or(0);
    if (quality <= best_quality) continue;
    best = coding;
    best_quality = quality;
  }
  if (best && best_quality >= identity_quality.value_or(0)) return best;
  return identity_quality == Quality{0} ? std::nullopt : std::optional(identity);
}

std::optional<std::size_t> choose_media_type(std::optional<std::string_view> field,
                                             std::span<const std::string_view> offered) noexcept {
  if (!is_usable(field)) return offered.empty() ? std::nullopt : std::optional<std::size_t>(0);
  std::optional<std::size_t> best;
  Quality best_quality = 0;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const std::optional<MediaType> type = parse_media_type(offered[i]);
    if (!type) continue;
    const Quality quality = media_quality(*field, *type);
    if (quality <= best_quality) continue;
    best = i;
    best_quality = quality;
  }
  return best;
}

}  // namespace gyre::wire
