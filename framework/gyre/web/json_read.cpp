#include <gyre/web/internal/json_reader.hpp>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>

namespace gyre::detail {
namespace {

namespace json = boost::json;

/// What Boost's parser calls.
class ParserHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  ParserHandler(const JsonType& type, void* value, const JsonLimits& limits, JsonOutcome& outcome)
      : reader_(type, value, limits, outcome) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return reader_.object_begin(); }
  bool on_object_end(std::size_t, json::error_code& error) { return check(reader_.object_end(), error); }
  bool on_array_begin(json::error_code&) { return reader_.array_begin(); }
  bool on_array_end(std::size_t, json::error_code& error) { return check(reader_.array_end(), error); }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    return reader_.key_part({part.data(), part.size()});
  }
  bool on_key(json::string_view last, std::size_t, json::error_code& error) {
    return check(reader_.key({last.data(), last.size()}), error);
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    return reader_.text_part({part.data(), part.size()});
  }
  bool on_string(json::string_view last, std::size_t, json::error_code&) {
    return reader_.text({last.data(), last.size()});
  }
  // Only where a text comes in pieces; here it is whole.
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view text, json::error_code&) {
    return reader_.integer(value, {text.data(), text.size()});
  }
  bool on_uint64(std::uint64_t value, json::string_view text, json::error_code&) {
    return reader_.integer(value, {text.data(), text.size()});
  }
  bool on_double(double, json::string_view text, json::error_code&) { return reader_.real({text.data(), text.size()}); }
  bool on_bool(bool value, json::error_code&) { return reader_.boolean(value); }
  bool on_null(json::error_code&) { return reader_.null(); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  static bool check(bool goes_on, json::error_code& error) {
    if (!goes_on) error = json::error::too_deep;  // any: the outcome is set
    return goes_on;
  }

  internal::JsonReader reader_;
};

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

JsonOutcome read_json(std::string_view text, const JsonType& type, void* value, const JsonLimits& limits) {
  JsonOutcome outcome;
  const JsonLimits bounded{std::min<std::size_t>(limits.depth, 1024), limits.elements};
  json::parse_options options;
  options.max_depth = bounded.depth;
  json::basic_parser<ParserHandler> parser{options, type, value, bounded, outcome};
  json::error_code error;
  std::size_t end = parser.write_some(false, text.data(), text.size(), error);
  while (!error && end < text.size() && is_space(text[end])) ++end;
  if (!error && end < text.size()) error = json::error::extra_data;
  if (outcome.status == Status::ok && error) {
    outcome.status = Status::bad_request;
    outcome.detail = "not JSON: " + error.message() + " at byte " + std::to_string(end);
  }
  if (outcome.status != Status::ok) {
    outcome.violations.clear();
  } else if (!outcome.violations.empty()) {
    outcome.status = Status::unprocessable_content;
  }
  return outcome;
}

}  // namespace gyre::detail
