#pragma once

#include <optional>
#include <string_view>

namespace gyre::wire {

/// Walks the parameters of a field value (RFC 9110 5.6.6): `;name=value`, each value a token or a quoted-string, blanks
/// around the ";" but none around the "=". Empty parameters (";;") are skipped.
///
///     Parameters parameters{media_type.parameters};
///     while (parameters.next()) use(parameters.name(), parameters.value());
///     if (parameters.is_bad()) refuse();
class Parameters {
 public:
  /// `text` is what follows the value that has the parameters: empty, or from its first ";" on.
  explicit Parameters(std::string_view text) noexcept : rest_(text) {}

  /// Goes to the next parameter; false behind the last and at the first thing that is none.
  bool next() noexcept;

  /// The name of the parameter that `next` went to, as sent: a token, to be compared without regard to case.
  std::string_view name() const noexcept { return name_; }
  /// Its value as sent, a quoted-string with its quotes and escapes: see `unquote`. A view into the text.
  std::string_view value() const noexcept { return value_; }

  /// Whether the walk ended because of something that is no parameter.
  bool is_bad() const noexcept { return bad_; }

 private:
  bool fail() noexcept;

  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
  bool bad_ = false;
};

/// Whether the whole text is parameters, at most 32, none of them twice (in any case of its letters).
bool are_parameters(std::string_view text) noexcept;

/// The raw value of the first parameter with that name, in any case; nothing if there is none before the first thing
/// that is no parameter.
std::optional<std::string_view> find_parameter(std::string_view text, std::string_view name) noexcept;

}  // namespace gyre::wire
