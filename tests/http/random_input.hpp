#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace gyre::test::mixed {

/// Makes inputs for `run` from a seed: a plan, and requests of all kinds, most of them well formed.
class RandomInput {
 public:
  explicit RandomInput(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U) { make(); }
  const std::string& text() const noexcept { return text_; }

 private:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % limit;
  }
  bool one_in(std::size_t count) { return below(count) == 0; }
  char byte() { return static_cast<char>(below(256)); }
  std::string_view pick(std::string_view words) {
    std::size_t chosen = below(1 + static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')));
    for (; chosen > 0; --chosen) words.remove_prefix(words.find(' ') + 1);
    return words.substr(0, words.find(' '));
  }

  void make() {
    for (int index = 0; index < 8; ++index) text_ += byte();
    text_[5] = static_cast<char>(one_in(3) ? below(60) : 0);        // bytes that are not sent
    if (!one_in(3)) text_[6] = 0;                                   // no stop in the middle
    if (!one_in(3)) text_[1] = static_cast<char>(text_[1] | 0x18);  // room in the pipes
    const std::size_t count = 1 + below(8);
    for (std::size_t index = 0; index < count; ++index) make_request(one_in(8) && index + 1 == count);
    if (one_in(10)) text_[8 + below(text_.size() - 8)] = byte();
    if (one_in(10)) text_.insert(8 + below(text_.size() - 8), 1, byte());
  }

  void make_request(bool last) {
    constexpr std::string_view letters = "pjeznktwricxyIWDdabfghlmoSsALMNTqBGVFHCU";
    const char letter = letters[below(letters.size())];
    const bool has_body = one_in(3);
    const bool old = one_in(12);
    std::string line{has_body ? pick("POST PUT GET DELETE") : pick("GET GET GET HEAD OPTIONS DELETE")};
    line += " /";
    line += letter;
    const std::string_view number = pick("x 1 2 3 5 10 30 50 150 300 2000");
    line += letter == 'n' ? pick("200 204 304 404 100 500") : number;
    line += old ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    text_ += line + "Host: a\r\n";
    if (last || one_in(20)) text_ += "Connection: close\r\n";
    if (old && one_in(2)) text_ += "Connection: keep-alive\r\n";
    if (letter == 'U' && !one_in(3)) text_ += "Connection: upgrade\r\nUpgrade: echo\r\n";
    if (letter == 'q' && one_in(2)) text_ += "Accept: text/x\r\n";
    if (one_in(16)) text_ += "X-Long: " + std::string(below(200), 'l') + "\r\n";
    if (has_body) {
      make_body(old);
    } else {
      text_ += "\r\n";
    }
    if (letter == 'U') text_ += "bytes of a session";
  }

  void make_body(bool old) {
    if (!old && one_in(4)) text_ += "Expect: 100-continue\r\n";
    const std::size_t size = one_in(4) ? below(600) : below(40);
    const std::string body(size, static_cast<char>('a' + below(26)));
    if (old || one_in(2)) {
      text_ += "Content-Length: " + std::to_string(size) + "\r\n\r\n" + body;
      return;
    }
    text_ += "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < size;) {
      const std::string piece = body.substr(at, 1 + below(60));
      constexpr std::string_view digits = "0123456789abcdef";
      text_ += digits[piece.size() >> 4U];
      text_ += digits[piece.size() & 15U];
      text_ += one_in(10) ? ";x=y\r\n" : "\r\n";
      text_ += piece + "\r\n";
      at += piece.size();
    }
    text_ += one_in(5) ? "0\r\nX-Trailer: yes\r\n\r\n" : "0\r\n\r\n";
  }

  std::uint64_t state_;
  std::string text_;
};

}  // namespace gyre::test::mixed
