#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Headers of the PROXY protocol's version 2, written by hand.
namespace proxy_test {

using namespace std::string_literals;
using namespace std::string_view_literals;

inline constexpr std::string_view signature = "\r\n\r\n\0\r\nQUIT\n"sv;

inline std::string number(std::size_t value) {
  return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}

/// A header with any fixed part and what follows it.
inline std::string header(unsigned version_and_command, unsigned family, std::string_view rest) {
  std::string text{signature};
  text += static_cast<char>(version_and_command);
  text += static_cast<char>(family);
  return (text += number(rest.size())) += rest;
}

inline std::string element(unsigned type, std::string_view value) {
  return (std::string(1, static_cast<char>(type)) += number(value.size())) += value;
}

/// 192.0.2.7:50000 to 198.51.100.1:443.
inline std::string ipv4_block() { return "\xc0\x00\x02\x07\xc6\x33\x64\x01"s + number(50000) + number(443); }

inline std::string ipv4_header(std::string_view elements = {}) {
  return header(0x21, 0x11, ipv4_block() + std::string{elements});
}

/// 2001:db8::7, port 50000, to 2001:db8::1, port 443.
inline std::string ipv6_header() {
  const std::string prefix = "\x20\x01\x0d\xb8"s + std::string(11, '\0');
  return header(0x21, 0x21, prefix + "\x07" + prefix + "\x01" + number(50000) + number(443));
}

inline std::string unix_header(std::string_view source, std::string_view destination) {
  const auto field = [](std::string_view path) { return std::string{path} + std::string(108 - path.size(), '\0'); };
  return header(0x21, 0x31, field(source) + field(destination));
}

/// The element that says that the client came by TLS, or that it did not.
inline std::string tls_element(unsigned flags) {
  return element(0x20, std::string(1, static_cast<char>(flags)) + std::string(4, '\0') + element(0x21, "TLSv1.3"));
}

}  // namespace proxy_test
