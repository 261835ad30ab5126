#include <gyre/web/internal/json_reader.hpp>

#include <gyre/base/assert.hpp>
#include <gyre/base/json_string.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/internal/json_value.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace gyre::internal {
namespace {

using detail::JsonObject;

/// A reference token of a JSON pointer (RFC 6901 3). False, and nothing is appended, if that becomes too long.
bool append_token(std::string& pointer, std::string_view name) {
  if (pointer.size() + name.size() > JsonOutcome::pointer_max) return false;
  pointer += '/';
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return true;
}

constexpr std::uint64_t bit(std::size_t member) noexcept { return std::uint64_t{1} << member; }

}  // namespace

/// What the rules say of the object that is on top.
class JsonReader::RuleReport final : public detail::JsonViolations {
 public:
  RuleReport(JsonReader& reader, const JsonObject& object) noexcept : reader_(reader), object_(object) {}
  void add(std::size_t member, std::string detail) override {
    reader_.report(reader_.depth_ - 1, object_.members[member].name, std::move(detail));
  }

 private:
  JsonReader& reader_;
  const JsonObject& object_;
};

JsonReader::JsonReader(const JsonType& type, void* value, const JsonLimits& limits, JsonOutcome& outcome)
    : limits_(limits), outcome_(outcome), type_(&type), target_(value) {
  if (limits.depth <= usual_depth) return;
  more_frames_ = std::make_unique<Frame[]>(limits.depth);
  frames_ = more_frames_.get();
}

bool JsonReader::push() {
  GYRE_ASSERT(depth_ < std::max(limits_.depth, usual_depth));
  frames_[depth_++] = {type_, target_, 0, 0, 0, 0, length_max_, {}};
  return true;
}

/// Goes to the place of the value that begins. False: it is not wanted.
bool JsonReader::find_place() {
  if (aside_depth_ != 0) return false;
  if (depth_ != 0) {
    Frame& frame = top();
    if (frame.type->kind == JsonKind::sequence || frame.type->kind == JsonKind::array) return begin_element(frame);
  }
  return type_ != nullptr;
}

/// As `find_place`, for all but null.
bool JsonReader::find_value() {
  if (!find_place()) return false;
  while (type_->kind == JsonKind::nullable) {
    target_ = type_->nullable->emplace(target_);
    type_ = type_->nullable->inner;
  }
  return true;
}

bool JsonReader::begin_element(Frame& frame) {
  const std::size_t index = frame.current++;
  ++elements_;
  length_max_ = none;
  if (frame.type->kind == JsonKind::sequence) {
    // One too many is kept, so that the rule sees it.
    type_ = frame.length_max == none || index <= frame.length_max ? frame.type->sequence->element : nullptr;
    if (elements_ > limits_.elements) type_ = nullptr;
    if (type_ != nullptr) target_ = frame.type->sequence->append(frame.target);
  } else {
    type_ = index < frame.type->array->count ? frame.type->array->element : nullptr;
    if (type_ != nullptr) target_ = static_cast<std::byte*>(frame.target) + index * frame.type->array->stride;
  }
  return type_ != nullptr;
}

bool JsonReader::begin_aside(char opening) {
  ++aside_depth_;
  if (copy_ != nullptr) copy({&opening, 1});
  return true;
}

bool JsonReader::end_aside(char closing) {
  if (copy_ != nullptr) *copy_ += closing;
  if (--aside_depth_ == 0) copy_ = nullptr;
  return true;
}

/// The next key or value. What stands before it tells whether they need a comma.
void JsonReader::copy(std::string_view json) {
  constexpr std::string_view openings = "{[:";
  if (!copy_->empty() && openings.find(copy_->back()) == std::string_view::npos) *copy_ += ',';
  copy_->append(json);
}

void JsonReader::copy_text(std::string_view text) {
  copy({});
  append_json_string(*copy_, text);
}

/// What is not wanted at its place may be part of a copy.
bool JsonReader::copied(std::string_view json) {
  if (copy_ != nullptr) copy(json);
  return true;
}

/// A value without parts whose type is none that it goes into by itself.
bool JsonReader::scalar_elsewhere(std::string_view json) {
  if (type_->kind != JsonKind::raw) return mismatch();
  static_cast<JsonText*>(target_)->text = json;
  return true;
}

bool JsonReader::object_begin() {
  if (!find_value()) return begin_aside('{');
  if (type_->kind == JsonKind::map) {
    type_->map->clear(target_);
    return push();
  }
  if (type_->kind == JsonKind::object) return push();
  if (type_->kind == JsonKind::raw) {
    copy_ = &static_cast<JsonText*>(target_)->text;
    copy_->clear();
  } else {
    mismatch();
  }
  return begin_aside('{');
}

bool JsonReader::object_end() {
  if (aside_depth_ != 0) return end_aside('}');
  if (top().type->kind == JsonKind::object) finish_object(top());
  --depth_;
  return true;
}

bool JsonReader::array_begin() {
  if (!find_value()) return begin_aside('[');
  if (type_->kind == JsonKind::sequence) {
    type_->sequence->clear(target_);
    return push();
  }
  if (type_->kind == JsonKind::array) return push();
  if (type_->kind == JsonKind::raw) {
    copy_ = &static_cast<JsonText*>(target_)->text;
    copy_->clear();
  } else {
    mismatch();
  }
  return begin_aside('[');
}

bool JsonReader::array_end() {
  if (aside_depth_ != 0) return end_aside(']');
  const Frame& frame = top();
  if (elements_ > limits_.elements) {
    return stop(Status::content_too_large, "more than " + std::to_string(limits_.elements) + " elements");
  }
  --depth_;
  if (frame.type->kind == JsonKind::array && frame.current != frame.type->array->count) {
    fail(*frame.type);
  }
  return true;
}

bool JsonReader::key(std::string_view text) {
  if (in_parts_) text = whole_text(text);
  if (aside_depth_ != 0) {
    if (copy_ == nullptr) return true;
    copy_text(text);
    *copy_ += ':';
    return true;
  }
  Frame& frame = top();
  return frame.type->kind == JsonKind::object ? member_key(frame, text) : map_key(frame, text);
}

bool JsonReader::member_key(Frame& frame, std::string_view text) {
  const JsonObject& object = *frame.type->object;
  const std::size_t count = object.members.size();
  std::size_t member = frame.expected;
  for (std::size_t tried = 0; tried < count; ++tried, ++member) {
    if (member >= count) member = 0;
    const JsonMember& candidate = object.members[member];
    if (candidate.name != text) continue;
    frame.current = member;
    frame.expected = member + 1;
    if ((frame.seen & bit(member)) != 0) {
      return stop(Status::bad_request, "the member " + pointer(depth_) + " is there twice");
    }
    frame.seen |= bit(member);
    type_ = candidate.type;
    target_ = candidate.at(frame.target);
    length_max_ = candidate.length_max;
    return true;
  }
  if (object.options.unknown == UnknownMembers::refused) report(depth_ - 1, text, "is not known");
  type_ = nullptr;
  return true;
}

bool JsonReader::map_key(Frame& frame, std::string_view text) {
  const std::size_t index = frame.current++;
  if (++elements_ > limits_.elements) {
    return stop(Status::content_too_large, "more than " + std::to_string(limits_.elements) + " elements");
  }
  type_ = nullptr;
  length_max_ = none;
  if (frame.length_max != none && index > frame.length_max) return true;
  const auto [key, value, collides] = frame.type->map->insert(frame.target, text);
  frame.key = key;
  if (value == nullptr) return stop(Status::bad_request, "the member " + pointer(depth_) + " is there twice");
  if (collides) return stop(Status::bad_request, "the keys at " + pointer(depth_) + " collide");
  type_ = frame.type->map->element;
  target_ = value;
  return true;
}

void JsonReader::finish_object(Frame& frame) {
  const JsonObject& object = *frame.type->object;
  for (std::size_t index = 0; index < object.members.size(); ++index) {
    if ((frame.seen & bit(index)) != 0) continue;
    const JsonMember& member = object.members[index];
    frame.current = index;
    if (member.is_required) {
      frame.failed |= bit(index);
      report(depth_ - 1, member.name, "is required");
    } else {
      finish_unsent(*member.type, member.at(frame.target));
    }
  }
  if (object.check == nullptr) return;
  RuleReport violations{*this, object};
  object.check(frame.target, frame.failed, violations);
}

/// What was not sent keeps its rules all the same: a struct is checked as if it had been sent without members.
void JsonReader::finish_unsent(const JsonType& type, void* target) {
  if (type.kind != JsonKind::object && type.kind != JsonKind::array) return;
  if (depth_ == std::max(limits_.depth, usual_depth)) return fail(type);
  type_ = &type;
  target_ = target;
  push();
  Frame& frame = top();
  if (type.kind == JsonKind::object) {
    finish_object(frame);
  } else {
    for (std::size_t index = 0; index < type.array->count; ++index) {
      frame.current = index + 1;
      finish_unsent(*type.array->element, static_cast<std::byte*>(target) + index * type.array->stride);
    }
  }
  --depth_;
}

bool JsonReader::null() {
  if (!find_place()) return copied("null");
  if (type_->kind != JsonKind::nullable) return scalar_elsewhere("null");
  type_->nullable->reset(target_);
  return true;
}

bool JsonReader::boolean(bool value) {
  const std::string_view text = value ? "true" : "false";
  if (!find_value()) return copied(text);
  if (type_->kind != JsonKind::boolean) return scalar_elsewhere(text);
  std::memcpy(target_, &value, sizeof value);
  return true;
}

bool JsonReader::integer(std::int64_t value, std::string_view text) {
  if (!find_value()) return copied(text);
  if (type_->kind == JsonKind::signed_integer) {
    const std::int64_t max = largest_signed(type_->size);
    if (value > max || value < -max - 1) return mismatch();
  } else if (type_->kind == JsonKind::unsigned_integer) {
    if (value < 0 || static_cast<std::uint64_t>(value) > largest_unsigned(type_->size)) return mismatch();
  } else {
    return store_number(text);
  }
  store_integer(target_, type_->size, static_cast<std::uint64_t>(value));
  return true;
}

bool JsonReader::integer(std::uint64_t value, std::string_view text) {
  if (std::in_range<std::int64_t>(value)) return integer(static_cast<std::int64_t>(value), text);
  if (!find_value()) return copied(text);
  if (type_->kind != JsonKind::unsigned_integer || type_->size != sizeof value) return store_number(text);
  store_integer(target_, type_->size, value);
  return true;
}

bool JsonReader::real(std::string_view text) {
  if (!find_value()) return copied(text);
  return store_number(text);
}

/// A number that is not for an integer.
bool JsonReader::store_number(std::string_view text) {
  if (type_->kind == JsonKind::double_real) return store_real(detail::parse_double(text));
  if (type_->kind == JsonKind::single_real) return store_real(detail::parse_float(text));
  return scalar_elsewhere(text);
}

template <class N>
bool JsonReader::store_real(const std::optional<N>& value) {
  if (!value) return mismatch();
  std::memcpy(target_, &*value, sizeof *value);
  return true;
}

bool JsonReader::key_part(std::string_view part) {
  if (!std::exchange(in_parts_, true)) parts_.clear();
  if (aside_depth_ == 0 || copy_ != nullptr) parts_.append(part);
  return true;
}

std::string_view JsonReader::whole_text(std::string_view last) {
  in_parts_ = false;
  return parts_.append(last);
}

/// What is stored as text goes to its place at once: it may be long.
bool JsonReader::text_part(std::string_view part) {
  if (!std::exchange(in_parts_, true)) {
    parts_.clear();
    is_wanted_ = find_value();
    if (is_wanted_ && type_->kind == JsonKind::text) text_target().clear();
  }
  if (is_wanted_ && type_->kind == JsonKind::text) {
    text_target().append(part);
  } else if (is_wanted_ || copy_ != nullptr) {
    parts_.append(part);
  }
  return true;
}

bool JsonReader::text(std::string_view last) {
  const bool wanted = in_parts_ ? is_wanted_ : find_value();
  if (wanted && type_->kind == JsonKind::text) {
    if (!std::exchange(in_parts_, false)) text_target().clear();
    text_target().append(last);
    return true;
  }
  if (in_parts_) last = whole_text(last);
  if (!wanted) {
    if (copy_ != nullptr) copy_text(last);
    return true;
  }
  switch (type_->kind) {
    case JsonKind::enumeration: return store_enumerator(*type_, last, target_) || mismatch();
    case JsonKind::as_text: return type_->text->read(last, target_) || mismatch();
    case JsonKind::raw: {
      std::string& copy = static_cast<JsonText*>(target_)->text;
      copy.clear();
      append_json_string(copy, last);
      return true;
    }
    default: return mismatch();
  }
}

bool JsonReader::stop(Status status, std::string detail) {
  outcome_.status = status;
  outcome_.detail = std::move(detail);
  return false;
}

/// The value is none of its type. What it consists of is skipped, and reading goes on.
bool JsonReader::mismatch() {
  fail(*type_);
  return true;
}

/// What is in the place of the containers that are open is no such value.
void JsonReader::fail(const JsonType& type) {
  if (depth_ != 0 && top().type->kind == JsonKind::object) top().failed |= bit(top().current);
  report(depth_, {}, expectation(type));
}

void JsonReader::report(std::size_t frames, std::string_view member, std::string detail) {
  if (outcome_.violations.size() >= JsonOutcome::violations_max) return;
  outcome_.violations.push_back({pointer(frames, member), std::move(detail)});
}

/// Of what the first `frames` containers are at, or of a member there; of one of the containers if that is too long.
std::string JsonReader::pointer(std::size_t frames, std::string_view member) const {
  std::string text;
  for (std::size_t index = 0; index < frames; ++index) {
    if (!append_token(text, token_of(frames_[index]))) return text;
  }
  if (member.data() != nullptr) append_token(text, member);
  return text;
}

std::string JsonReader::token_of(const Frame& frame) {
  if (frame.type->kind == JsonKind::object) return std::string{frame.type->object->members[frame.current].name};
  if (frame.type->kind == JsonKind::map) return std::string{frame.key};
  return std::to_string(frame.current - 1);
}

}  // namespace gyre::internal
