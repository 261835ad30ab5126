#include <gyre/wire/parameters.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/token_size.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <cstddef>

namespace gyre::wire {
namespace {

void skip_blanks(std::string_view& text) noexcept {
  while (!text.empty() && internal::is_blank(text[0])) text.remove_prefix(1);
}

/// Whether the parameter of that name stands in `text` before the place where `end` begins.
bool stands_before(std::string_view text, std::string_view name, const char* end) noexcept {
  for (Parameters earlier{text}; earlier.next() && earlier.name().data() < end;) {
    if (equal_ignoring_case(earlier.name(), name)) return true;
  }
  return false;
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
  // Each against those before it: a hostile text must not cost its square, and nobody sends so many.
  constexpr int count_max = 32;
  int count = 0;
  Parameters parameters{text};
  while (parameters.next()) {
    if (++count > count_max || stands_before(text, parameters.name(), parameters.name().data())) return false;
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
