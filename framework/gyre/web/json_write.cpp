#include <gyre/base/json_string.hpp>
#include <gyre/web/detail/json_type.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace gyre::detail {
namespace {

template <class N>
N load(const void* from) noexcept {
  N number;
  std::memcpy(&number, from, sizeof number);
  return number;
}

std::int64_t load_signed(const void* from, std::size_t size) noexcept {
  switch (size) {
    case 1: return load<std::int8_t>(from);
    case 2: return load<std::int16_t>(from);
    case 4: return load<std::int32_t>(from);
    default: return load<std::int64_t>(from);
  }
}

std::uint64_t load_unsigned(const void* from, std::size_t size) noexcept {
  switch (size) {
    case 1: return load<std::uint8_t>(from);
    case 2: return load<std::uint16_t>(from);
    case 4: return load<std::uint32_t>(from);
    default: return load<std::uint64_t>(from);
  }
}

/// Writes into a buffer of its own, and from there to the string, so that the string grows once or seldom.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void value(const JsonType& type, const void* at) {
    switch (type.kind) {
      case JsonKind::boolean: return put(load<bool>(at) ? "true" : "false");
      case JsonKind::signed_integer: return number(load_signed(at, type.size));
      case JsonKind::unsigned_integer: return number(load_unsigned(at, type.size));
      case JsonKind::single_real: return real(load<float>(at));
      case JsonKind::double_real: return real(load<double>(at));
      case JsonKind::text: return text(*static_cast<const std::string*>(at));
      case JsonKind::text_view: return text(*static_cast<const std::string_view*>(at));
      case JsonKind::as_text: return text(type.text->write(at));
      case JsonKind::raw: {
        const std::string& json = static_cast<const JsonText*>(at)->text;
        return put(json.empty() ? std::string_view{"null"} : json);
      }
      case JsonKind::enumeration: return enumerator(type, at);
      case JsonKind::nullable: return nullable(*type.nullable, at);
      case JsonKind::sequence: {
        const JsonElements elements = type.sequence->elements(at);
        return sequence(*type.sequence->element, elements.first, elements.count, type.sequence->stride);
      }
      case JsonKind::array: return sequence(*type.array->element, at, type.array->count, type.array->stride);
      case JsonKind::map: return map(*type.map, at);
      case JsonKind::object: return object(*type.object, at);
    }
  }

  void flush() {
    out_.append(buffer_, static_cast<std::size_t>(next_ - buffer_));
    next_ = buffer_;
  }

 private:
  static constexpr std::size_t number_max = 32;
  static constexpr std::size_t capacity = 2048;

  void reserve(std::size_t size) {
    if (static_cast<std::size_t>(buffer_ + capacity - next_) < size) flush();
  }

  void put(char c) {
    reserve(1);
    *next_++ = c;
  }

  void put(std::string_view text) {
    reserve(text.size());
    if (text.size() > capacity) {
      out_.append(text);
      return;
    }
    std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
  }

  void text(std::string_view text) {
    reserve(json_escape_room + 2);
    *next_++ = '"';
    for (;;) {
      next_ = escape_json(text, next_, buffer_ + capacity);
      if (text.empty()) break;
      flush();
    }
    put('"');
  }

  template <class N>
  void number(N number) {
    reserve(number_max);
    next_ = std::to_chars(next_, next_ + number_max, number).ptr;
  }

  /// JSON has no NaN and no infinities.
  template <class N>
  void real(N number) {
    if (!std::isfinite(number)) return put("null");
    this->number(number);
  }

  /// One without a name is written as its number: it must not vanish.
  void enumerator(const JsonType& type, const void* at) {
    const std::int64_t number = load_signed(at, type.size);
    for (const JsonEnumerator& each : type.enumeration->enumerators) {
      if (narrowed(each.value, type.size) != number) continue;
      put('"');
      put(each.name);
      return put('"');
    }
    this->number(number);
  }

  /// As `load_signed` reads a value of that size.
  static std::int64_t narrowed(std::int64_t value, std::size_t size) noexcept { return load_signed(&value, size); }

  void nullable(const JsonNullable& type, const void* at) {
    const void* held = type.get(at);
    if (held == nullptr) return put("null");
    value(*type.inner, held);
  }

  void sequence(const JsonType& element, const void* first, std::size_t count, std::size_t stride) {
    const auto* at = static_cast<const std::byte*>(first);
    put('[');
    for (std::size_t index = 0; index < count; ++index, at += stride) {
      if (index > 0) put(',');
      value(element, at);
    }
    put(']');
  }

  void map(const JsonMap& type, const void* at) {
    struct Visitor {
      JsonWriter& writer;
      const JsonType& element;
      char before = '{';
    } visitor{*this, *type.element};
    type.for_each(at, &visitor, [](void* context, std::string_view key, const void* element) {
      auto& [writer, element_type, before] = *static_cast<Visitor*>(context);
      writer.put(before);
      before = ',';
      writer.text(key);
      writer.put(':');
      writer.value(element_type, element);
    });
    if (visitor.before == '{') put('{');
    put('}');
  }

  void object(const JsonObject& type, const void* at) {
    const bool leaves_out = type.options.empty == EmptyMembers::left_out;
    char before = '{';
    for (const JsonMember& member : type.members) {
      const void* part = member.at(const_cast<void*>(at));
      if (leaves_out && member.type->kind == JsonKind::nullable && member.type->nullable->get(part) == nullptr)
        continue;
      put(before);
      put(member.key.substr(1));  // `,"name":`, whose comma the first has not
      before = ',';
      value(*member.type, part);
    }
    if (before == '{') put('{');
    put('}');
  }

  std::string& out_;
  char* next_ = buffer_;
  char buffer_[capacity];
};

}  // namespace

void write_json(std::string& out, const JsonType& type, const void* value) {
  JsonWriter writer{out};
  writer.value(type, value);
  writer.flush();
}

}  // namespace gyre::detail
