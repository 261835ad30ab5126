#include <gyre/wire/entity_tag.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>
#include <cstddef>

namespace gyre::wire {
namespace {

/// etagc, RFC 9110 8.8.3.
bool is_tag_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && byte != '"';
}

/// Reads the tag that `text` begins with and takes it away. False if there is none.
bool take_tag(std::string_view& text, EntityTag& tag) noexcept {
  const bool weak = text.starts_with("W/");
  const std::string_view quoted = text.substr(weak ? 2 : 0);
  if (!quoted.starts_with('"')) return false;
  const std::size_t end = quoted.find('"', 1);
  if (end == std::string_view::npos) return false;
  tag = {quoted.substr(1, end - 1), weak};
  text = quoted.substr(end + 1);
  return is_entity_tag(tag.opaque);
}

}  // namespace

bool equal_strongly(const EntityTag& left, const EntityTag& right) noexcept {
  return !left.weak && !right.weak && left.opaque == right.opaque;
}

bool equal_weakly(const EntityTag& left, const EntityTag& right) noexcept { return left.opaque == right.opaque; }

bool is_entity_tag(std::string_view opaque) noexcept { return std::all_of(opaque.begin(), opaque.end(), is_tag_char); }

std::optional<EntityTag> parse_entity_tag(std::string_view text) noexcept {
  text = internal::trim_blanks(text);
  EntityTag tag;
  if (!take_tag(text, tag) || !text.empty()) return std::nullopt;
  return tag;
}

bool append_entity_tag(std::string& out, const EntityTag& tag) {
  if (!is_entity_tag(tag.opaque)) return false;
  ((out += tag.weak ? "W/\"" : "\"") += tag.opaque) += '"';
  return true;
}

bool EntityTags::next() noexcept {
  while (!rest_.empty() && (rest_[0] == ',' || internal::is_blank(rest_[0]))) rest_.remove_prefix(1);
  if (rest_.empty() || bad_) return false;
  bad_ = !take_tag(rest_, tag_);
  while (!rest_.empty() && internal::is_blank(rest_[0])) rest_.remove_prefix(1);
  if (!rest_.empty() && rest_[0] != ',') bad_ = true;
  return !bad_;
}

}  // namespace gyre::wire
