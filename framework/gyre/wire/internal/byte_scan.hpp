#pragma once

#include <gyre/wire/internal/characters.hpp>

#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gyre::wire::internal {

/// The searches of the head scanner, a byte at a time. Each looks at [position, end) and returns the first byte
/// that is not of the kind, or `end`. `floor` is where the readable bytes begin, at or before `position`.
struct ScalarScan {
  /// Ends at the first byte that a field value must not hold (a control but HTAB, DEL): in a good line, its CR.
  static const char* value_end(const char* position, const char* end, const char* /*floor*/) noexcept {
    while (position != end && !is_class(*position, char_control)) ++position;
    return position;
  }

  /// Ends at the first byte that is no token character: in a good line, the colon.
  static const char* name_end(const char* position, const char* end, const char* /*floor*/) noexcept {
    while (position != end && is_token_char(*position)) ++position;
    return position;
  }

  /// Ends at the first byte that is no letter, digit, "-" or ".": nearly every host is made of these.
  static const char* host_end(const char* position, const char* end, const char* /*floor*/) noexcept {
    const auto is_usual = [](char c) { return is_class(c, char_alphanumeric) || c == '-' || c == '.'; };
    while (position != end && is_usual(*position)) ++position;
    return position;
  }

  /// Ends at the first byte that is not visible ASCII or is "#": in a good line, the space. `question` becomes the
  /// place of the first "?" before it, if there is one.
  static const char* target_end(const char* position, const char* end, const char* /*floor*/,
                                const char*& question) noexcept {
    for (; position != end && is_class(*position, char_target); ++position) {
      if (*position == '?' && question == nullptr) question = position;
    }
    return position;
  }
};

#if defined(__SSE2__)

/// The same with 16 bytes at a time. SSE2 is part of every x86-64, so nothing is dispatched. It never reads outside
/// [floor, end): the last bytes are read with those before them, or singly if there are not 16.
struct Sse2Scan {
  static const char* value_end(const char* position, const char* end, const char* floor) noexcept {
    const auto stops = [](__m128i bytes) {
      const __m128i control = _mm_cmpeq_epi8(_mm_subs_epu8(bytes, _mm_set1_epi8(0x1f)), _mm_setzero_si128());
      const __m128i tab = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
      const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
      return mask(_mm_or_si128(_mm_andnot_si128(tab, control), del));
    };
    for (; end - position >= 32; position += 32) {  // values are the longest part of a head
      const unsigned found = stops(load(position)) | stops(load(position + 16)) << 16U;
      if (found != 0) return position + __builtin_ctz(found);
    }
    if (end - position >= 16) {
      if (const unsigned found = stops(load(position)); found != 0) return position + __builtin_ctz(found);
      position += 16;
    }
    if (end - floor < 16) return ScalarScan::value_end(position, end, floor);
    return in_tail(stops(load(end - 16)), position, end);
  }

  static const char* name_end(const char* position, const char* end, const char* floor) noexcept {
    // The colon alone decides where to go on, which keeps the chain of dependent instructions short; whether all before
    // it is letters, digits and "-" is asked beside it. What has rarer token characters is left to the scalar twin.
    for (const char* block = position; end - block >= 16; block += 16) {
      const __m128i bytes = load(block);
      const unsigned colon = mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
      const __m128i hyphen = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-'));
      const unsigned other = mask(_mm_or_si128(alphanumeric(bytes), hyphen)) ^ 0xffffU;
      if (colon == 0 && other == 0) continue;
      if ((other & below(colon)) != 0) break;
      return block + __builtin_ctz(colon);
    }
    return ScalarScan::name_end(position, end, floor);
  }

  static const char* host_end(const char* position, const char* end, const char* floor) noexcept {
    const auto stops = [](__m128i bytes) {
      const __m128i mark =
          _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
      return mask(_mm_or_si128(alphanumeric(bytes), mark)) ^ 0xffffU;
    };
    for (; end - position >= 16; position += 16) {
      if (const unsigned found = stops(load(position)); found != 0) return position + __builtin_ctz(found);
    }
    if (end - floor < 16) return ScalarScan::host_end(position, end, floor);
    return in_tail(stops(load(end - 16)), position, end);
  }

  static const char* target_end(const char* position, const char* end, const char* floor,
                                const char*& question) noexcept {
    const auto stops = [](__m128i bytes) {
      // Signed compares: bytes above 0x7f are negative and so not greater than a space.
      const __m128i visible =
          _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)), _mm_cmpgt_epi8(bytes, _mm_set1_epi8(0x20)));
      return mask(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('#')), visible)) ^ 0xffffU;
    };
    for (; end - position >= 16; position += 16) {
      const __m128i bytes = load(position);
      const unsigned found = stops(bytes);
      if (const unsigned marks = mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('?'))); marks != 0 && question == nullptr) {
        const unsigned before = marks & below(found);
        if (before != 0) question = position + __builtin_ctz(before);
      }
      if (found != 0) return position + __builtin_ctz(found);
    }
    return ScalarScan::target_end(position, end, floor, question);
  }

 private:
  static __m128i load(const char* position) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(position));
  }
  static unsigned mask(__m128i bytes) noexcept { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }

  /// The bits below the lowest that is set; all if none is.
  static unsigned below(unsigned bits) noexcept { return (bits - 1) & ~bits; }

  static __m128i alphanumeric(__m128i bytes) noexcept {
    const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i letter =
        _mm_and_si128(_mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)), _mm_cmplt_epi8(lower, _mm_set1_epi8('z' + 1)));
    const __m128i digit =
        _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
    return _mm_or_si128(letter, digit);
  }

  /// The first hit of a block that ends at `end` and began before `position`.
  static const char* in_tail(unsigned found, const char* position, const char* end) noexcept {
    found >>= 16 - static_cast<unsigned>(end - position);
    return found == 0 ? end : position + __builtin_ctz(found);
  }
};

using Scan = Sse2Scan;

#else

using Scan = ScalarScan;

#endif

}  // namespace gyre::wire::internal
