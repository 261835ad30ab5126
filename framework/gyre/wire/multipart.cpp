#include <gyre/wire/multipart.hpp>

#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/h1/internal/field_line.hpp>
#include <gyre/wire/h1/internal/line_end.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/token_size.hpp>
#include <gyre/wire/media_type.hpp>
#include <gyre/wire/parameters.hpp>

#include <algorithm>

namespace gyre::wire {
namespace {

/// What browsers write for the characters that would end a quoted name (the HTML standard, 4.10.21.8).
char percent_escaped(std::string_view text) noexcept {
  if (text.starts_with("%22")) return '"';
  if (text.starts_with("%0D")) return '\r';
  if (text.starts_with("%0A")) return '\n';
  return '\0';
}

/// Appends what the raw value of `name` or `filename` says. Older browsers send backslashes as they are, so one that
/// escapes neither a quote nor a backslash is itself.
void append_name(std::string& out, std::string_view raw) {
  if (!raw.starts_with('"')) {
    out += raw;
    return;
  }
  raw = raw.substr(1, raw.size() - 2);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool escapes = raw[i] == '\\' && i + 1 < raw.size() && (raw[i + 1] == '"' || raw[i + 1] == '\\');
    if (escapes) ++i;
    const char escaped = escapes || raw[i] != '%' ? '\0' : percent_escaped(raw.substr(i));
    if (escaped != '\0') i += 2;
    out += escaped != '\0' ? escaped : raw[i];
  }
}

MultipartError line_error(internal::LineEnd::Kind kind) noexcept {
  using enum internal::LineEnd::Kind;
  switch (kind) {
    case bare_cr:
    case bare_lf: return MultipartError::bare_line_end;
    case control_character: return MultipartError::control_character;
    default: return MultipartError::none;
  }
}

/// How many characters both begin with.
std::size_t common_prefix(std::string_view left, std::string_view right) noexcept {
  const std::size_t size = std::min(left.size(), right.size());
  std::size_t same = 0;
  while (same < size && left[same] == right[same]) ++same;
  return same;
}

/// The first CR from `at` on. A look before the search: content of CRs must not cost a call for each.
std::size_t find_cr(std::string_view text, std::size_t at) noexcept {
  return at < text.size() && text[at] == '\r' ? at : text.find('\r', at);
}

}  // namespace

MultipartParser::Step MultipartParser::next(std::string_view input) {
  if (error_ != MultipartError::none) return {Event::failed};
  for (std::size_t used = 0;;) {
    const State before = state_;
    Step step;
    switch (state_) {
      case State::preamble: step = take_preamble(input); break;
      case State::head: step = take_head(input); break;
      case State::data: step = take_data(input); break;
      case State::part_end: state_ = State::delimiter; return {Event::part_end, used};
      case State::closed:
      case State::closed_lf:
      case State::epilogue: step = take_epilogue(input); break;
      default: step = take_delimiter(input); break;
    }
    used += step.used;
    input.remove_prefix(step.used);
    step.used = used;
    // Nothing to tell, but the input may go on with something else.
    if (step.event != Event::more || state_ == before) return step;
  }
}

MultipartError MultipartParser::end() noexcept {
  if (error_ == MultipartError::none && (!done() || state_ == State::closed_lf)) error_ = MultipartError::truncated;
  return error_;
}

MultipartParser::Step MultipartParser::fail(MultipartError error) noexcept {
  error_ = error;
  return {Event::failed};
}

void MultipartParser::begin_content(State state) noexcept {
  state_ = state;
  matched_ = borrowed_ = 2;
}

/// Content up to the next delimiter: as far as it is there, and certain. Once `matched_` is the whole delimiter, it has
/// been read. The delimiter has one CR, its first character, so that where it does not go on nothing but a CR can begin
/// it anew.
MultipartParser::Step MultipartParser::take_content(std::string_view input) noexcept {
  const std::string_view delimiter = boundary_.delimiter();
  if (matched_ != 0) {
    const std::size_t same = common_prefix(input, delimiter.substr(matched_));
    matched_ += same;
    if (matched_ == delimiter.size() || same == input.size()) return {Event::more, same};
    const std::string_view kept = delimiter.substr(borrowed_, matched_ - borrowed_);
    matched_ = borrowed_ = 0;
    if (!kept.empty()) return {Event::data, same, kept};
  }
  for (std::size_t at = 0; (at = find_cr(input, at)) != std::string_view::npos;) {
    const std::size_t size = std::min(delimiter.size(), input.size() - at);
    const std::size_t same = common_prefix(input.substr(at, size), delimiter);
    if (same == size) {
      matched_ = size;
      return {at == 0 ? Event::more : Event::data, at + size, input.substr(0, at)};
    }
    at += same;
  }
  return {input.empty() ? Event::more : Event::data, input.size(), input};
}

MultipartParser::Step MultipartParser::take_preamble(std::string_view input) noexcept {
  std::size_t used = 0;
  while (matched_ != boundary_.delimiter().size()) {
    const Step step = take_content(input.substr(used));
    used += step.used;
    if (step.event == Event::more && matched_ != boundary_.delimiter().size()) return {Event::more, used};
  }
  state_ = State::delimiter;
  return {Event::more, used};
}

MultipartParser::Step MultipartParser::take_data(std::string_view input) noexcept {
  const Step step = take_content(input);
  if (matched_ == boundary_.delimiter().size()) state_ = State::part_end;
  const bool is_text = !part_.file_name;
  const std::uint64_t limit = is_text ? std::min(limits_.text, limits_.part) : limits_.part;
  if (step.data.size() > limit - content_) {
    return fail(limit == limits_.part ? MultipartError::part_too_large : MultipartError::text_too_large);
  }
  content_ += step.data.size();
  return step;
}

/// Behind the boundary: "--" if it was the last one, else blanks and CRLF (RFC 2046 5.1.1).
bool MultipartParser::accepts_delimiter(char c) noexcept {
  State after = State::delimiter_padding;
  bool fits = internal::is_blank(c);
  if (state_ == State::delimiter_dash) {
    after = State::closed;
    fits = c == '-';
  } else if (state_ == State::delimiter_lf) {
    after = State::head;
    fits = c == '\n';
  } else if (c == '\r') {
    after = State::delimiter_lf;
    fits = true;
  } else if (c == '-' && state_ == State::delimiter) {
    after = State::delimiter_dash;
    fits = true;
  }
  if (fits) state_ = after;
  return fits;
}

MultipartParser::Step MultipartParser::take_delimiter(std::string_view input) noexcept {
  for (std::size_t used = 0; used < input.size(); ++used) {
    if (!accepts_delimiter(input[used])) return fail(MultipartError::bad_delimiter);
    if (state_ == State::closed) return {Event::end, used + 1};
    if (state_ != State::head) continue;
    if (parts_ == limits_.parts) return fail(MultipartError::too_many_parts);
    ++parts_;
    fields_ = line_begin_ = scanned_ = 0;
    head_.clear();
    part_ = {};
    return {Event::more, used + 1};
  }
  return {Event::more, input.size()};
}

/// Takes the head line by line, so that no more of the input is copied than belongs to it.
MultipartParser::Step MultipartParser::take_head(std::string_view input) {
  for (std::size_t used = 0; used < input.size();) {
    const std::string_view rest = input.substr(used);
    const std::size_t wanted = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::size_t head_left = limits_.head - line_begin_;
    const std::size_t room = std::min(limits_.line, head_left) - (head_.size() - line_begin_);
    const std::size_t taken = std::min(wanted, room);
    head_ += rest.substr(0, taken);
    used += taken;
    const internal::LineEnd found = internal::find_line_end(head_, scanned_);
    scanned_ = found.place;
    if (const MultipartError error = line_error(found.kind); error != MultipartError::none) return fail(error);
    if (found.kind == internal::LineEnd::Kind::unfinished) {
      if (taken == wanted) continue;
      return fail(head_left <= limits_.line ? MultipartError::head_too_large : MultipartError::line_too_long);
    }
    const std::string_view line = std::string_view(head_).substr(line_begin_, found.place - line_begin_);
    line_begin_ = scanned_ = found.decided;
    if (!line.empty()) {
      if (const MultipartError error = check_line(line); error != MultipartError::none) return fail(error);
      continue;
    }
    if (const MultipartError error = begin_part(); error != MultipartError::none) return fail(error);
    return {Event::part_begin, used};
  }
  return {Event::more, input.size()};
}

MultipartError MultipartParser::check_line(std::string_view line) noexcept {
  if (fields_ == limits_.fields) return MultipartError::too_many_fields;
  ++fields_;
  return internal::check_field_line(line) == HeadError::none ? MultipartError::none : MultipartError::bad_field;
}

MultipartError MultipartParser::begin_part() {
  head_.resize(head_.size() - 2);  // the empty line
  part_ = {};
  part_.fields = head_;
  if (const MultipartError error = read_head(); error != MultipartError::none) return error;
  content_ = 0;
  begin_content(State::data);
  return MultipartError::none;
}

MultipartError MultipartParser::read_head() {
  std::optional<std::string_view> disposition;
  std::optional<std::string_view> type;
  for (FieldLines lines{part_.fields}; lines.next();) {
    const FieldId id = field_id(lines.name());
    if (id != FieldId::content_disposition && id != FieldId::content_type) continue;
    std::optional<std::string_view>& value = id == FieldId::content_type ? type : disposition;
    if (value) return MultipartError::repeated_field;
    value = lines.value();
  }
  if (!disposition) return MultipartError::no_disposition;
  if (type && !parse_media_type(*type)) return MultipartError::bad_content_type;
  part_.content_type = type.value_or(std::string_view{});
  return read_disposition(*disposition);
}

MultipartError MultipartParser::read_disposition(std::string_view value) {
  const std::size_t type_size = internal::token_size(value);
  const std::string_view parameters = value.substr(type_size);
  if (!equal_ignoring_case(value.substr(0, type_size), "form-data") || !are_parameters(parameters)) {
    return MultipartError::bad_disposition;
  }
  const std::optional<std::string_view> name = find_parameter(parameters, "name");
  const std::optional<std::string_view> file_name = find_parameter(parameters, "filename");
  if (!name) return MultipartError::no_name;
  names_.clear();
  append_name(names_, *name);
  const std::size_t name_size = names_.size();
  if (file_name) append_name(names_, *file_name);
  part_.name = std::string_view(names_).substr(0, name_size);  // made last: appending moves the text
  if (file_name) part_.file_name = std::string_view(names_).substr(name_size);
  return MultipartError::none;
}

/// The rest of the last delimiter's line, then whatever there is.
MultipartParser::Step MultipartParser::take_epilogue(std::string_view input) noexcept {
  for (const char c : input) {
    if (state_ == State::epilogue) break;
    const bool is_end = state_ == State::closed_lf;
    if (is_end ? c != '\n' : c != '\r' && !internal::is_blank(c)) return fail(MultipartError::bad_delimiter);
    if (is_end) state_ = State::epilogue;
    if (c == '\r') state_ = State::closed_lf;
  }
  return {Event::more, input.size()};
}

}  // namespace gyre::wire
