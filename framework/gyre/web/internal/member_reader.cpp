#include <gyre/web/internal/member_reader.hpp>

#include <gyre/base/utf8.hpp>
#include <gyre/web/internal/json_value.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace gyre::internal {

using detail::JsonKind;
using detail::JsonMember;
using detail::JsonType;

namespace {

constexpr std::uint64_t bit(std::size_t member) noexcept { return std::uint64_t{1} << member; }

bool is_text(const JsonType& type) noexcept { return type.kind == JsonKind::text || type.kind == JsonKind::text_view; }

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

bool store_boolean(std::string_view text, void* target) noexcept {
  const bool value = text == "true" || text == "on";
  if (!value && text != "false") return false;
  std::memcpy(target, &value, sizeof value);
  return true;
}

bool store_signed(const JsonType& type, std::string_view text, void* target) noexcept {
  const std::int64_t max = largest_signed(type.size);
  const Result<std::int64_t> value = wire::parse_integer<std::int64_t>(text);
  if (!value || *value > max || *value < -max - 1) return false;
  store_integer(target, type.size, static_cast<std::uint64_t>(*value));
  return true;
}

bool store_unsigned(const JsonType& type, std::string_view text, void* target) noexcept {
  const Result<std::uint64_t> value = wire::parse_integer<std::uint64_t>(text);
  if (!value || *value > largest_unsigned(type.size)) return false;
  store_integer(target, type.size, *value);
  return true;
}

template <class N>
bool store_real(const std::optional<N>& value, void* target) noexcept {
  if (!value) return false;
  std::memcpy(target, &*value, sizeof *value);
  return true;
}

}  // namespace

class MemberReader::RuleReport final : public detail::JsonViolations {
 public:
  explicit RuleReport(MemberReader& reader) noexcept : reader_(reader) {}
  void add(std::size_t member, std::string detail) override { reader_.report(member, std::move(detail)); }

 private:
  MemberReader& reader_;
};

void MemberReader::read(std::string_view name, std::string_view text) {
  const std::size_t member = find(name);
  if (member < object_.members.size()) {
    store(member, text);
  } else if (object_.options.unknown == UnknownMembers::refused && names_ == Names::as_described) {
    report(std::string{name}, "is not known");
  }
}

std::size_t MemberReader::find(std::string_view name) noexcept {
  const std::size_t count = object_.members.size();
  std::size_t member = expected_;
  for (std::size_t tried = 0; tried < count; ++tried, ++member) {
    if (member >= count) member = 0;
    if (!is_name(object_.members[member], name)) continue;
    const bool repeats = object_.members[member].type->kind == JsonKind::sequence;
    expected_ = repeats ? member : member + 1;
    return member;
  }
  return count;
}

bool MemberReader::is_name(const JsonMember& member, std::string_view name) const noexcept {
  if (names_ == Names::as_described) return member.name == name;
  return std::equal(member.name.begin(), member.name.end(), name.begin(), name.end(), [](char described, char sent) {
    return (described == '_' ? '-' : lower(described)) == lower(sent);
  });
}

void MemberReader::store(std::size_t member, std::string_view text) {
  const JsonType& type = *object_.members[member].type;
  void* const place = object_.members[member].at(target_);
  const bool is_first = (seen_ & bit(member)) == 0;
  seen_ |= bit(member);
  if ((failed_ & bit(member)) != 0) return;  // once is enough
  const JsonType* scalar = &type;
  void* target = place;
  if (type.kind == JsonKind::sequence) {
    if (is_first) type.sequence->clear(place);
    scalar = type.sequence->element;
    target = type.sequence->append(place);
  } else if (!is_first) {
    return report(member, "is there twice");
  } else if (type.kind == JsonKind::nullable) {
    scalar = type.nullable->inner;
    if (text.empty() && !is_text(*scalar)) return type.nullable->reset(place);
    target = type.nullable->emplace(place);
  }
  if (store_scalar(*scalar, text, target)) return;
  report(member, is_text(*scalar) ? std::string{"must be UTF-8"} : expectation(*scalar));
}

bool MemberReader::store_scalar(const JsonType& type, std::string_view text, void* target) const {
  const bool shows_text = is_text(type) || type.kind == JsonKind::as_text;
  if (shows_text && names_ == Names::as_described && !is_utf8(text)) return false;
  switch (type.kind) {
    case JsonKind::boolean: return store_boolean(text, target);
    case JsonKind::signed_integer: return store_signed(type, text, target);
    case JsonKind::unsigned_integer: return store_unsigned(type, text, target);
    case JsonKind::single_real: return store_real(detail::parse_float(text), target);
    case JsonKind::double_real: return store_real(detail::parse_double(text), target);
    case JsonKind::text: static_cast<std::string*>(target)->assign(text); return true;
    case JsonKind::text_view: *static_cast<std::string_view*>(target) = text; return true;
    case JsonKind::as_text: return type.text->read(text, target);
    case JsonKind::enumeration: return store_enumerator(type, text, target);
    default: return false;  // is_flat
  }
}

void MemberReader::finish() {
  for (std::size_t member = 0; member < object_.members.size(); ++member) {
    if (object_.members[member].is_required && (seen_ & bit(member)) == 0) report(member, "is required");
  }
  if (object_.check == nullptr) return;
  RuleReport report{*this};
  object_.check(target_, failed_, report);
}

void MemberReader::report(std::size_t member, std::string detail) {
  failed_ |= bit(member);
  report(name_of(object_.members[member]), std::move(detail));
}

void MemberReader::report(std::string name, std::string detail) {
  if (violations_.size() >= JsonOutcome::violations_max) return;
  violations_.push_back({std::move(name), std::move(detail)});
}

std::string MemberReader::name_of(const JsonMember& member) const {
  std::string name{member.name};
  if (names_ == Names::as_described) return name;
  bool begins = true;
  for (char& c : name) {
    if (c == '_') c = '-';
    c = begins ? upper(c) : lower(c);
    begins = c == '-';
  }
  return name;
}

Rejection MemberReader::rejection(Request& request, Status status, std::string_view detail,
                                  std::string_view place) const {
  return {status, detail, request.arena().copy(errors_member(place, violations_))};
}

}  // namespace gyre::internal
