#pragma once

#include <gyre/http/request.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::detail {

/// What is wrong with a pattern, or with a pattern and its handler together.
enum class PatternFault : std::uint8_t {
  none,
  no_leading_slash,
  query_or_fragment,
  percent,
  control_character,
  empty_segment,
  dot_segment,
  foreign_syntax,
  unbalanced_braces,
  partial_placeholder,
  empty_name,
  bad_name,
  duplicate_name,
  rest_not_last,
  too_many_segments,
  too_many_placeholders,
  fewer_placeholders,
  more_placeholders,
  other_name,
  rest_is_no_text,
  prefix_ends_with_slash,
  prefix_has_rest,
  prefix_has_placeholders,
};

/// The sentence for a person, without the pattern.
std::string_view explain(PatternFault fault) noexcept;

/// Segments that a pattern may have: bounds the work per request.
inline constexpr std::size_t pattern_segments_max = 32;

/// One segment of a pattern.
struct PatternSegment {
  enum class Kind : std::uint8_t { literal, placeholder, rest };
  Kind kind = Kind::literal;
  std::string_view text;  ///< The literal, or the placeholder's name.
};

/// Walks the segments of a pattern that `check_pattern` found good.
class PatternSegments {
 public:
  constexpr explicit PatternSegments(std::string_view pattern) noexcept : rest_(pattern) {}

  constexpr bool next() noexcept {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('/', 1);
    const std::string_view raw = rest_.substr(1, end == std::string_view::npos ? end : end - 1);
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end);
    if (!raw.starts_with('{')) {
      segment_ = {PatternSegment::Kind::literal, raw};
    } else if (raw.ends_with("...}")) {
      segment_ = {PatternSegment::Kind::rest, raw.substr(1, raw.size() - 5)};
    } else {
      segment_ = {PatternSegment::Kind::placeholder, raw.substr(1, raw.size() - 2)};
    }
    return true;
  }
  constexpr const PatternSegment& segment() const noexcept { return segment_; }

  /// The next segment that is a placeholder.
  constexpr bool next_placeholder() noexcept {
    while (next()) {
      if (segment_.kind != PatternSegment::Kind::literal) return true;
    }
    return false;
  }

 private:
  std::string_view rest_;
  PatternSegment segment_;
};

constexpr PatternFault check_name(std::string_view name) noexcept {
  if (name.empty()) return PatternFault::empty_name;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !(digit && i > 0)) return PatternFault::bad_name;
  }
  return PatternFault::none;
}

constexpr PatternFault check_braces(std::string_view raw) noexcept {
  bool open = false;
  for (const char c : raw) {
    if (c == '{' ? open : c == '}' && !open) return PatternFault::unbalanced_braces;
    if (c == '{' || c == '}') open = !open;
  }
  if (open) return PatternFault::unbalanced_braces;
  const bool whole = raw.starts_with('{') && raw.find('}') == raw.size() - 1;
  return whole ? PatternFault::none : PatternFault::partial_placeholder;
}

constexpr PatternFault check_literal(std::string_view raw) noexcept {
  if (raw == "." || raw == "..") return PatternFault::dot_segment;
  if (raw.starts_with(':') || raw.starts_with('*')) return PatternFault::foreign_syntax;
  return PatternFault::none;
}

constexpr PatternFault check_segment(std::string_view raw, bool last) noexcept {
  if (raw.empty()) return last ? PatternFault::none : PatternFault::empty_segment;
  if (raw.find('{') == std::string_view::npos && raw.find('}') == std::string_view::npos) return check_literal(raw);
  if (const PatternFault fault = check_braces(raw); fault != PatternFault::none) return fault;
  std::string_view name = raw.substr(1, raw.size() - 2);
  if (name.ends_with("...")) {
    name.remove_suffix(3);
    if (!last) return PatternFault::rest_not_last;
  }
  return check_name(name);
}

constexpr PatternFault check_characters(std::string_view pattern) noexcept {
  for (const char c : pattern) {
    if (c == '?' || c == '#') return PatternFault::query_or_fragment;
    if (c == '%') return PatternFault::percent;
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return PatternFault::control_character;
  }
  return PatternFault::none;
}

constexpr PatternFault check_placeholders(std::string_view pattern) noexcept {
  unsigned count = 0;
  for (PatternSegments left{pattern}; left.next_placeholder();) {
    if (++count > Request::parameters_max) return PatternFault::too_many_placeholders;
    for (PatternSegments right = left; right.next_placeholder();) {
      if (right.segment().text == left.segment().text) return PatternFault::duplicate_name;
    }
  }
  return PatternFault::none;
}

/// The grammar: "/" alone, or "/" before each segment; a segment is plain text, `{name}` or, at the end, `{name...}`.
/// Text is written decoded. An empty segment stands at the end only (a trailing slash).
constexpr PatternFault check_pattern(std::string_view pattern) noexcept {
  if (!pattern.starts_with('/')) return PatternFault::no_leading_slash;
  if (const PatternFault fault = check_characters(pattern); fault != PatternFault::none) return fault;
  std::size_t segments = 0;
  for (std::string_view rest = pattern; !rest.empty();) {
    const std::size_t end = rest.find('/', 1);
    const bool last = end == std::string_view::npos;
    const PatternFault fault = check_segment(rest.substr(1, last ? end : end - 1), last);
    if (fault != PatternFault::none) return fault;
    if (++segments > pattern_segments_max) return PatternFault::too_many_segments;
    rest = last ? std::string_view{} : rest.substr(end);
  }
  return check_placeholders(pattern);
}

/// A group's prefix is a pattern that something follows. Without one, "", a group is only a list of middleware.
constexpr PatternFault check_prefix(std::string_view prefix) noexcept {
  if (prefix.empty()) return PatternFault::none;
  if (const PatternFault fault = check_pattern(prefix); fault != PatternFault::none) return fault;
  if (prefix.ends_with('/')) return PatternFault::prefix_ends_with_slash;
  return prefix.ends_with("...}") ? PatternFault::prefix_has_rest : PatternFault::none;
}

/// One without placeholders.
constexpr PatternFault check_plain_prefix(std::string_view prefix) noexcept {
  if (const PatternFault fault = check_prefix(prefix); fault != PatternFault::none) return fault;
  return prefix.find('{') == std::string_view::npos ? PatternFault::none : PatternFault::prefix_has_placeholders;
}

/// What a handler's `Path<T, "name">` wants of the placeholder in its place.
struct PathParameter {
  std::string_view name;       ///< Empty: any.
  bool reads_text;             ///< Takes any text, so also the rest of a path.
  std::string_view type = {};  ///< The name of its type.
};

/// All of a handler's `Path` parameters, in order.
struct PathParameters {
  const PathParameter* first = nullptr;
  std::size_t count = 0;
  bool reads_request = false;  ///< Has a `Request&`, too, and may read the placeholders there.
};

/// Whether a good pattern has the placeholders that the handler wants. A handler without `Path` parameters, but with
/// the request, may leave them to `Request::parameter`.
constexpr PatternFault check_parameters(std::string_view pattern, const PathParameters& wanted) noexcept {
  if (wanted.count == 0 && wanted.reads_request) return PatternFault::none;
  std::size_t count = 0;
  for (PatternSegments segments{pattern}; segments.next_placeholder(); ++count) {
    if (count >= wanted.count) return PatternFault::more_placeholders;
    const PathParameter& parameter = wanted.first[count];
    const PatternSegment& segment = segments.segment();
    if (!parameter.name.empty() && parameter.name != segment.text) return PatternFault::other_name;
    if (segment.kind == PatternSegment::Kind::rest && !parameter.reads_text) return PatternFault::rest_is_no_text;
  }
  return count < wanted.count ? PatternFault::fewer_placeholders : PatternFault::none;
}

// Never defined, and not constexpr: calling one while a pattern is checked at compile time is the error, and its name
// is what the compiler prints.
void gyre_error_pattern_must_begin_with_a_slash();
void gyre_error_pattern_must_not_have_a_query_or_fragment();
void gyre_error_pattern_is_written_decoded_without_percent_signs();
void gyre_error_pattern_must_not_have_control_characters();
void gyre_error_pattern_must_not_have_an_empty_segment_but_at_the_end();
void gyre_error_pattern_must_not_have_dot_segments();
void gyre_error_pattern_placeholders_are_written_in_braces_not_with_colon_or_star();
void gyre_error_pattern_has_unbalanced_braces();
void gyre_error_pattern_placeholder_must_be_a_whole_segment();
void gyre_error_pattern_placeholder_has_no_name();
void gyre_error_pattern_placeholder_name_must_be_letters_digits_and_underscores();
void gyre_error_pattern_has_two_placeholders_of_the_same_name();
void gyre_error_pattern_rest_placeholder_must_be_last();
void gyre_error_pattern_has_more_than_32_segments();
void gyre_error_pattern_has_more_than_16_placeholders();
void gyre_error_pattern_has_fewer_placeholders_than_the_handler_has_Path_parameters();
void gyre_error_pattern_has_more_placeholders_than_the_handler_has_Path_parameters();
void gyre_error_pattern_placeholder_has_another_name_than_the_Path_parameter_in_its_place();
void gyre_error_pattern_rest_placeholder_needs_a_Path_of_text();
void gyre_error_prefix_must_not_end_with_a_slash();
void gyre_error_prefix_must_not_have_a_rest_placeholder();
void gyre_error_prefix_with_placeholders_is_a_template_argument_as_in_group_of_prefix();

/// Turns a fault into a compile error that names it.
consteval void require(PatternFault fault) {
  switch (fault) {
    case PatternFault::none: return;
    case PatternFault::no_leading_slash: return gyre_error_pattern_must_begin_with_a_slash();
    case PatternFault::query_or_fragment: return gyre_error_pattern_must_not_have_a_query_or_fragment();
    case PatternFault::percent: return gyre_error_pattern_is_written_decoded_without_percent_signs();
    case PatternFault::control_character: return gyre_error_pattern_must_not_have_control_characters();
    case PatternFault::empty_segment: return gyre_error_pattern_must_not_have_an_empty_segment_but_at_the_end();
    case PatternFault::dot_segment: return gyre_error_pattern_must_not_have_dot_segments();
    case PatternFault::foreign_syntax:
      return gyre_error_pattern_placeholders_are_written_in_braces_not_with_colon_or_star();
    case PatternFault::unbalanced_braces: return gyre_error_pattern_has_unbalanced_braces();
    case PatternFault::partial_placeholder: return gyre_error_pattern_placeholder_must_be_a_whole_segment();
    case PatternFault::empty_name: return gyre_error_pattern_placeholder_has_no_name();
    case PatternFault::bad_name: return gyre_error_pattern_placeholder_name_must_be_letters_digits_and_underscores();
    case PatternFault::duplicate_name: return gyre_error_pattern_has_two_placeholders_of_the_same_name();
    case PatternFault::rest_not_last: return gyre_error_pattern_rest_placeholder_must_be_last();
    case PatternFault::too_many_segments: return gyre_error_pattern_has_more_than_32_segments();
    case PatternFault::too_many_placeholders: return gyre_error_pattern_has_more_than_16_placeholders();
    case PatternFault::fewer_placeholders:
      return gyre_error_pattern_has_fewer_placeholders_than_the_handler_has_Path_parameters();
    case PatternFault::more_placeholders:
      return gyre_error_pattern_has_more_placeholders_than_the_handler_has_Path_parameters();
    case PatternFault::other_name:
      return gyre_error_pattern_placeholder_has_another_name_than_the_Path_parameter_in_its_place();
    case PatternFault::rest_is_no_text: return gyre_error_pattern_rest_placeholder_needs_a_Path_of_text();
    case PatternFault::prefix_ends_with_slash: return gyre_error_prefix_must_not_end_with_a_slash();
    case PatternFault::prefix_has_rest: return gyre_error_prefix_must_not_have_a_rest_placeholder();
    case PatternFault::prefix_has_placeholders:
      return gyre_error_prefix_with_placeholders_is_a_template_argument_as_in_group_of_prefix();
  }
}

}  // namespace gyre::detail
