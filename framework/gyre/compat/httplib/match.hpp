#pragma once

#include <cstddef>
#include <iterator>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace gyre::compat::httplib {

/// What a route's regular expression has found in `Request::path`: a `std::smatch` to its readers, made by RE2. Its
/// parts point into that path: they are valid as long as the request that the handler was given.
class Match {
 public:
  using value_type = std::ssub_match;
  using const_reference = const value_type&;
  using reference = const_reference;
  using const_iterator = std::vector<value_type>::const_iterator;
  using iterator = const_iterator;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using char_type = char;
  using string_type = std::string;

  /// Whether there was a route at all.
  bool ready() const noexcept { return ready_; }
  bool empty() const noexcept { return parts_.empty(); }
  /// The whole and each group of the expression; 0 without a match.
  size_type size() const noexcept { return parts_.size(); }
  size_type max_size() const noexcept { return parts_.max_size(); }

  /// The whole (0) or a group; one that is not there has not `matched`.
  const_reference operator[](size_type group) const noexcept { return group < size() ? parts_[group] : nothing_; }
  string_type str(size_type group = 0) const { return (*this)[group].str(); }
  difference_type length(size_type group = 0) const noexcept { return (*this)[group].length(); }
  difference_type position(size_type group = 0) const { return std::distance(prefix_.first, (*this)[group].first); }

  /// What stands before and behind it: nothing, since a route matches the whole path.
  const_reference prefix() const noexcept { return parts_.empty() ? nothing_ : prefix_; }
  const_reference suffix() const noexcept { return parts_.empty() ? nothing_ : suffix_; }

  const_iterator begin() const noexcept { return parts_.begin(); }
  const_iterator end() const noexcept { return parts_.end(); }
  const_iterator cbegin() const noexcept { return parts_.begin(); }
  const_iterator cend() const noexcept { return parts_.end(); }

  // --- for the server -------------------------------------------------------------------------------------------
  /// A group that took no part.
  static constexpr size_type absent = static_cast<size_type>(-1);
  /// Where a group is in the text, and its length.
  using Part = std::pair<size_type, size_type>;

  /// No match.
  void clear() noexcept;
  /// `text` is matched by `parts`, the whole first; it stays where it is.
  void assign(const std::string& text, const std::vector<Part>& parts);

 private:
  bool ready_ = false;
  std::vector<value_type> parts_;
  value_type nothing_;  ///< The end of the text, and not matched.
  value_type prefix_;   ///< The same at its beginning.
  value_type suffix_;
};

}  // namespace gyre::compat::httplib
