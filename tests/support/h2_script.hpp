#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "h2_frames.hpp"

namespace h2_test {

/// Makes a peer's frames out of any bytes, most of them sound ones: so whoever changes the bytes changes what is said,
/// and not only its framing. Each step takes a byte that says what comes, and those that this needs.
class Script {
 public:
  explicit Script(std::string_view input) : input_(input) {}

  bool done() const noexcept { return input_.empty(); }

  /// The bytes of the next step. Empty: a pause.
  std::string next() {
    const unsigned choice = byte();
    const unsigned detail = choice >> 4U;
    switch (choice & 15U) {
      case 0:
      case 1: return request(detail, end_stream | end_headers);
      case 2: return request(detail, end_headers);
      case 3: return data(pick(), std::string(byte() * (detail + 1), 'd'), detail % 2);
      case 4: return headers(pick(), trailers(detail), detail < 12 ? end_stream | end_headers : end_headers);
      case 5: return rst_stream(pick(), detail);
      case 6: return window_update(detail % 4 == 0 ? 0 : pick(), amount());
      case 7: return settings({{detail % 10, amount()}});
      case 8: return detail % 4 == 0 ? settings_ack() : ping(detail & 1U);
      case 9:
        return detail % 2 == 0 ? priority(pick(), byte()) : priority_update(pick(), detail % 3 == 0 ? "u=1" : "i,x");
      case 10: return split_request(detail);
      case 11: return headers(fresh(), std::string_view(take(byte())), end_stream | end_headers);
      case 12: return padded_data(pick(), std::string(detail, 'p'), byte(), detail % 2);
      case 13: return any_frame();
      case 14: return detail == 15 ? goaway(0, byte()) : take(detail);
      default: return {};
    }
  }

 private:
  unsigned byte() {
    if (input_.empty()) return 0;
    const auto value = static_cast<unsigned char>(input_.front());
    input_.remove_prefix(1);
    return value;
  }
  std::string take(std::size_t size) {
    const std::string bytes(input_.substr(0, size));
    input_.remove_prefix(bytes.size());
    return bytes;
  }
  std::uint32_t fresh() { return 2 * opened_++ + 1; }
  /// One that is open, perhaps, or the next one.
  std::uint32_t pick() {
    const unsigned back = byte();
    if (back == 0xff) return 0;
    return 2 * (opened_ - std::min(opened_, back % 8)) + (back < 0xf0 ? 1 : 2);
  }
  std::uint32_t amount() {
    constexpr std::uint32_t all[] = {0, 1, 7, 100, 4096, 16'384, 65'535, 1 << 20, 0x7fff0000, 0x7fffffff, 0xffffffff};
    return all[byte() % std::size(all)];
  }

  std::string field_block(unsigned detail, bool has_body) {
    std::string path = "/";
    path += static_cast<char>(byte() % 94 + 33);
    path += std::to_string(byte() % 64);
    Fields more;
    switch (detail) {
      case 5: more = {{"cookie", "a=1"}, {"cookie", "b=2"}}; break;
      case 6: more = {{"content-length", std::to_string(byte())}}; break;
      case 7: more = {{"expect", "100-continue"}}; break;
      case 8: more = {{"x", std::string(byte() * 40, 'v')}}; break;
      case 9: more = {{"connection", "close"}}; break;
      case 10: more = {{"Upper", "x"}}; break;
      case 11: more = {{"priority", "u=2, i"}}; break;
      case 12: more = {{"host", "other.test"}}; break;
      case 13: more = {{"accept-encoding", "gzip"}}; break;
      default: break;
    }
    const char* const method = has_body ? "POST" : detail == 4 ? "HEAD" : detail == 14 ? "CONNECT" : "GET";
    std::string text = detail == 15 ? table_size(amount() % 5000) : std::string();
    text += block(request_fields(method, path, more));
    if (detail == 3) text += literal_with_indexing("x-kept", std::string(byte(), 'k')) + indexed(62);
    return text;
  }
  std::string request(unsigned detail, unsigned flags) {
    const std::string text = field_block(detail, (flags & end_stream) == 0);
    return headers(fresh(), std::string_view(text), flags);
  }
  std::string split_request(unsigned detail) {
    const std::string text = field_block(detail, false);
    const std::size_t cut = byte() % (text.size() + 1);
    const std::uint32_t stream = fresh();
    std::string bytes = headers(stream, std::string_view(text).substr(0, cut), end_stream);
    for (unsigned i = byte() % 4; i != 0; --i) bytes += continuation(stream, "", 0);
    const unsigned end = byte();
    if (end == 0xff) return bytes;  // it never ends
    if (end == 0xfe) bytes += ping();
    return bytes + continuation(stream, std::string_view(text).substr(cut), end_headers);
  }
  static Fields trailers(unsigned detail) {
    if (detail == 1) return {{":path", "/"}};
    if (detail == 2) return {{"content-length", "3"}};
    return {{"x-sum", "1"}};
  }
  std::string any_frame() {
    const auto type = static_cast<Type>(byte());
    const unsigned flags = byte();
    const std::uint32_t stream = pick();
    return frame(type, flags, stream, take(byte() % 32));
  }

  std::string_view input_;
  std::uint32_t opened_ = 0;
};

/// All of it.
inline std::string said_by(std::string_view input) {
  std::string bytes;
  for (Script script(input); !script.done();) bytes += script.next();
  return bytes;
}

}  // namespace h2_test
