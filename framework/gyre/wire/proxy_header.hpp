#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// The longest PROXY header of version 1, CRLF included, and the longest of version 2 that is read: its own length
/// field allows 65,551 bytes, of which addresses take 232.
inline constexpr std::size_t proxy_line_max = 107;
inline constexpr std::size_t proxy_header_max = 4096;

/// What kind of addresses a PROXY header has.
enum class ProxyFamily : std::uint8_t {
  none,  ///< No addresses: those of the connection itself count. A health check, or nothing that the proxy could say.
  ipv4,
  ipv6,
  unix_socket,
};

/// One end of the connection that a proxy tells of.
struct ProxyAddress {
  std::array<std::byte, 16> ip = {};  ///< In network order; the first four for IPv4.
  std::uint16_t port = 0;
  /// Of a Unix socket: its path, or NUL and an abstract name, or nothing.
  std::string_view path = {};
};

/// What a proxy says about the connection that it forwards. Views into the bytes that were read.
struct ProxyHeader {
  unsigned version = 0;  ///< 1 or 2.
  ProxyFamily family = ProxyFamily::none;
  ProxyAddress source;       ///< Who connected to the proxy.
  ProxyAddress destination;  ///< To where.
  // What follows comes with version 2 only, and empty if it is not there. It is the proxy's word, checked by nobody.
  std::string_view alpn;       ///< The protocol that was negotiated with the client.
  std::string_view authority;  ///< The name that the client asked for (SNI).
  std::string_view unique_id;  ///< Of the connection, at most 128 bytes.
  bool tls = false;            ///< The client came to the proxy by TLS.
};

/// Why the beginning of a connection is no PROXY header.
enum class ProxyError : std::uint8_t {
  none,
  no_header,      ///< Begins in another way.
  line_too_long,  ///< Version 1: no CRLF among the first 107 bytes.
  bad_line,       ///< Version 1: other fields, or other blanks, than the protocol has.
  bad_address,    ///< Version 1: no address or port of that family.
  bad_version,    ///< Version 2's signature, another version.
  bad_command,    ///< Neither LOCAL nor PROXY.
  bad_family,     ///< An unknown family or transport, or datagrams.
  bad_length,     ///< Shorter than the addresses of its family.
  too_long,       ///< Longer than `proxy_header_max`.
  bad_tlv,        ///< An element longer than what is left, of a length that it cannot have, or twice.
  bad_checksum,   ///< Its CRC32c is another.
};

/// A sentence for a log.
std::string_view describe(ProxyError error) noexcept;

/// What the bytes so far are.
enum class ProxyState : std::uint8_t {
  more,      ///< So far it can be one.
  complete,  ///< The first `size` bytes are one.
  rejected,  ///< It is none, whatever follows.
};

/// What `parse_proxy_header` has found: `size` if it is complete, `error` if it is rejected.
struct ProxyOutcome {
  ProxyState state = ProxyState::more;
  std::size_t size = 0;
  ProxyError error = ProxyError::none;
};

/// Reads a header of the PROXY protocol, version 1 or 2, at the beginning of `bytes`: all that has arrived so far. What
/// comes out does not depend on how they arrived. Fills `header` where the state is `complete`.
///
/// Strict: fields of version 1 are separated by one blank each and have no leading zeros. Of version 2, bytes are
/// checked up to the end of the header; elements (TLVs) that are not known are skipped. A header that says LOCAL or
/// UNKNOWN has no addresses, and what else stands in it is ignored as the protocol asks, but for its end. Datagrams are
/// refused: they come over no stream.
ProxyOutcome parse_proxy_header(std::string_view bytes, ProxyHeader& header) noexcept;

}  // namespace gyre::wire
