#pragma once

#include <gyre/wire/fields.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gyre::wire {

namespace internal {
struct HeadAccess;
}

/// One field of a parsed head, as offsets from the head's base. Storage for a head is an array of these.
struct Field {
  std::uint32_t name_begin;
  std::uint32_t value_begin;
  std::uint32_t value_size;
  std::uint16_t name_size;
  FieldId id;
};
static_assert(sizeof(Field) == 16);

/// A field as text: views into the head's bytes.
struct FieldView {
  std::string_view name;   ///< As sent: compare without case, or use `id`.
  std::string_view value;  ///< Without the blanks around it. Never decoded.
  FieldId id;
};

namespace detail {

/// What request and response heads have in common, as the parser fills it in.
struct MessageData {
  const char* base = nullptr;
  Field* fields = nullptr;
  std::uint64_t seen = 0;  // bits by FieldId
  std::uint64_t content_length = 0;
  std::uint32_t field_capacity = 0;
  std::uint32_t field_count = 0;
  std::uint32_t head_size = 0;
  std::uint8_t version_major = 1;
  std::uint8_t version_minor = 1;
  bool keep_alive = false;
  bool upgrade = false;
  bool chunked = false;

  std::string_view text(std::uint32_t begin, std::uint32_t size) const noexcept { return {base + begin, size}; }
  FieldView view(const Field& field) const noexcept {
    return {text(field.name_begin, field.name_size), text(field.value_begin, field.value_size), field.id};
  }
};

std::optional<std::string_view> find_field(const MessageData& head, FieldId id) noexcept;
std::optional<std::string_view> find_field(const MessageData& head, std::string_view name) noexcept;
void move_fields(MessageData& head, std::span<Field> storage) noexcept;

}  // namespace detail

/// The part that a request head and a response head share: the fields, and what they mean for framing and for the
/// connection. The parsers refuse every head that is ambiguous: these answers are the only ones.
///
/// All views are into the parsed bytes (or into the copy that `rebase` names) and die with them; the fields are in the
/// storage given to the constructor, which must outlive the head. Nothing is allocated.
template <class Data>
class MessageHead {
 public:
  /// An empty head that keeps its fields in `storage`. A message with more fields than that is refused.
  explicit MessageHead(std::span<Field> storage) noexcept {
    data_.fields = storage.data();
    data_.field_capacity = static_cast<std::uint32_t>(storage.size());
  }

  /// 1 for HTTP/1, 2 for HTTP/2.
  int version_major() const noexcept { return data_.version_major; }
  /// 1 for HTTP/1.1, 0 for HTTP/1.0 and HTTP/2.
  int version_minor() const noexcept { return data_.version_minor; }
  /// Whether the sender lets the connection live on: the default of its version, changed by Connection.
  bool keep_alive() const noexcept { return data_.keep_alive; }
  /// Whether the sender speaks of another protocol: HTTP/1.1, an Upgrade field, and "upgrade" in Connection.
  bool upgrade() const noexcept { return data_.upgrade; }

  /// Whether the body comes in chunks. Then there is no content length.
  bool chunked() const noexcept { return data_.chunked; }
  /// The body's length in bytes, if Content-Length gave one.
  std::optional<std::uint64_t> content_length() const noexcept {
    return has(FieldId::content_length) ? std::optional(data_.content_length) : std::nullopt;
  }

  /// The length of the head in bytes, an empty line before it and the one behind it included: the body begins there.
  std::size_t head_size() const noexcept { return data_.head_size; }

  std::size_t field_count() const noexcept { return data_.field_count; }
  /// The field at `index` below `field_count()`, in the order of the wire.
  FieldView field(std::size_t index) const noexcept { return data_.view(data_.fields[index]); }

  /// Whether such a field was sent. Not for `FieldId::unknown`.
  bool has(FieldId id) const noexcept { return (data_.seen >> static_cast<unsigned>(id) & 1U) != 0; }
  /// The value of the first such field. Not for `FieldId::unknown`.
  std::optional<std::string_view> find(FieldId id) const noexcept { return detail::find_field(data_, id); }
  /// The value of the first field of that name, in any case.
  std::optional<std::string_view> find(std::string_view name) const noexcept { return detail::find_field(data_, name); }

  class FieldIterator {
   public:
    FieldIterator(const MessageHead& head, std::size_t index) noexcept : head_(&head), index_(index) {}
    FieldView operator*() const noexcept { return head_->field(index_); }
    FieldIterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    bool operator==(const FieldIterator& other) const noexcept { return index_ == other.index_; }

   private:
    const MessageHead* head_;
    std::size_t index_;
  };
  /// Iterates over the fields in the order of the wire: `for (FieldView field : head)`.
  FieldIterator begin() const noexcept { return {*this, 0}; }
  FieldIterator end() const noexcept { return {*this, data_.field_count}; }

  /// Says that the parsed bytes, from the first byte given to the parser on, now also stand at `base`: all views move
  /// there. At least `head_size()` bytes must have been copied.
  void rebase(const char* base) noexcept { data_.base = base; }

  /// Copies the fields to `storage`, which must hold `field_count()` of them, and uses that from now on.
  void move_fields(std::span<Field> storage) noexcept { detail::move_fields(data_, storage); }

 protected:
  friend struct internal::HeadAccess;

  Data data_;
};

}  // namespace gyre::wire
