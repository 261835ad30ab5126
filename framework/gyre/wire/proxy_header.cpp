#include <gyre/wire/proxy_header.hpp>

#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/crc32c.hpp>
#include <gyre/wire/internal/ip_text.hpp>

#include <algorithm>
#include <cstring>

namespace gyre::wire {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view line_begin = "PROXY ";
constexpr std::string_view signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t fixed_size = 16;  // signature, version and command, family and transport, length

ProxyOutcome rejected(ProxyError error) noexcept { return {ProxyState::rejected, 0, error}; }

bool can_begin(std::string_view bytes, std::string_view begin) noexcept {
  const std::size_t size = std::min(bytes.size(), begin.size());
  return bytes.substr(0, size) == begin.substr(0, size);
}

// --- version 1 -------------------------------------------------------------------------------------------------------

/// Cuts off what stands before the next blank; all of it if there is none.
std::string_view take_word(std::string_view& rest) noexcept {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

bool parse_port(std::string_view text, std::uint16_t& port) noexcept {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return false;
  unsigned value = 0;
  for (const char c : text) {
    if (!internal::is_digit(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  port = static_cast<std::uint16_t>(value);
  return value <= UINT16_MAX;
}

bool parse_ip(std::string_view text, ProxyFamily family, ProxyAddress& address) noexcept {
  const std::span<std::byte, 16> ip{address.ip};
  return family == ProxyFamily::ipv4 ? internal::parse_ipv4(text, ip.first<4>()) : internal::parse_ipv6(text, ip);
}

/// What stands between "PROXY " and the CRLF.
ProxyError read_line(std::string_view rest, ProxyHeader& header) noexcept {
  const bool five = std::count(rest.begin(), rest.end(), ' ') == 4 && rest.back() != ' ';
  const std::string_view protocol = take_word(rest);
  if (protocol == "UNKNOWN") return ProxyError::none;
  if ((protocol != "TCP4" && protocol != "TCP6") || !five) return ProxyError::bad_line;
  header.family = protocol == "TCP4" ? ProxyFamily::ipv4 : ProxyFamily::ipv6;
  const bool addresses = parse_ip(take_word(rest), header.family, header.source) &&
                         parse_ip(take_word(rest), header.family, header.destination);
  const bool ports =
      addresses && parse_port(take_word(rest), header.source.port) && parse_port(rest, header.destination.port);
  return ports ? ProxyError::none : ProxyError::bad_address;
}

ProxyOutcome parse_line(std::string_view bytes, ProxyHeader& header) noexcept {
  const std::string_view most = bytes.substr(0, proxy_line_max);
  const std::size_t end = most.find_first_of("\r\n");
  if (end != std::string_view::npos && most[end] == '\n') return rejected(ProxyError::bad_line);
  if (end == std::string_view::npos || end + 1 == most.size()) {
    return most.size() == proxy_line_max ? rejected(ProxyError::line_too_long) : ProxyOutcome{};
  }
  if (most[end + 1] != '\n') return rejected(ProxyError::bad_line);
  if (end <= line_begin.size()) return rejected(ProxyError::bad_line);
  const ProxyError error = read_line(most.substr(line_begin.size(), end - line_begin.size()), header);
  if (error != ProxyError::none) return rejected(error);
  header.version = 1;
  return {ProxyState::complete, end + 2};
}

// --- version 2 -------------------------------------------------------------------------------------------------------

unsigned byte_at(std::string_view bytes, std::size_t index) noexcept {
  return static_cast<unsigned char>(bytes[index]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t index) noexcept {
  return static_cast<std::uint16_t>(byte_at(bytes, index) << 8U | byte_at(bytes, index + 1));
}

/// Both addresses and both ports of an IP family.
void read_ip(std::string_view block, std::size_t size, ProxyHeader& header) noexcept {
  std::memcpy(header.source.ip.data(), block.data(), size);
  std::memcpy(header.destination.ip.data(), block.data() + size, size);
  header.source.port = number_at(block, 2 * size);
  header.destination.port = number_at(block, 2 * size + 2);
}

/// What is behind a path's NUL means nothing; an abstract name, which begins with one, is padded with them.
std::string_view read_path(std::string_view field) noexcept {
  if (field.front() != '\0') return field.substr(0, field.find('\0'));
  return field.substr(0, field.find_last_not_of('\0') + 1);
}

/// Goes over type, length, value, ... and says whether they fill the bytes.
class Elements {
 public:
  explicit Elements(std::string_view bytes) noexcept : rest_(bytes) {}
  bool next() noexcept {
    constexpr std::size_t head = 3;
    if (rest_.size() < head || rest_.size() - head < number_at(rest_, 1)) return false;
    type_ = byte_at(rest_, 0);
    value_ = rest_.substr(head, number_at(rest_, 1));
    rest_.remove_prefix(head + value_.size());
    return true;
  }
  bool at_end() const noexcept { return rest_.empty(); }
  unsigned type() const noexcept { return type_; }
  std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  unsigned type_ = 0;
  std::string_view value_;
};

/// The client's flags, what became of its certificate, and elements of its own.
bool read_tls(std::string_view value, ProxyHeader& header) noexcept {
  constexpr std::size_t before_elements = 5;
  if (value.size() < before_elements) return false;
  header.tls = (byte_at(value, 0) & 1U) != 0;
  Elements elements{value.substr(before_elements)};
  while (elements.next()) {
  }
  return elements.at_end();
}

ProxyError check_sum(std::string_view bytes, std::string_view value) noexcept {
  if (value.size() != 4) return ProxyError::bad_tlv;
  const auto before = static_cast<std::size_t>(value.data() - bytes.data());
  internal::Crc32c sum;
  sum.add(bytes.substr(0, before));
  sum.add_zeros(value.size());
  sum.add(bytes.substr(before + value.size()));
  const std::uint32_t given = std::uint32_t{number_at(value, 0)} << 16U | number_at(value, 2);
  return sum.value() == given ? ProxyError::none : ProxyError::bad_checksum;
}

/// The elements behind the addresses. Those that mean something here stand at most once.
ProxyError read_elements(std::string_view bytes, std::size_t begin, ProxyHeader& header) noexcept {
  enum Type : unsigned { alpn = 1, authority = 2, checksum = 3, unique_id = 5, tls = 0x20 };
  constexpr std::size_t unique_id_max = 128;
  std::uint64_t seen = 0;
  ProxyError error = ProxyError::none;
  Elements elements{bytes.substr(begin)};
  while (error == ProxyError::none && elements.next()) {
    const std::string_view value = elements.value();
    bool good = true;
    switch (elements.type()) {
      case alpn: header.alpn = value; break;
      case authority: header.authority = value; break;
      case checksum: error = check_sum(bytes, value); break;
      case unique_id:
        header.unique_id = value;
        good = value.size() <= unique_id_max;
        break;
      case tls: good = read_tls(value, header); break;
      default: continue;
    }
    const std::uint64_t bit = std::uint64_t{1} << elements.type();
    if (!good || (seen & bit) != 0) return ProxyError::bad_tlv;
    seen |= bit;
  }
  if (error != ProxyError::none) return error;
  return elements.at_end() ? ProxyError::none : ProxyError::bad_tlv;
}

struct Layout {
  ProxyFamily family;
  std::size_t size;
};

/// Of what follows the fixed part; false for a family that has no place on a stream.
bool find_layout(unsigned family_and_transport, Layout& layout) noexcept {
  switch (family_and_transport) {
    case 0x00: layout = {ProxyFamily::none, 0}; return true;
    case 0x11: layout = {ProxyFamily::ipv4, 12}; return true;
    case 0x21: layout = {ProxyFamily::ipv6, 36}; return true;
    case 0x31: layout = {ProxyFamily::unix_socket, 216}; return true;
    default: return false;
  }
}

void read_addresses(std::string_view block, ProxyHeader& header) noexcept {
  switch (header.family) {
    case ProxyFamily::none: break;
    case ProxyFamily::ipv4: read_ip(block, 4, header); break;
    case ProxyFamily::ipv6: read_ip(block, 16, header); break;
    case ProxyFamily::unix_socket:
      header.source.path = read_path(block.substr(0, block.size() / 2));
      header.destination.path = read_path(block.substr(block.size() / 2));
      break;
  }
}

/// Each byte is looked at as soon as it is there, so that the first fault is the same however they arrive.
ProxyOutcome parse_binary(std::string_view bytes, ProxyHeader& header) noexcept {
  constexpr std::size_t version_at = signature.size();
  if (bytes.size() <= version_at) return {};
  if (byte_at(bytes, version_at) >> 4U != 2) return rejected(ProxyError::bad_version);
  const unsigned command = byte_at(bytes, version_at) & 15U;
  if (command > 1) return rejected(ProxyError::bad_command);
  const bool local = command == 0;
  if (bytes.size() <= version_at + 1) return {};
  Layout layout{ProxyFamily::none, 0};
  if (!local && !find_layout(byte_at(bytes, version_at + 1), layout)) return rejected(ProxyError::bad_family);
  if (bytes.size() < fixed_size) return {};
  const std::size_t length = number_at(bytes, version_at + 2);
  if (length < layout.size) return rejected(ProxyError::bad_length);
  if (fixed_size + length > proxy_header_max) return rejected(ProxyError::too_long);
  if (bytes.size() < fixed_size + length) return {};

  bytes = bytes.substr(0, fixed_size + length);
  header.version = 2;
  header.family = layout.family;
  read_addresses(bytes.substr(fixed_size, layout.size), header);
  if (!local) {
    const ProxyError error = read_elements(bytes, fixed_size + layout.size, header);
    if (error != ProxyError::none) return rejected(error);
  }
  return {ProxyState::complete, bytes.size()};
}

}  // namespace

std::string_view describe(ProxyError error) noexcept {
  switch (error) {
    case ProxyError::none: return "no error";
    case ProxyError::no_header: return "no PROXY header";
    case ProxyError::line_too_long: return "a PROXY line without an end";
    case ProxyError::bad_line: return "a PROXY line with other fields than it may have";
    case ProxyError::bad_address: return "a PROXY line with a bad address or port";
    case ProxyError::bad_version: return "an unknown version of the PROXY protocol";
    case ProxyError::bad_command: return "an unknown command of the PROXY protocol";
    case ProxyError::bad_family: return "an unknown or unfit address family in a PROXY header";
    case ProxyError::bad_length: return "a PROXY header shorter than its addresses";
    case ProxyError::too_long: return "a PROXY header that is too long";
    case ProxyError::bad_tlv: return "a PROXY header with a malformed element";
    case ProxyError::bad_checksum: return "a PROXY header with another checksum";
  }
  return "no error";
}

ProxyOutcome parse_proxy_header(std::string_view bytes, ProxyHeader& header) noexcept {
  header = {};
  const bool line = can_begin(bytes, line_begin);
  if (!line && !can_begin(bytes, signature)) return rejected(ProxyError::no_header);
  if (bytes.size() < line_begin.size()) return {};
  return line ? parse_line(bytes, header) : parse_binary(bytes, header);
}

}  // namespace gyre::wire
