#include <gyre/net/tls/internal/client_hello.hpp>

#include <gyre/net/tls/internal/x509.hpp>

#include <string_view>

namespace gyre::detail {
namespace {

constexpr unsigned char host_name_kind = 0;

std::size_t number_at(std::span<const unsigned char> bytes, std::size_t at) noexcept {
  return bytes[at] * std::size_t{256} + bytes[at + 1];
}

}  // namespace

std::optional<TlsAlert> read_server_name(std::span<const unsigned char> content, std::string& name) {
  name.clear();
  // A list with its length, of one entry: a kind, a length, the name. Other kinds were never defined.
  constexpr std::size_t head = 5;
  if (content.size() <= head || number_at(content, 0) != content.size() - 2) return TlsAlert::decode_error;
  if (content[2] != host_name_kind) return std::nullopt;
  if (number_at(content, 3) != content.size() - head) return TlsAlert::decode_error;
  const std::string_view text{reinterpret_cast<const char*>(content.data()) + head, content.size() - head};
  if (text.find('\0') != std::string_view::npos) return TlsAlert::illegal_parameter;
  name = normal_host(text);
  if (name.empty()) return TlsAlert::illegal_parameter;
  if (is_ip_address(name)) name.clear();
  return std::nullopt;
}

}  // namespace gyre::detail
