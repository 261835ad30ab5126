#pragma once

#include "h2_site.hpp"

#include <string>
#include <vector>

/// The strictness of the HTTP/2 server as a table: frames in, frames out.
namespace gyre::test::h2 {

/// What the client has said before the case begins.
enum class Begin : unsigned char {
  greeted,  ///< Preface, SETTINGS and the acknowledgement of the server's.
  bare,     ///< Nothing.
};

/// What the server is set to.
enum class Preset : unsigned char {
  usual,    ///< The defaults.
  untabled  ///< SETTINGS_HEADER_TABLE_SIZE of 0.
};

/// What a client sends, and what becomes of it, however the bytes are cut.
struct Case {
  std::string what;
  /// Behind each the server has said all that it has to say. (In between is a PING.)
  std::vector<std::string> steps;
  /// Everything of the server but its preface and WINDOW_UPDATE:
  ///  "1:200(5)": an answer with its bytes, "1:200(5)+": one that is not complete, "1:100": an interim one;
  ///  "RST 1 CANCEL", "GOAWAY CANCEL", "PONG", "ACK" (of SETTINGS), "HTTP/1.1 400";
  /// and at last "alive" (the connection answers a PING) or "ended" (by the server).
  std::string outcome;
  Begin begin = Begin::greeted;
  Preset preset = Preset::usual;
};

struct Topic {
  const char* name;  ///< Its section.
  std::vector<Case> cases;
};

/// `bytes` with the reserved bit of the first frame set.
inline std::string reserved(std::string bytes) {
  bytes[5] = static_cast<char>(static_cast<unsigned char>(bytes[5]) | 0x80U);
  return bytes;
}

/// A header block that is sent as a HEADERS frame which ends the stream.
inline std::string get_block(std::string_view block, std::uint32_t stream = 1) { return headers(stream, block); }

/// HEADERS with the fields that RFC 7540 had for priorities.
inline std::string weighted(std::uint32_t stream, std::uint32_t parent, unsigned flags = end_stream | end_headers) {
  return headers(stream, std::string_view(number(parent, 4) + number(15, 1) + plain_block()), flags | with_priority);
}

/// A request that its handler never answers, and whose body may follow.
inline std::string held_post(std::uint32_t stream) { return post(stream, "/hold"); }

}  // namespace gyre::test::h2
