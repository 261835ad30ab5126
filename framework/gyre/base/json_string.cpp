#include <gyre/base/json_string.hpp>

#include <gyre/base/utf8.hpp>

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gyre {
namespace {

/// Whether the byte stands for itself: no control, quote or backslash, and not part of a longer sequence.
constexpr bool is_plain(unsigned char c) noexcept { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

char* put(char* out, std::string_view text) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_escape(char* out, unsigned char c) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view letters = "btn?fr";  // from 8 on
  *out++ = '\\';
  if (c == '"' || c == '\\') {
    *out++ = static_cast<char>(c);
  } else if (c >= 8 && c <= 13 && c != 11) {
    *out++ = letters[c - 8U];
  } else {
    out = put(out, "u00");
    *out++ = digits[c >> 4U];
    *out++ = digits[c & 15U];
  }
  return out;
}

/// Writes the one character that `text` begins with, which is not plain.
char* put_special(std::string_view& text, char* out) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  std::size_t size = 1;
  if (first < 0x80) {
    out = put_escape(out, first);
  } else if (size = utf8_sequence(text); size != 0) {
    out = put(out, text.substr(0, size));
  } else {
    out = put(out, "\\ufffd");
    size = 1;
  }
  text.remove_prefix(size);
  return out;
}

#if defined(__SSE2__)

/// A bit for each byte that is not plain.
unsigned specials(__m128i bytes) noexcept {
  // Signed: bytes of longer sequences are negative, and so less than a space.
  const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash))));
}

/// Copies the plain bytes that `text` begins with, 16 at a time, the last ones with some of those before them. Needs
/// room for 16; may write, but does not count, bytes behind them.
char* copy_plain(std::string_view& text, char* out, char* end) noexcept {
  const char* in = text.data();
  const char* const in_end = in + text.size();
  for (; in_end - in >= 16 && end - out >= 16; in += 16, out += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    if (const unsigned found = specials(bytes); found != 0) {
      const unsigned plain = static_cast<unsigned>(__builtin_ctz(found));
      text.remove_prefix(static_cast<std::size_t>(in - text.data()) + plain);
      return out + plain;
    }
  }
  const auto rest = in_end - in;
  if (rest >= 8 && rest < 16 && end - out >= 16) {
    const __m128i head = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in));
    const __m128i tail = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in_end - 8));
    if (specials(_mm_unpacklo_epi64(head, tail)) == 0) {
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out), head);
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out + rest - 8), tail);
      text = {};
      return out + rest;
    }
  }
  while (in != in_end && out != end && is_plain(static_cast<unsigned char>(*in))) *out++ = *in++;
  text.remove_prefix(static_cast<std::size_t>(in - text.data()));
  return out;
}

#else

char* copy_plain(std::string_view& text, char* out, char* end) noexcept {
  const char* in = text.data();
  const char* const in_end = in + text.size();
  while (in != in_end && out != end && is_plain(static_cast<unsigned char>(*in))) *out++ = *in++;
  text.remove_prefix(static_cast<std::size_t>(in - text.data()));
  return out;
}

#endif

}  // namespace

char* escape_json(std::string_view& text, char* out, char* end) noexcept {
  constexpr auto room = static_cast<std::ptrdiff_t>(json_escape_room);
  while (!text.empty() && end - out >= room) {
    out = copy_plain(text, out, end);
    // After a special character there are often more: letters of another script.
    while (!text.empty() && !is_plain(static_cast<unsigned char>(text.front())) && end - out >= room) {
      out = put_special(text, out);
    }
  }
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  char buffer[256];
  out += '"';
  while (!text.empty()) {
    const char* end = escape_json(text, buffer, buffer + sizeof buffer);
    out.append(buffer, static_cast<std::size_t>(end - buffer));
  }
  out += '"';
}

}  // namespace gyre
