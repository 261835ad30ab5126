#include <gyre/web/conditions.hpp>

#include <gyre/web/internal/request_fields.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace gyre {
namespace {

/// The value of a field that stands once.
std::optional<std::string_view> single_field(const Request& request, FieldId id) noexcept {
  if (!request.head().has(id)) return std::nullopt;
  std::size_t count = 0;
  for (const wire::FieldView field : request.head()) count += field.id == id ? 1 : 0;
  return count == 1 ? request.head().find(id) : std::nullopt;
}

}  // namespace

wire::Precondition check_conditions(Request& request, const wire::Validators& current, Duration wall_time) {
  wire::Conditions conditions;
  conditions.if_match = internal::joined_field(request, FieldId::if_match);
  conditions.if_unmodified_since = single_field(request, FieldId::if_unmodified_since);
  conditions.if_none_match = internal::joined_field(request, FieldId::if_none_match);
  conditions.if_modified_since = single_field(request, FieldId::if_modified_since);
  conditions.if_range = single_field(request, FieldId::if_range);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall_time);
  return wire::evaluate_conditions(request.method(), conditions, current, seconds.count());
}

wire::RangeAnswer wanted_ranges(const Request& request, wire::Precondition condition, std::uint64_t size,
                                std::span<wire::ByteRange> room) noexcept {
  const std::optional<std::string_view> field = single_field(request, FieldId::range);
  if (!field || request.method() != Method::get || condition == wire::Precondition::ignore_range) return {};
  return wire::parse_range(*field, size, room);
}

}  // namespace gyre
