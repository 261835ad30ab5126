#include <gyre/compat/httplib/match.hpp>

namespace gyre::compat::httplib {

void Match::clear() noexcept {
  ready_ = true;
  parts_.clear();
}

void Match::assign(const std::string& text, const std::vector<Part>& parts) {
  ready_ = true;
  const auto sub_match = [&](std::string::const_iterator first, std::string::const_iterator last, bool matched) {
    value_type part;
    part.first = first;
    part.second = last;
    part.matched = matched;
    return part;
  };
  nothing_ = sub_match(text.end(), text.end(), false);
  prefix_ = sub_match(text.begin(), text.begin(), false);
  suffix_ = nothing_;
  parts_.clear();
  for (const auto& [offset, length] : parts) {
    if (offset == absent) {
      parts_.push_back(nothing_);
    } else {
      const auto first = text.begin() + static_cast<difference_type>(offset);
      parts_.push_back(sub_match(first, first + static_cast<difference_type>(length), true));
    }
  }
}

}  // namespace gyre::compat::httplib
