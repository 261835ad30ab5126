#include <gyre/wire/parameters.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/token_size.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace gyre::wire {
namespace {

void skip_blanks(std::string_view& text) noexcept {
  while (!text.empty() && internal::is_blank(text[0])) text.remove_prefix(1);
}

}  // namespace

bool Parameters::next() noexcept {
  for (;;) {
    skip_blanks(rest_);
    if (rest_.empty() || bad_) return false;
    if (rest_[0] != ';') return fail();
    rest_.remove_prefix(1);
    skip_blanks(rest_);
    if (!rest_.empty() && rest_[0] != ';') break;
  }
  const std::size_t name_size = internal::token_size(rest_);
  if (name_size == 0 || name_size == rest_.size() || rest_[name_size] != '=') return fail();
  const std::string_view after = rest_.substr(name_size + 1);
  const bool is_quoted = after.starts_with('"');
  const std::size_t value_size = is_quoted ? quoted_string_size(after) : internal::token_size(after);
  if (value_size == 0) return fail();
  name_ = rest_.substr(0, name_size);
  value_ = after.substr(0, value_size);
  rest_ = after.substr(value_size);
  return true;
}

bool Parameters::fail() noexcept {
  bad_ = true;
  return false;
}

bool are_parameters(std::string_view text) noexcept {
  if (text.empty()) return true;
  // Each against those before it: a hostile text must not cost its square, and nobody sends so many.
  std::array<std::string_view, 32> names;
  std::size_t count = 0;
  Parameters parameters{text};
  while (parameters.next()) {
    const auto is_same = [&](std::string_view name) { return equal_ignoring_case(name, parameters.name()); };
    if (count == names.size() || std::any_of(names.begin(), names.begin() + count, is_same)) return false;
    names[count++] = parameters.name();
  }
  return !parameters.is_bad();
}

std::optional<std::string_view> find_parameter(std::string_view text, std::string_view name) noexcept {
  for (Parameters parameters{text}; parameters.next();) {
    if (equal_ignoring_case(parameters.name(), name)) return parameters.value();
  }
  return std::nullopt;
}

}  // namespace gyre::wire
