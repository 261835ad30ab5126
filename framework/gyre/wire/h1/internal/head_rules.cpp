#include <gyre/wire/h1/internal/head_rules.hpp>

#include <gyre/wire/authority.hpp>
#include <gyre/wire/internal/byte_scan.hpp>
#include <gyre/wire/target.hpp>
#include <gyre/wire/token_list.hpp>

#include <algorithm>

namespace gyre::wire::internal {
namespace {

bool any_of(const MessageData& head, std::uint64_t bits) noexcept { return (head.seen & bits) != 0; }

/// Cuts path and query out of what follows the authority, at `begin`.
void split_path(HeadData& head, std::uint32_t begin) noexcept {
  const std::uint32_t end = head.target_begin + head.target_size;
  const std::string_view rest = head.text(begin, end - begin);
  const std::size_t question = rest.find('?');
  head.path_begin = begin;
  head.path_size = static_cast<std::uint32_t>(question == std::string_view::npos ? rest.size() : question);
  head.query_begin = question == std::string_view::npos ? end : begin + head.path_size + 1;
  head.query_size = end - head.query_begin;
}

HeadError split_absolute(HeadData& head) noexcept {
  const std::string_view target = head.text(head.target_begin, head.target_size);
  std::size_t scheme = 0;
  if (equal_ignoring_case(target.substr(0, 7), "http://")) scheme = 7;
  if (equal_ignoring_case(target.substr(0, 8), "https://")) scheme = 8;
  if (scheme == 0) return HeadError::bad_target;
  const std::size_t size = std::min(target.find_first_of("/?", scheme), target.size()) - scheme;
  if (!parse_authority(target.substr(scheme, size))) return HeadError::bad_target;
  head.form = TargetForm::absolute;
  head.host_begin = static_cast<std::uint32_t>(head.target_begin + scheme);
  head.host_size = static_cast<std::uint32_t>(size);
  split_path(head, head.host_begin + head.host_size);
  return HeadError::none;
}

HeadError split_authority(HeadData& head) noexcept {
  const auto authority = parse_authority(head.text(head.target_begin, head.target_size));
  if (!authority || !authority->port) return HeadError::bad_target;
  head.form = TargetForm::authority;
  head.host_begin = head.target_begin;
  head.host_size = head.target_size;
  head.path_begin = head.query_begin = head.target_begin + head.target_size;
  head.path_size = head.query_size = 0;
  return HeadError::none;
}

/// Whether a Host value is a valid one, with a short way for the usual: a name or an IPv4 address, perhaps with a port
/// of at most four digits.
bool is_host(const HeadData& head, std::string_view value) noexcept {
  const char* const end = value.data() + value.size();
  const char* const stop = Scan::host_end(value.data(), end, head.base);
  if (stop == end) return true;
  if (*stop == ':' && stop != value.data() && end - stop > 1 && end - stop <= 5) {
    if (std::all_of(stop + 1, end, is_digit)) return true;
  }
  return parse_authority(value).has_value();
}

HeadError check_host(HeadData& head, const Field& field) noexcept {
  const std::string_view value = head.text(field.value_begin, field.value_size);
  const bool target_has_authority = head.form == TargetForm::absolute || head.form == TargetForm::authority;
  if (value.empty() ? target_has_authority : !is_host(head, value)) return HeadError::bad_host;
  if (!target_has_authority) {
    head.host_begin = field.value_begin;
    head.host_size = field.value_size;
  }
  return HeadError::none;
}

HeadError check_content_length(MessageData& head, const Field& field) noexcept {
  const auto length = parse_integer<std::uint64_t>(head.text(field.value_begin, field.value_size));
  if (!length) return HeadError::bad_content_length;
  head.content_length = *length;
  return HeadError::none;
}

/// "chunked" alone is the only one that can be read. Where chunked does not come last the body has no end (400, RFC
/// 9112 6.3); where something unknown comes before it we cannot undo that (501, 6.1).
HeadError check_transfer_encoding(MessageData& head, const Field& field) noexcept {
  const std::string_view value = head.text(field.value_begin, field.value_size);
  head.chunked = true;
  if (equal_ignoring_case(value, "chunked")) return HeadError::none;
  int chunked = 0;
  bool is_last = false;
  for (TokenList codings{value}; codings.next();) {
    is_last = equal_ignoring_case(codings.element(), "chunked");
    if (is_last) ++chunked;
  }
  const bool ends_in_comma = !value.empty() && value.back() == ',';
  const bool begins_with_comma = !value.empty() && value.front() == ',';
  if (chunked != 1 || !is_last || ends_in_comma || begins_with_comma) return HeadError::bad_transfer_encoding;
  return HeadError::unsupported_transfer_coding;
}

enum class Again : std::uint8_t { no, yes };

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
};

HeadError read_connection(std::string_view value, ConnectionOptions& options) noexcept {
  if (value == "keep-alive") {  // what nearly every client sends
    options.keep_alive = true;
    return HeadError::none;
  }
  for (TokenList list{value}; list.next();) {
    const std::string_view option = list.element();
    if (equal_ignoring_case(option, "keep-alive")) {
      options.keep_alive = true;
    } else if (equal_ignoring_case(option, "close")) {
      options.close = true;
    } else if (equal_ignoring_case(option, "upgrade")) {
      options.upgrade = true;
    } else if (!is_token(option)) {
      return HeadError::bad_connection;
    }
  }
  return HeadError::none;
}

constexpr bool concerns_connection(FieldId id) noexcept { return id >= FieldId::host && id <= FieldId::upgrade; }

/// What a field means in any message. `again`: not the first of its name.
HeadError check_field(MessageData& head, const Field& field, Again again, ConnectionOptions& options) noexcept {
  switch (field.id) {
    case FieldId::content_length:
      return again == Again::yes ? HeadError::duplicate_content_length : check_content_length(head, field);
    case FieldId::transfer_encoding:
      return again == Again::yes ? HeadError::duplicate_transfer_encoding : check_transfer_encoding(head, field);
    case FieldId::connection: return read_connection(head.view(field).value, options);
    default: return HeadError::none;
  }
}

/// What a field means in a request.
HeadError check_field(HeadData& head, const Field& field, Again again, ConnectionOptions& options) noexcept {
  switch (field.id) {
    case FieldId::host: return again == Again::yes ? HeadError::duplicate_host : check_host(head, field);
    case FieldId::expect:
      return again == Again::no && equal_ignoring_case(head.view(field).value, "100-continue")
                 ? HeadError::none
                 : HeadError::unknown_expectation;
    default: return check_field(static_cast<MessageData&>(head), field, again, options);
  }
}

/// Framing and connection, by the fields as `check_field` for this kind of head reads them.
template <class Data>
HeadError check_message(Data& head) noexcept {
  head.content_length = 0;
  head.chunked = false;
  const bool is_1_0 = head.version_minor == 0;
  if (any_of(head, bit(FieldId::transfer_encoding))) {
    if (is_1_0) return HeadError::transfer_encoding_in_1_0;
    if (any_of(head, bit(FieldId::content_length))) return HeadError::length_and_transfer_encoding;
  }
  std::uint64_t met = 0;
  ConnectionOptions options;
  for (std::uint32_t i = 0; i < head.field_count; ++i) {
    const Field& field = head.fields[i];
    if (!concerns_connection(field.id)) continue;
    const Again again = (met & bit(field.id)) != 0 ? Again::yes : Again::no;
    met |= bit(field.id);
    if (const HeadError error = check_field(head, field, again, options); error != HeadError::none) return error;
  }
  head.keep_alive = !options.close && (!is_1_0 || options.keep_alive);
  head.upgrade = !is_1_0 && options.upgrade && any_of(head, bit(FieldId::upgrade));
  return HeadError::none;
}

}  // namespace

HeadError split_target(HeadData& head) noexcept {
  const std::string_view target = head.text(head.target_begin, head.target_size);
  if (head.method == Method::connect) return split_authority(head);
  if (target.front() == '/') {
    head.form = TargetForm::origin;
    split_path(head, head.target_begin);
    return HeadError::none;
  }
  if (target == "*" && head.method == Method::options) {
    head.form = TargetForm::asterisk;
    split_path(head, head.target_begin);
    return HeadError::none;
  }
  return split_absolute(head);
}

HeadError check_head(HeadData& head) noexcept {
  if (head.form == TargetForm::origin || head.form == TargetForm::asterisk) head.host_begin = head.host_size = 0;
  const bool is_1_0 = head.version_minor == 0;
  if (!is_1_0 && !any_of(head, bit(FieldId::host))) return HeadError::missing_host;
  if (const HeadError error = check_message(head); error != HeadError::none) return error;
  const bool has_body = head.chunked || head.content_length != 0;
  head.expect_continue = !is_1_0 && has_body && any_of(head, bit(FieldId::expect));
  return HeadError::none;
}

HeadError check_response(ResponseData& head) noexcept { return check_message(head); }

}  // namespace gyre::wire::internal
