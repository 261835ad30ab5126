#include <gyre/web/cookies.hpp>

namespace gyre {

std::optional<std::string_view> Cookies::get(std::string_view name) const noexcept {
  for (const Cookie cookie : *this) {
    if (cookie.name == name) return cookie.value;
  }
  return std::nullopt;
}

// HTTP/2 cuts the field, and proxies hand on what they got: each one is walked.
Cookies::Iterator& Cookies::Iterator::operator++() noexcept {
  for (;;) {
    const std::size_t skipped = pairs_.skipped();
    const bool found = pairs_.next();
    const std::size_t walked = pairs_.skipped() - skipped + (found ? 1 : 0);
    left_ -= walked;
    if (found) return *this;
    while (next_field_ < head_->field_count() && head_->field(next_field_).id != FieldId::cookie) ++next_field_;
    if (left_ == 0 || next_field_ == head_->field_count()) {
      head_ = nullptr;
      return *this;
    }
    pairs_ = wire::Cookies{head_->field(next_field_++).value, {.cookies = left_}};
  }
}

}  // namespace gyre
