#include <gyre/wire/internal/ip_text.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>

namespace gyre::wire::internal {
namespace {

constexpr std::size_t address_size = 16;

/// The groups of an IPv6 address as they come.
class Groups {
 public:
  explicit Groups(std::span<std::byte, address_size> out) noexcept : out_(out) {}

  bool add(unsigned group) noexcept {
    if (size_ == address_size) return false;
    out_[size_++] = static_cast<std::byte>(group >> 8U);
    out_[size_++] = static_cast<std::byte>(group & 0xffU);
    return true;
  }
  bool add_ipv4(std::string_view text) noexcept {
    if (size_ + 4 > address_size || !parse_ipv4(text, out_.subspan(size_).first<4>())) return false;
    size_ += 4;
    return true;
  }
  /// Here stand as many zeros as are missing. False if they do already.
  bool compress() noexcept {
    if (zeros_ != none) return false;
    zeros_ = size_;
    return true;
  }
  /// "::" stands for one group at least.
  bool finish() noexcept {
    if (zeros_ == none) return size_ == address_size;
    if (size_ == address_size) return false;
    std::copy_backward(out_.begin() + static_cast<std::ptrdiff_t>(zeros_),
                       out_.begin() + static_cast<std::ptrdiff_t>(size_), out_.end());
    std::fill_n(out_.begin() + static_cast<std::ptrdiff_t>(zeros_), address_size - size_, std::byte{});
    return true;
  }

 private:
  static constexpr std::size_t none = address_size + 1;

  std::span<std::byte, address_size> out_;
  std::size_t size_ = 0;
  std::size_t zeros_ = none;
};

}  // namespace

bool parse_ipv4(std::string_view text, std::span<std::byte, 4> out) noexcept {
  for (std::byte& part : out) {
    const bool last = &part == &out.back();
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && is_digit(text[digits]) && digits < 4) {
      value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
    }
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    part = static_cast<std::byte>(value);
    text.remove_prefix(digits);
    if (last) break;
    if (text.empty() || text[0] != '.') return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

bool parse_ipv6(std::string_view text, std::span<std::byte, 16> out) noexcept {
  Groups groups{out};
  if (text.starts_with("::")) {
    text.remove_prefix(2);
    (void)groups.compress();
  }
  while (!text.empty()) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && is_hex_digit(text[digits]) && digits < 5) {
      value = value * 16 + hex_value(text[digits++]);
    }
    if (digits < text.size() && text[digits] == '.') {
      if (!groups.add_ipv4(text)) return false;
      break;
    }
    if (digits == 0 || digits > 4 || !groups.add(value)) return false;
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text[0] != ':' || text.size() == 1) return false;
    text.remove_prefix(1);
    if (text[0] == ':') {
      if (!groups.compress()) return false;
      text.remove_prefix(1);
    }
  }
  return groups.finish();
}

}  // namespace gyre::wire::internal
