#include "proxy_bytes.hpp"

#include <gyre/wire/proxy_header.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

using namespace gyre::wire;
using namespace proxy_test;

namespace {

/// An address in hexadecimal with its port, or a path in quotes.
std::string text_of(ProxyFamily family, const ProxyAddress& address) {
  if (family == ProxyFamily::none) return "-";
  if (family == ProxyFamily::unix_socket) return "'" + std::string{address.path} + "'";
  std::string text;
  for (std::size_t index = 0; index < (family == ProxyFamily::ipv4 ? 4U : 16U); ++index) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = std::to_integer<unsigned>(address.ip[index]);
    (text += digits[byte >> 4U]) += digits[byte & 15U];
  }
  return text + ":" + std::to_string(address.port);
}

std::string text_of(const ProxyOutcome& outcome, const ProxyHeader& header) {
  if (outcome.state == ProxyState::more) return "more";
  if (outcome.state == ProxyState::rejected) return std::string{describe(outcome.error)};
  std::string text = "v" + std::to_string(header.version) + " " + text_of(header.family, header.source) + " " +
                     text_of(header.family, header.destination);
  if (!header.alpn.empty()) (text += " alpn ") += header.alpn;
  if (!header.authority.empty()) (text += " authority ") += header.authority;
  if (!header.unique_id.empty()) (text += " id ") += header.unique_id;
  if (header.tls) text += " tls";
  return text + " +" + std::to_string(outcome.size);
}

std::string parse_once(std::string_view bytes) {
  // At an address of its own and not a byte longer, so that a sanitizer sees a look beyond.
  const std::unique_ptr<char[]> block(new char[bytes.size()]);
  if (!bytes.empty()) std::memcpy(block.get(), bytes.data(), bytes.size());
  ProxyHeader header;
  const ProxyOutcome outcome = parse_proxy_header({block.get(), bytes.size()}, header);
  CHECK((outcome.state == ProxyState::rejected) == (outcome.error != ProxyError::none));
  return text_of(outcome, header);
}

/// What comes out of the bytes as they arrive one by one; the same for all from that point on.
std::string parse(std::string_view bytes) {
  std::string found = "more";
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::string now = parse_once(bytes.substr(0, size));
    if (found == "more") found = now;
    if (now != found) FAIL_CHECK(found << ", then " << now << " with " << size << " bytes");
  }
  return found;
}

std::string refusal(ProxyError error) { return std::string{describe(error)}; }

}  // namespace

TEST_CASE("headers of version 1", "[wire][proxy]") {
  struct Row {
    std::string_view line;
    std::string_view found;
  };
  const Row rows[] = {
      {"PROXY TCP4 192.0.2.7 198.51.100.1 50000 443\r\n", "v1 c0000207:50000 c6336401:443 +45"},
      {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "v1 ffffffff:65535 ffffffff:65535 +56"},
      {"PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "v1 00000000:0 00000000:0 +32"},
      {"PROXY TCP6 ::1 2001:DB8:0:0:0:0:0:1 1 2\r\n",
       "v1 00000000000000000000000000000001:1 20010db8000000000000000000000001:2 +41"},
      {"PROXY TCP6 ::ffff:192.0.2.7 :: 1 2\r\n",
       "v1 00000000000000000000ffffc0000207:1 00000000000000000000000000000000:2 +36"},
      {"PROXY TCP6 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1 2\r\n",
       "v1 00010002000300040005000600070000:1 00000002000300040005000600070008:2 +48"},
      {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
       "v1 ffffffffffffffffffffffffffffffff:65535 ffffffffffffffffffffffffffffffff:65535 +104"},
      {"PROXY UNKNOWN\r\n", "v1 - - +15"},
      {"PROXY UNKNOWN \r\n", "v1 - - +16"},
      {"PROXY UNKNOWN what follows  is ignored\r\n", "v1 - - +40"},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(parse(row.line) == row.found);
    CHECK(parse(std::string{row.line} + "GET / HTTP/1.1\r\n") == row.found);
    CHECK(parse(row.line.substr(0, row.line.size() - 1)) == "more");
  }
  const std::string longest = "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n";
  CHECK(longest.size() == proxy_line_max);
  CHECK(parse(longest) == "v1 - - +107");
}

TEST_CASE("what is no header of version 1", "[wire][proxy]") {
  struct Row {
    std::string_view line;
    ProxyError error;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\n\r\n", ProxyError::no_header},
      {"proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", ProxyError::no_header},
      {"PROXY\tTCP4 1.2.3.4 1.2.3.4 1 2\r\n", ProxyError::no_header},
      {" PROXY UNKNOWN\r\n", ProxyError::no_header},
      {"PROXY\r\n", ProxyError::no_header},
      {"PROXY \r\n", ProxyError::bad_line},
      {"PROXY UNKNOWN\n", ProxyError::bad_line},
      {"PROXY UNKNOWN x\rx\r\n", ProxyError::bad_line},
      {"PROXY UNKNOWNX\r\n", ProxyError::bad_line},
      {"PROXY  UNKNOWN\r\n", ProxyError::bad_line},
      {"PROXY unknown\r\n", ProxyError::bad_line},
      {"PROXY TCP 1.2.3.4 1.2.3.4 1 2\r\n", ProxyError::bad_line},
      {"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", ProxyError::bad_line},
      {"PROXY TCP4\r\n", ProxyError::bad_line},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", ProxyError::bad_line},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", ProxyError::bad_line},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", ProxyError::bad_line},
      {"PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", ProxyError::bad_line},
      {"PROXY TCP4 1.2.3.4  1.2.3.4 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4\t1 2 3\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 99999\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 123456\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2x\r\n", ProxyError::bad_address},
      {"PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 ::1%eth0 ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 [::1] ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 ::1::2 ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 1:2:3:4:5:6:7:8:: ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 1:2:3:4:5:6:7:1.2.3.4 ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 12345:: ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 : ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 1: ::1 1 2\r\n", ProxyError::bad_address},
      {"PROXY TCP6 ::: ::1 1 2\r\n", ProxyError::bad_address},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(parse(row.line) == refusal(row.error));
  }
  CHECK(parse("PROXY UNKNOWN " + std::string(92, 'x') + "\r\n") == refusal(ProxyError::line_too_long));
  CHECK(parse("PROXY TCP4 " + std::string(5000, '1')) == refusal(ProxyError::line_too_long));
}

TEST_CASE("headers of version 2", "[wire][proxy]") {
  struct Row {
    std::string bytes;
    std::string found;
  };
  const Row rows[] = {
      {ipv4_header(), "v2 c0000207:50000 c6336401:443 +28"},
      {ipv6_header(), "v2 20010db8000000000000000000000007:50000 20010db8000000000000000000000001:443 +52"},
      {unix_header("/run/a.sock", "/run/b.sock"), "v2 '/run/a.sock' '/run/b.sock' +232"},
      {unix_header("", "\0abstract"sv), "v2 '' '\0abstract' +232"s},
      {unix_header("/a\0rest"sv, std::string(108, 'p')), "v2 '/a' '" + std::string(108, 'p') + "' +232"},
      {header(0x20, 0x00, ""), "v2 - - +16"},
      {header(0x20, 0x11, ipv4_block()), "v2 - - +28"},
      {header(0x20, 0x77, "whatever it is"), "v2 - - +30"},
      {header(0x21, 0x00, ""), "v2 - - +16"},
      {header(0x21, 0x00, element(2, "host")), "v2 - - authority host +23"},
      {ipv4_header(element(1, "h2") + element(2, "example.org") + element(5, "id-7")),
       "v2 c0000207:50000 c6336401:443 alpn h2 authority example.org id id-7 +54"},
      {ipv4_header(element(4, "") + element(4, "padding") + element(0xea, "\x01vpce-0") + element(0x30, "blue")),
       "v2 c0000207:50000 c6336401:443 +58"},
      {ipv4_header(tls_element(1)), "v2 c0000207:50000 c6336401:443 tls +46"},
      {ipv4_header(tls_element(7)), "v2 c0000207:50000 c6336401:443 tls +46"},
      {ipv4_header(tls_element(6)), "v2 c0000207:50000 c6336401:443 +46"},
      {ipv4_header(element(5, std::string(128, 'i'))),
       "v2 c0000207:50000 c6336401:443 id " + std::string(128, 'i') + " +159"},
      {ipv4_header(element(4, std::string(proxy_header_max - 31, '\0'))), "v2 c0000207:50000 c6336401:443 +4096"},
  };
  for (const Row& row : rows) {
    INFO(row.found);
    CHECK(parse(row.bytes) == row.found);
    CHECK(parse_once(row.bytes + "GET / HTTP/1.1\r\n") == row.found);
  }
}

TEST_CASE("what is no header of version 2", "[wire][proxy]") {
  struct Row {
    std::string bytes;
    ProxyError error;
  };
  std::string_view other_signature = "\r\n\r\n\0\r\nQUIT\r"sv;
  const Row rows[] = {
      {std::string{other_signature}, ProxyError::no_header},
      {"\r\nGET / HTTP/1.1\r\n", ProxyError::no_header},
      {header(0x11, 0x11, ipv4_block()), ProxyError::bad_version},
      {header(0x31, 0x11, ipv4_block()), ProxyError::bad_version},
      {header(0x22, 0x11, ipv4_block()), ProxyError::bad_command},
      {header(0x2f, 0x11, ipv4_block()), ProxyError::bad_command},
      {header(0x21, 0x12, ipv4_block()), ProxyError::bad_family},
      {header(0x21, 0x22, std::string(36, 'x')), ProxyError::bad_family},
      {header(0x21, 0x32, std::string(216, 'x')), ProxyError::bad_family},
      {header(0x21, 0x10, ipv4_block()), ProxyError::bad_family},
      {header(0x21, 0x01, ""), ProxyError::bad_family},
      {header(0x21, 0x41, ipv4_block()), ProxyError::bad_family},
      {header(0x21, 0x11, std::string(11, 'x')), ProxyError::bad_length},
      {header(0x21, 0x21, std::string(35, 'x')), ProxyError::bad_length},
      {header(0x21, 0x31, std::string(215, 'x')), ProxyError::bad_length},
      {header(0x20, 0x00, std::string(proxy_header_max - 15, '\0')), ProxyError::too_long},
      {header(0x21, 0x11, std::string(0xffff, '\0')), ProxyError::too_long},
      {ipv4_header("\x04"), ProxyError::bad_tlv},
      {ipv4_header("\x04\0"sv), ProxyError::bad_tlv},
      {ipv4_header("\x04\0\x01"sv), ProxyError::bad_tlv},
      {ipv4_header(element(4, "x") + "\x04\xff\xffx"), ProxyError::bad_tlv},
      {ipv4_header(element(2, "a") + element(2, "a")), ProxyError::bad_tlv},
      {ipv4_header(element(1, "a") + element(1, "b")), ProxyError::bad_tlv},
      {ipv4_header(tls_element(1) + tls_element(0)), ProxyError::bad_tlv},
      {ipv4_header(element(5, std::string(129, 'i'))), ProxyError::bad_tlv},
      {ipv4_header(element(0x20, "\x01\0\0\0"sv)), ProxyError::bad_tlv},
      {ipv4_header(element(0x20, "\x01\0\0\0\0\x21\0"sv)), ProxyError::bad_tlv},
      {ipv4_header(element(3, "\0\0\0"sv)), ProxyError::bad_tlv},
      {ipv4_header(element(3, "\0\0\0\0\0"sv)), ProxyError::bad_tlv},
      {ipv4_header(element(3, "\0\0\0\0"sv)), ProxyError::bad_checksum},
  };
  for (const Row& row : rows) {
    INFO(describe(row.error) << " of " << row.bytes.size() << " bytes");
    CHECK(parse(row.bytes) == refusal(row.error));
  }
}

TEST_CASE("a checksum is over the whole header, with zeros in its own place", "[wire][proxy]") {
  // Bit by bit, as plain as it can be; of "123456789" it is known.
  const auto slow_sum = [](std::string_view bytes) {
    std::uint32_t sum = 0xffffffffU;
    for (const char c : bytes) {
      sum ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) sum = (sum & 1U) != 0 ? (sum >> 1U) ^ 0x82f63b78U : sum >> 1U;
    }
    return ~sum;
  };
  CHECK(slow_sum("123456789") == 0xe3069283U);
  const std::string before = element(2, "example.org");
  const std::string behind = element(4, "more");
  const std::uint32_t sum = slow_sum(ipv4_header(before + element(3, "\0\0\0\0"sv) + behind));
  const std::string value = number(sum >> 16U) + number(sum & 0xffffU);
  const std::string good = ipv4_header(before + element(3, value) + behind);
  CHECK(parse(good) == "v2 c0000207:50000 c6336401:443 authority example.org +56");
  CHECK(parse(ipv4_header(before + element(3, value) + element(3, value))) != parse(good));
  const std::size_t type_at = ipv4_header(before).size();  // what is another element is no checksum
  for (std::size_t at = signature.size() + 2; at < good.size(); ++at) {
    if (at == type_at) continue;
    INFO("byte " << at);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    ProxyHeader header;
    CHECK(parse_proxy_header(bad + std::string(5000, '\0'), header).state == ProxyState::rejected);
  }
}
