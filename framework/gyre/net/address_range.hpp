#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/base/result.hpp>
#include <gyre/net/endpoint.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace gyre {

/// Addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291 2.3), or all Unix sockets.
class AddressRange {
 public:
  /// From text: "10.0.0.0/8", "2001:db8::/32", an address alone, which is a range of one, or "unix". The bits behind
  /// the prefix must be zero: "10.0.0.1/8" could mean one thing or the other. Errors: `address_invalid` for any other
  /// text.
  static Result<AddressRange> parse(std::string_view text);

  /// Whether the address is in it; ports do not count. An IPv4 address that is written as IPv6 ("::ffff:10.0.0.1", as
  /// an inherited listener may have it) is that IPv4 address, in ranges too: "::/0" is every IPv6 address but no such
  /// one.
  bool contains(const SocketAddress& address) const noexcept;

  /// As `parse` reads it.
  std::string text() const;

 private:
  AddressRange() noexcept = default;

  std::array<std::byte, 16> bytes_ = {};
  unsigned size_ = 0;  ///< Bytes of such an address, 4 or 16; 0 for Unix sockets.
  unsigned bits_ = 0;  ///< Those that count.
};

/// A list of address ranges, such as of the proxies that are trusted.
///
///     options.server.proxies = {"10.0.0.0/8", "::1", "unix"};
class AddressRanges {
 public:
  AddressRanges() noexcept = default;
  /// Throws `Failure` (`address_invalid`) if one of them is no range.
  AddressRanges(std::initializer_list<std::string_view> ranges);

  /// Throws `std::bad_alloc`.
  void add(const AddressRange& range) { ranges_.push_back(range); }

  bool empty() const noexcept { return ranges_.empty(); }
  /// Whether one of them contains the address.
  bool contains(const SocketAddress& address) const noexcept;

 private:
  std::vector<AddressRange> ranges_;
};

}  // namespace gyre
