#include <gyre/net/address_range.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace gyre {
namespace {

constexpr std::string_view unix_text = "unix";
constexpr unsigned mapped_bits = 96;

/// ::ffff:0:0/96, RFC 4291 2.5.5.2.
constexpr std::array<std::byte, mapped_bits / 8> mapped_prefix = {
    {{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{0xff}, std::byte{0xff}}};

bool is_mapped(Bytes address) noexcept {
  return address.size() == 16 && std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.begin());
}

/// Of the byte at `index`, those bits that stand before the end of a prefix.
std::byte mask_at(std::size_t index, unsigned bits) noexcept {
  const std::size_t before = index * 8;
  if (bits >= before + 8) return std::byte{0xff};
  if (bits <= before) return std::byte{};
  return static_cast<std::byte>(0xffU << (8 - (bits - before)));
}

/// Digits without a leading zero; false for anything else, or above `most`.
bool parse_bits(std::string_view text, unsigned most, unsigned& bits) noexcept {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  return error == std::errc{} && end == text.data() + text.size() && bits <= most;
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view text) {
  AddressRange range;
  if (text == unix_text) return range;
  const std::size_t slash = text.find('/');
  const Result<Endpoint> endpoint = Endpoint::ip(text.substr(0, slash), 0);
  if (!endpoint) return endpoint.error();
  Bytes address = endpoint->ip_bytes();
  range.bits_ = static_cast<unsigned>(address.size()) * 8;
  if (slash != std::string_view::npos && !parse_bits(text.substr(slash + 1), range.bits_, range.bits_)) {
    return Errc::address_invalid;
  }
  for (std::size_t index = 0; index < address.size(); ++index) {
    if ((address[index] & ~mask_at(index, range.bits_)) != std::byte{}) return Errc::address_invalid;
  }
  if (is_mapped(address) && range.bits_ >= mapped_bits) {
    address = address.subspan(mapped_prefix.size());
    range.bits_ -= mapped_bits;
  }
  range.size_ = static_cast<unsigned>(address.size());
  std::copy(address.begin(), address.end(), range.bytes_.begin());
  return range;
}

bool AddressRange::contains(const SocketAddress& address) const noexcept {
  const Endpoint endpoint{address};
  if (size_ == 0) return endpoint.is_unix();
  Bytes bytes = endpoint.ip_bytes();
  if (is_mapped(bytes)) bytes = bytes.subspan(mapped_prefix.size());
  if (bytes.size() != size_) return false;
  for (std::size_t index = 0; index < size_; ++index) {
    if (((bytes[index] ^ bytes_[index]) & mask_at(index, bits_)) != std::byte{}) return false;
  }
  return true;
}

std::string AddressRange::text() const {
  if (size_ == 0) return std::string{unix_text};
  const Result<Endpoint> endpoint = Endpoint::ip(Bytes{bytes_}.first(size_), 0);
  return endpoint->host() + "/" + std::to_string(bits_);
}

AddressRanges::AddressRanges(std::initializer_list<std::string_view> ranges) {
  for (const std::string_view text : ranges) {
    const Result<AddressRange> range = AddressRange::parse(text);
    add(range.value());
  }
}

bool AddressRanges::contains(const SocketAddress& address) const noexcept {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const AddressRange& range) { return range.contains(address); });
}

}  // namespace gyre
