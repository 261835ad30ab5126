// The reader of PROXY headers under any bytes: what it says of the first bytes it says of more of them, all views lie
// inside, no limit is passed, and addresses of version 1 are what the system takes for addresses. A first byte 2 puts
// the signature of version 2 before the rest, which no fuzzer would find so soon.
#include <gyre/base/assert.hpp>
#include <gyre/wire/proxy_header.hpp>

#include <arpa/inet.h>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace gyre::wire;
using namespace std::string_view_literals;

void check_view(std::string_view bytes, std::string_view view) {
  if (view.empty()) return;
  GYRE_ASSERT(view.data() >= bytes.data() && view.data() + view.size() <= bytes.data() + bytes.size());
}

void check_header(std::string_view bytes, const ProxyHeader& header) {
  GYRE_ASSERT(header.version == 1 || header.version == 2);
  GYRE_ASSERT(bytes.size() <= (header.version == 1 ? proxy_line_max : proxy_header_max));
  for (const std::string_view view :
       {header.alpn, header.authority, header.unique_id, header.source.path, header.destination.path}) {
    check_view(bytes, view);
    GYRE_ASSERT(header.version == 2 || view.empty());
  }
  GYRE_ASSERT(header.unique_id.size() <= 128 && header.source.path.size() <= 108);
  GYRE_ASSERT(header.family == ProxyFamily::unix_socket || header.source.path.empty());
}

/// Reads the first `size` bytes from a block of exactly that size.
ProxyOutcome parse(std::string_view bytes, std::size_t size) {
  const std::unique_ptr<char[]> block(new char[size]);
  if (size != 0) std::memcpy(block.get(), bytes.data(), size);
  ProxyHeader header;
  const ProxyOutcome outcome = parse_proxy_header({block.get(), size}, header);
  GYRE_ASSERT((outcome.state == ProxyState::rejected) == (outcome.error != ProxyError::none));
  GYRE_ASSERT((outcome.state == ProxyState::complete) == (outcome.size != 0) && outcome.size <= size);
  if (outcome.state == ProxyState::complete) check_header({block.get(), outcome.size}, header);
  return outcome;
}

/// Against the system's reader of addresses.
void check_addresses(std::string_view line) {
  constexpr std::string_view begin = "PROXY TCP4 ";
  if (line.substr(0, 9) != begin.substr(0, 9) || line.size() < begin.size()) return;
  const std::string_view rest = line.substr(begin.size());
  const std::string source{rest.substr(0, rest.find_first_of(" \r\n"))};
  if (source.size() > 45 || source.find('\0') != std::string::npos) return;
  const std::string whole = std::string{line.substr(0, begin.size())} + source + " " + source + " 1 2\r\n";
  ProxyHeader header;
  const ProxyOutcome outcome = parse_proxy_header(whole, header);
  std::byte expected[16] = {};
  if (whole[9] == '4' && whole[10] == ' ') {
    const bool good = ::inet_pton(AF_INET, source.c_str(), expected) == 1;
    GYRE_ASSERT(good == (outcome.state == ProxyState::complete));
    GYRE_ASSERT(!good || std::equal(expected, expected + 4, header.source.ip.begin()));
  } else if (whole[9] == '6' && whole[10] == ' ') {
    const bool good = ::inet_pton(AF_INET6, source.c_str(), expected) == 1;
    GYRE_ASSERT(good == (outcome.state == ProxyState::complete));
    GYRE_ASSERT(!good || std::equal(expected, expected + 16, header.source.ip.begin()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 5000) return 0;
  std::string bytes{reinterpret_cast<const char*>(data), size};
  if (data[0] == 2) bytes.replace(0, 1, "\r\n\r\n\0\r\nQUIT\n"sv);
  const ProxyOutcome whole = parse(bytes, bytes.size());
  bool over = false;
  const std::size_t steps = std::min<std::size_t>(bytes.size(), 300);
  for (std::size_t cut = 0; cut <= steps; ++cut) {
    const ProxyOutcome part = parse(bytes, cut);
    GYRE_ASSERT(!over || part.state != ProxyState::more);
    over = part.state != ProxyState::more;
    if (!over) continue;
    GYRE_ASSERT(part.state == whole.state && part.size == whole.size && part.error == whole.error);
  }
  check_addresses(bytes);
  return 0;
}
