#include <gyre/wire/conditional.hpp>

#include <gyre/wire/http_date.hpp>
#include <gyre/wire/internal/characters.hpp>

namespace gyre::wire {
namespace {

/// How a list of tags compares with the representation.
enum class Match : std::uint8_t { none, some, unreadable };

template <class Equal>
Match match(std::string_view field, const Validators& current, Equal equal) noexcept {
  if (internal::trim_blanks(field) == "*") return current.exists ? Match::some : Match::none;
  Match result = Match::none;
  bool is_empty = true;
  EntityTags tags{field};
  for (; tags.next(); is_empty = false) {
    if (current.exists && current.entity_tag && equal(tags.tag(), *current.entity_tag)) result = Match::some;
  }
  return tags.is_bad() || is_empty ? Match::unreadable : result;
}

/// Whether the representation has changed since a date; nothing if that is no question.
std::optional<bool> changed_since(std::string_view field, const Validators& current, std::int64_t unix_now) noexcept {
  if (!current.exists || !current.last_modified) return std::nullopt;
  const std::optional<std::int64_t> date = parse_http_date(internal::trim_blanks(field), unix_now);
  if (!date) return std::nullopt;
  return *current.last_modified > *date;
}

/// Whether what the client has a part of is still the same (RFC 9110 13.1.5).
bool range_applies(std::string_view field, const Validators& current, std::int64_t unix_now) noexcept {
  if (!current.exists) return false;
  if (const std::optional<EntityTag> tag = parse_entity_tag(field)) {
    return current.entity_tag && equal_strongly(*tag, *current.entity_tag);
  }
  const std::optional<std::int64_t> date = parse_http_date(internal::trim_blanks(field), unix_now);
  return date && current.last_modified_is_strong && current.last_modified == date;
}

}  // namespace

Precondition evaluate_conditions(Method method, const Conditions& conditions, const Validators& current,
                                 std::int64_t unix_now) noexcept {
  if (method == Method::connect || method == Method::options || method == Method::trace) return Precondition::proceed;
  const bool is_read = method == Method::get || method == Method::head;
  if (conditions.if_match) {
    if (match(*conditions.if_match, current, equal_strongly) != Match::some) return Precondition::failed;
  } else if (conditions.if_unmodified_since) {
    if (changed_since(*conditions.if_unmodified_since, current, unix_now) == true) return Precondition::failed;
  }
  if (conditions.if_none_match) {
    const Match matched = match(*conditions.if_none_match, current, equal_weakly);
    if (matched == Match::some) return is_read ? Precondition::not_modified : Precondition::failed;
    if (matched == Match::unreadable && !is_read) return Precondition::failed;
  } else if (is_read && conditions.if_modified_since) {
    if (changed_since(*conditions.if_modified_since, current, unix_now) == false) return Precondition::not_modified;
  }
  if (method == Method::get && conditions.if_range && !range_applies(*conditions.if_range, current, unix_now)) {
    return Precondition::ignore_range;
  }
  return Precondition::proceed;
}

}  // namespace gyre::wire
