#pragma once

#include <gyre/web/json_format.hpp>
#include <gyre/web/json_outcome.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// What the cores of typed JSON know of a type: constexpr tables, made by json_describe.hpp.
namespace gyre::detail {

struct JsonType;
class JsonViolations;

enum class JsonKind : std::uint8_t {
  boolean,
  signed_integer,
  unsigned_integer,
  single_real,
  double_real,
  text,       ///< std::string
  text_view,  ///< std::string_view: written only
  as_text,    ///< A type with `JsonAsText`.
  raw,        ///< JsonText
  enumeration,
  nullable,  ///< std::optional, std::unique_ptr
  sequence,  ///< std::vector
  array,     ///< std::array
  map,
  object,
};

struct JsonEnumerator {
  std::string_view name;
  std::int64_t value;  ///< An unsigned one is converted.
};

struct JsonEnumeration {
  std::span<const JsonEnumerator> enumerators;
};

struct JsonTextType {
  /// Nothing is changed where it returns false.
  bool (*read)(std::string_view text, void* value);
  std::string (*write)(const void* value);
  std::string_view expected;
};

struct JsonNullable {
  const JsonType* inner;
  /// What it holds, or nullptr.
  const void* (*get)(const void* nullable) noexcept;
  /// Gives it a new, default-constructed value.
  void* (*emplace)(void* nullable);
  void (*reset)(void* nullable) noexcept;
};

struct JsonElements {
  const void* first;
  std::size_t count;
};

struct JsonSequence {
  const JsonType* element;
  std::size_t stride;  ///< From one element to the next.
  JsonElements (*elements)(const void* sequence) noexcept;
  /// Appends a default-constructed element.
  void* (*append)(void* sequence);
  void (*clear)(void* sequence) noexcept;
};

struct JsonArray {
  const JsonType* element;
  std::size_t stride;
  std::size_t count;
};

struct JsonMapEntry {
  std::string_view key;  ///< The map's own, stays where it is.
  void* value;           ///< nullptr: there is one already.
  bool collides;         ///< Whether too many other keys have its hash.
};

struct JsonMap {
  const JsonType* element;
  JsonMapEntry (*insert)(void* map, std::string_view key);
  void (*clear)(void* map) noexcept;
  void (*for_each)(const void* map, void* context, void (*visit)(void* context, std::string_view, const void* value));
};

struct JsonMember {
  std::string_view name;
  /// `,"name":`
  std::string_view key;
  const JsonType* type;
  void* (*at)(void* object) noexcept;
  bool is_required;
  /// What the rules allow it to hold at most.
  std::size_t length_max;
};

struct JsonObject {
  /// Members are bits of a word.
  static constexpr std::size_t members_max = 64;

  std::span<const JsonMember> members;
  JsonOptions options;
  /// Checks the rules of all members but those of `skipped`; nullptr without rules.
  void (*check)(const void* object, std::uint64_t skipped, JsonViolations& violations);
  /// Makes what the rules need to run; nullptr without rules.
  void (*prepare)();
};

struct JsonType {
  constexpr JsonType(JsonKind number, std::size_t bytes) noexcept
      : kind(number), size(static_cast<std::uint8_t>(bytes)), object(nullptr) {}
  constexpr JsonType(const JsonEnumeration& type, std::size_t bytes) noexcept
      : kind(JsonKind::enumeration), size(static_cast<std::uint8_t>(bytes)), enumeration(&type) {}
  constexpr JsonType(const JsonTextType& type) noexcept : kind(JsonKind::as_text), text(&type) {}
  constexpr JsonType(const JsonNullable& type) noexcept : kind(JsonKind::nullable), nullable(&type) {}
  constexpr JsonType(const JsonSequence& type) noexcept : kind(JsonKind::sequence), sequence(&type) {}
  constexpr JsonType(const JsonArray& type) noexcept : kind(JsonKind::array), array(&type) {}
  constexpr JsonType(const JsonMap& type) noexcept : kind(JsonKind::map), map(&type) {}
  constexpr JsonType(const JsonObject& type) noexcept : kind(JsonKind::object), object(&type) {}

  JsonKind kind;
  std::uint8_t size = 0;  ///< Bytes of a number or an enum.
  union {
    const JsonEnumeration* enumeration;
    const JsonTextType* text;
    const JsonNullable* nullable;
    const JsonSequence* sequence;
    const JsonArray* array;
    const JsonMap* map;
    const JsonObject* object;
  };
};

/// Where the rules of one object tell what does not hold.
class JsonViolations {
 public:
  virtual void add(std::size_t member, std::string detail) = 0;

 protected:
  ~JsonViolations() = default;
};

/// Appends `value` as JSON.
void write_json(std::string& out, const JsonType& type, const void* value);

/// Reads `value`, a default-constructed object of that type. If it fails, the object is in between.
JsonOutcome read_json(std::string_view text, const JsonType& type, void* value, const JsonLimits& limits);

}  // namespace gyre::detail
