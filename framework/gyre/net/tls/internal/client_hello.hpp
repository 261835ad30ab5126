#pragma once

#include <gyre/net/tls/alert.hpp>

#include <optional>
#include <span>
#include <string>

namespace gyre::detail {

/// Reads the content of a server_name extension (RFC 6066 3) into `name`, in lower case: empty if it names no host, or
/// an IP address, which it should not. What is wrong with it, if something is.
std::optional<TlsAlert> read_server_name(std::span<const unsigned char> content, std::string& name);

}  // namespace gyre::detail
