#include <gyre/web/pattern.hpp>

namespace gyre::detail {

std::string_view explain(PatternFault fault) noexcept {
  switch (fault) {
    case PatternFault::none: return "the pattern is good";
    case PatternFault::no_leading_slash: return "the pattern must begin with \"/\"";
    case PatternFault::query_or_fragment: return "the pattern must not have a query or a fragment";
    case PatternFault::percent: return "the pattern is written decoded, without percent signs";
    case PatternFault::control_character: return "the pattern must not have control characters";
    case PatternFault::empty_segment: return "the pattern must not have an empty segment, but at the end";
    case PatternFault::dot_segment: return "the pattern must not have \".\" or \"..\" as a segment";
    case PatternFault::foreign_syntax: return "placeholders are written {id} or {path...}, not with \":\" or \"*\"";
    case PatternFault::unbalanced_braces: return "the pattern has unbalanced braces";
    case PatternFault::partial_placeholder: return "a placeholder must be a whole segment";
    case PatternFault::empty_name: return "a placeholder has no name";
    case PatternFault::bad_name: return "a placeholder's name must be letters, digits and underscores";
    case PatternFault::duplicate_name: return "the pattern has two placeholders of the same name";
    case PatternFault::rest_not_last: return "the rest placeholder, {name...}, must be last";
    case PatternFault::too_many_segments: return "the pattern has more than 32 segments";
    case PatternFault::too_many_placeholders: return "the pattern has more than 16 placeholders";
    case PatternFault::fewer_placeholders:
      return "the pattern has fewer placeholders than the handler has Path parameters";
    case PatternFault::more_placeholders:
      return "the pattern has more placeholders than the handler has Path parameters";
    case PatternFault::other_name: return "a placeholder has another name than the Path parameter in its place";
    case PatternFault::rest_is_no_text: return "the rest placeholder, {name...}, needs a Path of text";
    case PatternFault::prefix_ends_with_slash: return "a prefix must not end with \"/\"";
    case PatternFault::prefix_has_rest: return "a prefix must not have a rest placeholder, {name...}";
    case PatternFault::prefix_has_placeholders: return "this prefix must not have placeholders";
  }
  return "the pattern is bad";
}

}  // namespace gyre::detail
