#pragma once

#include <optional>
#include <string_view>

namespace gyre::wire {

/// Walks field lines, "name: value" CRLF each, that have been validated: a trailer section, or what `write_field` made.
///
///     for (FieldLines lines{decoder.trailers()}; lines.next();) use(lines.name(), lines.value());
class FieldLines {
 public:
  explicit FieldLines(std::string_view lines) noexcept : rest_(lines) {}

  /// Goes to the next line; false behind the last, and at anything that is no field line.
  bool next() noexcept;

  /// The name in the line that `next` went to, as sent: a view into it.
  std::string_view name() const noexcept { return name_; }
  /// Its value without the blanks around it. Never decoded.
  std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
};

/// The value of the first line with that field name, in any case.
std::optional<std::string_view> find_field_line(std::string_view lines, std::string_view name) noexcept;

}  // namespace gyre::wire
