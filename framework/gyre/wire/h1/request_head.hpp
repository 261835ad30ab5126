#pragma once

#include <gyre/wire/fields.hpp>
#include <gyre/wire/method.hpp>

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

/// The four forms of a request target (RFC 9112 3.2).
enum class TargetForm : std::uint8_t {
  origin,     ///< "/path?query"
  absolute,   ///< "http://host/path?query"
  authority,  ///< "host:port", with CONNECT only
  asterisk,   ///< "*", with OPTIONS only
};

/// A parsed HTTP/1 request head: offsets into bytes that somebody else owns, and what the fields mean for framing and
/// for the connection. Made by `parse_request_head`, which refuses every head that is ambiguous: these answers are the
/// only ones.
///
/// All views are into the parsed bytes (or into the copy that `rebase` names) and die with them; the fields are in the
/// storage given to the constructor, which must outlive the head. Nothing is allocated.
class RequestHead {
 public:
  /// An empty head that keeps its fields in `storage`. A request with more fields than that is refused.
  explicit RequestHead(std::span<Field> storage) noexcept {
    data_.fields = storage.data();
    data_.field_capacity = static_cast<std::uint32_t>(storage.size());
  }

  Method method() const noexcept { return data_.method; }
  /// The method's text, the only name that a `Method::other` has.
  std::string_view method_text() const noexcept { return text(data_.method_begin, data_.method_size); }

  TargetForm target_form() const noexcept { return data_.form; }
  /// The whole request target, as sent.
  std::string_view target() const noexcept { return text(data_.target_begin, data_.target_size); }
  /// The path, not decoded, beginning with "/" ("/" too where an absolute target has none). "*" in asterisk form, empty
  /// in authority form.
  std::string_view path() const noexcept {
    if (data_.path_size == 0 && data_.form == TargetForm::absolute) return "/";
    return text(data_.path_begin, data_.path_size);
  }
  /// What follows the first "?", not decoded; empty if there is none.
  std::string_view query() const noexcept { return text(data_.query_begin, data_.query_size); }

  /// Whom the request is for, `host[:port]`: the target's authority if it has one, else the Host field (RFC 9112
  /// 3.2.2). Valid, but chosen by the client; empty if it named no host.
  std::string_view host() const noexcept { return text(data_.host_begin, data_.host_size); }

  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  int version_minor() const noexcept { return data_.version_minor; }
  /// Whether the client lets the connection live on: the default of its version, changed by Connection.
  bool keep_alive() const noexcept { return data_.keep_alive; }
  /// Whether the client offers another protocol: HTTP/1.1, an Upgrade field, and "upgrade" in Connection.
  bool upgrade() const noexcept { return data_.upgrade; }
  /// Whether the client waits for a 100 before it sends its body.
  bool expect_continue() const noexcept { return data_.expect_continue; }

  /// Whether the body comes in chunks. Then there is no content length.
  bool chunked() const noexcept { return data_.chunked; }
  /// The body's length in bytes, if Content-Length gave one. Neither this nor `chunked` means no body.
  std::optional<std::uint64_t> content_length() const noexcept {
    return has(FieldId::content_length) ? std::optional(data_.content_length) : std::nullopt;
  }
  /// Whether bytes of a body follow the head.
  bool has_body() const noexcept { return data_.chunked || data_.content_length != 0; }

  /// The length of the head in bytes, an empty line before it and the one behind it included: the body begins there.
  std::size_t head_size() const noexcept { return data_.head_size; }

  std::size_t field_count() const noexcept { return data_.field_count; }
  /// The field at `index` below `field_count()`, in the order of the wire.
  FieldView field(std::size_t index) const noexcept {
    const Field& field = data_.fields[index];
    return {text(field.name_begin, field.name_size), text(field.value_begin, field.value_size), field.id};
  }

  /// Whether such a field was sent. Not for `FieldId::unknown`.
  bool has(FieldId id) const noexcept { return (data_.seen >> static_cast<unsigned>(id) & 1U) != 0; }
  /// The value of the first such field. Not for `FieldId::unknown`.
  std::optional<std::string_view> find(FieldId id) const noexcept;
  /// The value of the first field of that name, in any case.
  std::optional<std::string_view> find(std::string_view name) const noexcept;

  class FieldIterator {
   public:
    FieldIterator(const RequestHead& head, std::size_t index) noexcept : head_(&head), index_(index) {}
    FieldView operator*() const noexcept { return head_->field(index_); }
    FieldIterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    bool operator==(const FieldIterator& other) const noexcept { return index_ == other.index_; }

   private:
    const RequestHead* head_;
    std::size_t index_;
  };
  /// Iterates over the fields in the order of the wire: `for (FieldView field : head)`.
  FieldIterator begin() const noexcept { return {*this, 0}; }
  FieldIterator end() const noexcept { return {*this, data_.field_count}; }

  /// Says that the parsed bytes, from the first byte given to the parser on, now also stand at `base`: all views move
  /// there. At least `head_size()` bytes must have been copied.
  void rebase(const char* base) noexcept { data_.base = base; }

  /// Copies the fields to `storage`, which must hold `field_count()` of them, and uses that from now on.
  void move_fields(std::span<Field> storage) noexcept;

 private:
  friend struct internal::HeadAccess;

  struct Data {
    const char* base = nullptr;
    Field* fields = nullptr;
    std::uint64_t seen = 0;  // bits by FieldId
    std::uint64_t content_length = 0;
    std::uint32_t field_capacity = 0;
    std::uint32_t field_count = 0;
    std::uint32_t method_begin = 0;
    std::uint32_t method_size = 0;
    std::uint32_t target_begin = 0;
    std::uint32_t target_size = 0;
    std::uint32_t path_begin = 0;
    std::uint32_t path_size = 0;
    std::uint32_t query_begin = 0;
    std::uint32_t query_size = 0;
    std::uint32_t host_begin = 0;
    std::uint32_t host_size = 0;
    std::uint32_t head_size = 0;
    Method method = Method::other;
    TargetForm form = TargetForm::origin;
    std::uint8_t version_minor = 1;
    bool keep_alive = false;
    bool upgrade = false;
    bool expect_continue = false;
    bool chunked = false;
  };

  std::string_view text(std::uint32_t begin, std::uint32_t size) const noexcept { return {data_.base + begin, size}; }

  Data data_;
};

}  // namespace gyre::wire
