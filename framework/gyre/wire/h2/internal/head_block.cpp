#include <gyre/wire/h2/internal/head_block.hpp>

#include <gyre/wire/authority.hpp>
#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/internal/byte_scan.hpp>
#include <gyre/wire/internal/field_lookup.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>

namespace gyre::wire::internal {
namespace {

constexpr std::uint64_t field_overhead = 32;  // what a field counts beside its bytes: RFC 9113 6.5.2
constexpr std::uint64_t bomb_factor = 4;
constexpr std::size_t request_line_extra = 12;  // what HTTP/1 has beside method and target: blanks, version, CRLF
constexpr std::size_t name_max = UINT16_MAX;

}  // namespace

void H2HeadBlock::begin(std::uint32_t stream, Kind kind) noexcept {
  stream_ = stream;
  kind_ = kind;
  error_ = HeadError::none;
  text_.clear();
  fields_.clear();
  crumbs_.clear();
  total_ = block_ = seen_ = 0;
  count_ = expectations_ = 0;
  method_ = path_ = authority_ = protocol_ = {};
  status_ = 0;
}

H2HeadBlock::Verdict H2HeadBlock::add(std::string_view name, std::string_view value, const HeadLimits& limits) {
  const std::uint64_t size = name.size() + value.size() + field_overhead;
  total_ += size;
  if (total_ > bomb_factor * std::min(limits.header_block, HeadLimits::largest)) return Verdict::bomb;
  if (name.front() == ':') return add_pseudo(name, value, limits);

  block_ += size;
  const FieldId id = lookup_field_token(name.data(), name.size());
  const bool is_crumb = id == FieldId::cookie && kind_ == Kind::request;
  const bool is_counted = !is_crumb || crumbs_.empty();
  if (is_counted) ++count_;
  if (error_ == HeadError::none) {
    if (block_ > std::min(limits.header_block, HeadLimits::largest) || name.size() > name_max) {
      error_ = HeadError::header_block_too_large;
    } else if (count_ > limits.fields) {
      error_ = HeadError::too_many_fields;
    }
  }
  if (kind_ == Kind::trailers && is_forbidden_trailer(id)) return Verdict::malformed;
  if (error_ != HeadError::none) return Verdict::good;

  if (kind_ == Kind::trailers) {
    append(name);
    append(": ");
    append(value);
    append("\r\n");
    return Verdict::good;
  }
  if (id == FieldId::host && kind_ == Kind::request && authority_.size != 0) {
    // It may repeat what :authority says, and nothing else (RFC 9113 8.3.1).
    return equal_ignoring_case(value, view(authority_)) ? Verdict::good : Verdict::malformed;
  }
  if (id == FieldId::expect) ++expectations_;
  if (is_crumb && !crumbs_.empty()) {
    crumbs_.push_back(append(value));
    return Verdict::good;
  }
  add_field(id, name, value);
  if (is_crumb) {
    cookie_ = fields_.size() - 1;
    crumbs_.push_back({fields_.back().value_begin, fields_.back().value_size});
  }
  return Verdict::good;
}

H2HeadBlock::Verdict H2HeadBlock::add_pseudo(std::string_view name, std::string_view value, const HeadLimits& limits) {
  if (kind_ == Kind::response) {
    if (name != ":status") return Verdict::malformed;
    for (const char c : value) status_ = static_cast<std::uint16_t>(status_ * 10 + (c - '0'));
    return status_ >= 100 && status_ <= 599 ? Verdict::good : Verdict::malformed;
  }
  if (kind_ == Kind::trailers) return Verdict::malformed;
  if (name == ":authority") {
    block_ += value.size() + field_overhead;
    if (block_ > limits.header_block && error_ == HeadError::none) error_ = HeadError::header_block_too_large;
    if (error_ != HeadError::none) return Verdict::good;
    ++count_;
    add_field(FieldId::host, "host", value);
    authority_ = {fields_.back().value_begin, fields_.back().value_size};
    return Verdict::good;
  }
  if (name == ":method" || name == ":path") {
    const std::size_t size = method_.size + path_.size + value.size() + request_line_extra;
    if (size > std::min(limits.request_line, HeadLimits::largest) && error_ == HeadError::none) {
      error_ = HeadError::request_line_too_long;
    }
    if (error_ != HeadError::none) return Verdict::good;
    (name == ":method" ? method_ : path_) = append(value);
    return Verdict::good;
  }
  if (name == ":protocol" && error_ == HeadError::none) {
    // Under this name, which no field can have, whoever answers a CONNECT finds it.
    add_field(FieldId::unknown, name, value);
    protocol_ = {fields_.back().value_begin, fields_.back().value_size};
  }
  return Verdict::good;
}

void H2HeadBlock::add_field(FieldId id, std::string_view name, std::string_view value) {
  const Text name_text = append(name);
  const Text value_text = append(value);
  fields_.push_back(
      {name_text.begin, value_text.begin, value_text.size, static_cast<std::uint16_t>(name_text.size), id});
  seen_ |= bit(id);
}

H2HeadBlock::Text H2HeadBlock::append(std::string_view text) {
  const Text place{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
  text_.append(text);
  return place;
}

void H2HeadBlock::join_cookies() {
  if (crumbs_.size() < 2) return;
  std::size_t size = 2 * (crumbs_.size() - 1);
  for (const Text crumb : crumbs_) size += crumb.size;
  const std::size_t begin = text_.size();
  text_.reserve(begin + size);  // the crumbs are copied out of it
  for (const Text& crumb : crumbs_) {
    if (&crumb != &crumbs_.front()) text_.append("; ");
    text_.append(text_.data() + crumb.begin, crumb.size);
  }
  fields_[cookie_].value_begin = static_cast<std::uint32_t>(begin);
  fields_[cookie_].value_size = static_cast<std::uint32_t>(size);
}

HeadError H2HeadBlock::finish(RequestHead& head, End end) {
  if (error_ != HeadError::none) return error_;
  join_cookies();
  HeadData& data = HeadAccess::data(head);
  if (const HeadError error = fill(data, end); error != HeadError::none) return error;
  data.method_begin = method_.begin;
  data.method_size = method_.size;
  data.method = parse_method(view(method_));
  if (const HeadError error = read_target(data); error != HeadError::none) return error;
  if (const HeadError error = read_host(data); error != HeadError::none) return error;
  if (expectations_ != 0) {
    if (expectations_ != 1 || !equal_ignoring_case(head.find(FieldId::expect).value_or(""), "100-continue")) {
      return HeadError::unknown_expectation;
    }
    data.expect_continue = head.has_body();
  }
  return HeadError::none;
}

void H2HeadBlock::finish(ReceivedResponseHead& head, End end) noexcept {
  ResponseData& data = HeadAccess::data(head);
  fill(data, end);
  data.status = Status{status_};
}

HeadError H2HeadBlock::fill(MessageData& data, End end) noexcept {
  data.base = text_.data();
  data.field_count = static_cast<std::uint32_t>(fields_.size());
  data.seen = seen_;
  data.head_size = static_cast<std::uint32_t>(text_.size());
  data.version_major = 2;
  data.version_minor = 0;
  data.keep_alive = true;
  data.chunked = end == End::no;
  const auto length = find_field(data, FieldId::content_length);
  if (!length) return HeadError::none;
  const auto bytes = parse_integer<std::uint64_t>(*length);
  if (!bytes) return HeadError::bad_content_length;
  data.content_length = *bytes;
  data.chunked = false;
  return HeadError::none;
}

HeadError H2HeadBlock::read_target(HeadData& data) const noexcept {
  const bool is_tunnel = data.method == Method::connect && protocol_.size == 0;
  const Text target = is_tunnel ? authority_ : path_;
  data.target_begin = target.begin;
  data.target_size = target.size;
  const std::string_view bytes = view(target);
  const bool is_valid = std::all_of(bytes.begin(), bytes.end(), [](char c) { return is_class(c, char_target); });
  if (bytes.empty() || !is_valid) return HeadError::bad_target;
  if (is_tunnel) return split_target(data);
  // Another form than these would name a second authority.
  if (bytes.front() != '/' && !(bytes == "*" && data.method == Method::options)) return HeadError::bad_target;
  const Method method = data.method;
  if (method == Method::connect) data.method = Method::get;  // whose target has a path, as RFC 8441 gives to this one
  const HeadError error = split_target(data);
  data.method = method;
  return error;
}

HeadError H2HeadBlock::read_host(HeadData& data) const noexcept {
  for (const Field& field : fields_) {
    if (field.id != FieldId::host) continue;
    if (!parse_authority(data.view(field).value)) return HeadError::bad_host;
    data.host_begin = field.value_begin;
    data.host_size = field.value_size;
    return HeadError::none;
  }
  return HeadError::missing_host;
}

}  // namespace gyre::wire::internal
