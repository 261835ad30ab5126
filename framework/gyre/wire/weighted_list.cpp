#include <gyre/wire/weighted_list.hpp>

#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/parameters.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <cstddef>

namespace gyre::wire {
namespace {

/// Where the element ends that `text` begins with: at a comma outside of quotes, or at the end.
std::size_t element_size(std::string_view text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && text[size] != ',') {
    const std::size_t step = text[size] == '"' ? quoted_string_size(text.substr(size)) : 1;
    if (step == 0) return text.size();  // open quotes: all of it is bad, and not looked at again
    size += step;
  }
  return size;
}

std::size_t text_size(std::string_view element) noexcept {
  std::size_t size = 0;
  while (size < element.size() && (internal::is_token_char(element[size]) || element[size] == '/')) ++size;
  return size;
}

}  // namespace

std::optional<Quality> parse_quality(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned quality = text[0] == '1' ? quality_max : 0;
  unsigned unit = 100;
  for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
    if (!internal::is_digit(c)) return std::nullopt;
    quality += static_cast<unsigned>(c - '0') * unit;
    unit /= 10;
  }
  if (quality > quality_max) return std::nullopt;
  return static_cast<Quality>(quality);
}

bool WeightedList::next() noexcept {
  while (!rest_.empty() && (rest_[0] == ',' || internal::is_blank(rest_[0]))) rest_.remove_prefix(1);
  if (rest_.empty() || bad_) return false;
  bad_ = left_ == 0 || !take_element();
  --left_;
  return !bad_;
}

bool WeightedList::take_element() noexcept {
  const std::size_t size = element_size(rest_);
  const std::string_view element = rest_.substr(0, size);
  rest_.remove_prefix(size);
  text_ = element.substr(0, text_size(element));
  parameters_ = element.substr(text_.size());
  quality_ = quality_max;
  if (text_.empty() || !are_parameters(parameters_)) return false;
  if (const std::optional<std::string_view> weight = find_parameter(parameters_, "q")) {
    const std::optional<Quality> quality = parse_quality(*weight);
    if (!quality) return false;
    quality_ = *quality;
  }
  return true;
}

}  // namespace gyre::wire
