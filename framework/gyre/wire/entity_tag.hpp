#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gyre::wire {

/// A validator of a representation (RFC 9110 8.8.3): `"abc"`, or weak: `W/"abc"`.
struct EntityTag {
  std::string_view opaque;  ///< What stands between the quotes; may be empty.
  bool weak = false;
};

/// Both are strong and the same (RFC 9110 8.8.3.2): byte for byte the same representation.
bool equal_strongly(const EntityTag& left, const EntityTag& right) noexcept;
/// The same, whether strong or weak: good enough for not sending it again.
bool equal_weakly(const EntityTag& left, const EntityTag& right) noexcept;

/// Whether a text may stand between the quotes: visible ASCII but `"`, and bytes above 0x7f.
bool is_entity_tag(std::string_view opaque) noexcept;

/// Reads one entity tag that is the whole text, blanks around it cut. The "W" is case-sensitive, the quotes are a must.
std::optional<EntityTag> parse_entity_tag(std::string_view text) noexcept;

/// Appends the tag as ETag wants it. False, with nothing appended, unless `is_entity_tag(tag.opaque)`.
[[nodiscard]] bool append_entity_tag(std::string& out, const EntityTag& tag);

/// Walks a list of entity tags, as in If-Match and If-None-Match (RFC 9110 13.1.1). Empty elements are skipped; a comma
/// within a tag separates nothing. "*" is no list: the caller looks for it first.
///
///     EntityTags tags{field};
///     while (tags.next()) use(tags.tag());
///     if (tags.is_bad()) refuse();
class EntityTags {
 public:
  explicit EntityTags(std::string_view field) noexcept : rest_(field) {}

  /// Goes to the next tag; false behind the last and at the first thing that is none.
  bool next() noexcept;

  /// The tag that `next` went to: a view into the field.
  const EntityTag& tag() const noexcept { return tag_; }
  /// Whether the walk ended because of something that is no entity tag.
  bool is_bad() const noexcept { return bad_; }

 private:
  std::string_view rest_;
  EntityTag tag_;
  bool bad_ = false;
};

}  // namespace gyre::wire
