#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Frames of HTTP/2 as bytes, valid ones and others, for tests that speak with a server themselves (RFC 9113 4 and 6,
/// RFC 7541). Nothing here keeps any rule of the protocol: that is for those to do who are tested.
namespace h2_test {

enum class Type : std::uint8_t {
  data = 0,
  headers = 1,
  priority = 2,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
  priority_update = 16,
};

// Flags.
inline constexpr unsigned end_stream = 1;
inline constexpr unsigned ack = 1;
inline constexpr unsigned end_headers = 4;
inline constexpr unsigned padded = 8;
inline constexpr unsigned with_priority = 32;

// Settings.
inline constexpr unsigned header_table_size = 1;
inline constexpr unsigned enable_push = 2;
inline constexpr unsigned max_concurrent_streams = 3;
inline constexpr unsigned initial_window_size = 4;
inline constexpr unsigned max_frame_size = 5;
inline constexpr unsigned max_header_list_size = 6;
inline constexpr unsigned enable_connect_protocol = 8;
inline constexpr unsigned no_rfc7540_priorities = 9;

/// A number in network order, in so many bytes.
inline std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = bytes; i-- != 0;) text += static_cast<char>(value >> (8 * i) & 0xffU);
  return text;
}

/// A frame whose header says that `length` bytes follow, whatever follows.
inline std::string frame_header(std::size_t length, Type type, unsigned flags, std::uint32_t stream) {
  return number(length, 3) + number(static_cast<std::uint64_t>(type), 1) + number(flags, 1) + number(stream, 4);
}

inline std::string frame(Type type, unsigned flags, std::uint32_t stream, std::string_view payload) {
  return frame_header(payload.size(), type, flags, stream).append(payload);
}

// --- HPACK (RFC 7541) -----------------------------------------------------------------------------------------------

/// An integer behind `prefix` bits, the other bits of whose byte are `pattern` (5.1).
inline std::string hpack_integer(unsigned prefix, unsigned pattern, std::uint64_t value) {
  const std::uint64_t most = (1U << prefix) - 1;
  std::string text;
  if (value < most) return text += static_cast<char>(pattern | value);
  text += static_cast<char>(pattern | most);
  for (value -= most; value >= 128; value /= 128) text += static_cast<char>(value % 128 | 128U);
  return text += static_cast<char>(value);
}

/// A string as it is, without Huffman's code (5.2).
inline std::string hpack_string(std::string_view value) { return hpack_integer(7, 0, value.size()).append(value); }

/// An entry of the tables (6.1): from 1 on the static one, from 62 on the dynamic one.
inline std::string indexed(std::uint64_t index) { return hpack_integer(7, 0x80, index); }

/// A field that is in no table and comes into none (6.2.2).
inline std::string literal(std::string_view name, std::string_view value) {
  return std::string(1, '\0') + hpack_string(name) + hpack_string(value);
}

/// A field that comes into the dynamic table (6.2.1).
inline std::string literal_with_indexing(std::string_view name, std::string_view value) {
  return std::string(1, '\x40') + hpack_string(name) + hpack_string(value);
}

/// A field whose name is in a table (6.2.2).
inline std::string literal_with_name(std::uint64_t index, std::string_view value) {
  return hpack_integer(4, 0, index) + hpack_string(value);
}

/// A field that must never come into a table (6.2.3).
inline std::string literal_never_indexed(std::string_view name, std::string_view value) {
  return std::string(1, '\x10') + hpack_string(name) + hpack_string(value);
}

/// From here on the dynamic table has so many bytes (6.3).
inline std::string table_size(std::uint64_t bytes) { return hpack_integer(5, 0x20, bytes); }

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A header block that needs no tables.
inline std::string block(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += literal(name, value);
  return text;
}

/// The fields that each request has, and others.
inline Fields request_fields(std::string_view method, std::string_view path, const Fields& more = {}) {
  Fields fields = {
      {":method", std::string(method)}, {":scheme", "http"}, {":path", std::string(path)}, {":authority", "gyre.test"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

// --- frames ---------------------------------------------------------------------------------------------------------

inline std::string settings(std::initializer_list<std::pair<unsigned, std::uint32_t>> entries = {}) {
  std::string payload;
  for (const auto& [id, value] : entries) payload += number(id, 2) + number(value, 4);
  return frame(Type::settings, 0, 0, payload);
}
inline std::string settings_ack() { return frame(Type::settings, ack, 0, ""); }

/// What a client begins with.
inline std::string preface(std::initializer_list<std::pair<unsigned, std::uint32_t>> entries = {}) {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings(entries);
}

inline std::string headers(std::uint32_t stream, std::string_view block, unsigned flags = end_stream | end_headers) {
  return frame(Type::headers, flags, stream, block);
}
inline std::string headers(std::uint32_t stream, const Fields& fields, unsigned flags = end_stream | end_headers) {
  return headers(stream, std::string_view(block(fields)), flags);
}
inline std::string get(std::uint32_t stream, std::string_view path = "/", const Fields& more = {}) {
  return headers(stream, request_fields("GET", path, more));
}
/// A request whose body follows.
inline std::string post(std::uint32_t stream, std::string_view path = "/", const Fields& more = {}) {
  return headers(stream, request_fields("POST", path, more), end_headers);
}

inline std::string continuation(std::uint32_t stream, std::string_view block, unsigned flags = end_headers) {
  return frame(Type::continuation, flags, stream, block);
}
inline std::string data(std::uint32_t stream, std::string_view bytes, unsigned flags = end_stream) {
  return frame(Type::data, flags, stream, bytes);
}
inline std::string padded_data(std::uint32_t stream, std::string_view bytes, std::size_t padding, unsigned flags) {
  const std::string payload = number(padding, 1).append(bytes).append(padding, '\0');
  return frame(Type::data, flags | padded, stream, payload);
}
inline std::string rst_stream(std::uint32_t stream, std::uint32_t error) {
  return frame(Type::rst_stream, 0, stream, number(error, 4));
}
inline std::string window_update(std::uint32_t stream, std::uint32_t bytes) {
  return frame(Type::window_update, 0, stream, number(bytes, 4));
}
inline std::string ping(unsigned flags = 0) { return frame(Type::ping, flags, 0, "12345678"); }
inline std::string goaway(std::uint32_t last, std::uint32_t error) {
  return frame(Type::goaway, 0, 0, number(last, 4) + number(error, 4));
}
/// As RFC 7540 had it.
inline std::string priority(std::uint32_t stream, std::uint32_t parent = 0) {
  return frame(Type::priority, 0, stream, number(parent, 4) + number(15, 1));
}
/// RFC 9218 7.1.
inline std::string priority_update(std::uint32_t stream, std::string_view value) {
  return frame(Type::priority_update, 0, 0, number(stream, 4).append(value));
}

// --- reading --------------------------------------------------------------------------------------------------------

struct ReadFrame {
  Type type;
  unsigned flags;
  std::uint32_t stream;
  std::string payload;

  /// A number in the payload.
  std::uint32_t at(std::size_t offset, std::size_t bytes = 4) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<unsigned char>(payload.at(offset + i));
    return value;
  }
  bool operator==(const ReadFrame&) const = default;
};

/// The complete frames at the beginning of `bytes`, which are removed there.
inline std::vector<ReadFrame> take_frames(std::string& bytes) {
  std::vector<ReadFrame> frames;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  while (bytes.size() >= 9) {
    const std::size_t length = byte(0) << 16U | byte(1) << 8U | byte(2);
    if (bytes.size() < 9 + length) break;
    const std::uint32_t stream = (byte(5) & 127U) << 24U | byte(6) << 16U | byte(7) << 8U | byte(8);
    frames.push_back({static_cast<Type>(byte(3)), byte(4), stream, bytes.substr(9, length)});
    bytes.erase(0, 9 + length);
  }
  return frames;
}
inline std::vector<ReadFrame> read_frames(std::string bytes) { return take_frames(bytes); }

/// "HEADERS 1 END_STREAM", "DATA 1 13", "RST_STREAM 1 8", "GOAWAY 0 1 11": what a frame is, for comparing.
inline std::string describe(const ReadFrame& frame) {
  const std::string stream = " " + std::to_string(frame.stream);
  const std::string end = (frame.flags & end_stream) != 0 ? " END_STREAM" : "";
  switch (frame.type) {
    case Type::data: return "DATA" + stream + " " + std::to_string(frame.payload.size()) + end;
    case Type::headers: return "HEADERS" + stream + end;
    case Type::priority: return "PRIORITY" + stream;
    case Type::rst_stream: return "RST_STREAM" + stream + " " + std::to_string(frame.at(0));
    case Type::settings: return (frame.flags & ack) != 0 ? "SETTINGS ACK" : "SETTINGS";
    case Type::push_promise: return "PUSH_PROMISE" + stream;
    case Type::ping: return (frame.flags & ack) != 0 ? "PING ACK" : "PING";
    case Type::goaway: return "GOAWAY " + std::to_string(frame.at(0)) + " " + std::to_string(frame.at(4));
    case Type::window_update: return "WINDOW_UPDATE" + stream + " " + std::to_string(frame.at(0));
    case Type::continuation: return "CONTINUATION" + stream;
    case Type::priority_update: return "PRIORITY_UPDATE";
  }
  return "type " + std::to_string(static_cast<unsigned>(frame.type)) + stream;
}
/// One description a line.
inline std::vector<std::string> describe(const std::string& bytes) {
  std::vector<std::string> lines;
  for (const ReadFrame& frame : read_frames(bytes)) lines.push_back(describe(frame));
  return lines;
}

}  // namespace h2_test
