#include <gyre/wire/token_list.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>

namespace gyre::wire {

bool TokenList::next() noexcept {
  while (!rest_.empty()) {
    const std::size_t comma = std::min(rest_.find(','), rest_.size());
    element_ = internal::trim_blanks(rest_.substr(0, comma));
    rest_.remove_prefix(std::min(comma + 1, rest_.size()));
    if (!element_.empty()) return true;
  }
  return false;
}

}  // namespace gyre::wire
