#pragma once

#include <gyre/wire/fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gyre::wire::internal {

/// By `FieldId`, as the RFCs spell them.
inline constexpr std::array<std::string_view, field_id_count> field_names = {
    "",
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Expect",
    "Upgrade",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Allow",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "Early-Data",
    "ETag",
    "Forwarded",
    "HTTP2-Settings",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Event-ID",
    "Last-Modified",
    "Location",
    "Origin",
    "Priority",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Range",
    "Referer",
    "Retry-After",
    "Sec-Fetch-Site",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "Server",
    "Set-Cookie",
    "TE",
    "Traceparent",
    "Tracestate",
    "Trailer",
    "User-Agent",
    "Vary",
    "WWW-Authenticate",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Request-ID",
};

/// Four properties of a name that cost nothing to read and tell the known ones apart.
constexpr std::uint32_t key_of(const char* text, std::size_t size) noexcept {
  const auto lower = [](char c) { return static_cast<std::uint32_t>(static_cast<unsigned char>(c | 0x20)); };
  return static_cast<std::uint32_t>(size & 0xffU) | lower(text[0]) << 8U | lower(text[size - 1]) << 16U |
         lower(text[size / 2]) << 24U;
}

inline constexpr unsigned slot_count = 512;
constexpr unsigned slot_of(std::uint32_t key, std::uint32_t factor) noexcept { return (key * factor) >> 23U; }

inline constexpr std::array<std::uint32_t, field_id_count> field_keys = [] {
  std::array<std::uint32_t, field_id_count> result{};
  for (unsigned id = 1; id < field_id_count; ++id) {
    result[id] = key_of(field_names[id].data(), field_names[id].size());
  }
  return result;
}();

/// A factor with which no two known names share a slot.
consteval std::uint32_t find_slot_factor() {
  std::uint32_t factor = 2654435769U;
  for (;;) {
    bool taken[slot_count] = {};
    bool clash = false;
    for (unsigned id = 1; id < field_id_count && !clash; ++id) {
      bool& slot = taken[slot_of(field_keys[id], factor)];
      clash = slot;
      slot = true;
    }
    if (!clash) return factor;
    factor = factor * 1664525U + 1013904223U;
  }
}

inline constexpr std::uint32_t slot_factor = find_slot_factor();

struct KnownField {
  char lower[31];
  std::uint8_t size;
};

struct FieldTable {
  std::array<FieldId, slot_count> slots{};
  std::array<KnownField, field_id_count> known{};
};

inline constexpr FieldTable field_table = [] {
  FieldTable result;
  for (unsigned id = 1; id < field_id_count; ++id) {
    const std::string_view text = field_names[id];
    result.slots[slot_of(field_keys[id], slot_factor)] = static_cast<FieldId>(id);
    for (std::size_t i = 0; i < text.size(); ++i) {
      result.known[id].lower[i] = static_cast<char>(text[i] | 0x20);
    }
    result.known[id].size = static_cast<std::uint8_t>(text.size());
  }
  return result;
}();

template <class Word>
bool equal_word(const char* text, const char* lower) noexcept {
  constexpr Word case_bits = static_cast<Word>(0x2020202020202020U);
  Word left;
  Word right;
  std::memcpy(&left, text, sizeof left);
  std::memcpy(&right, lower, sizeof right);
  return (left | case_bits) == right;
}

/// Overlapping words, because a byte loop over "transfer-encoding" costs more than the rest of the lookup.
inline bool equal_lower(const char* text, const char* lower, std::size_t size) noexcept {
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      if (!equal_word<std::uint64_t>(text + i, lower + i)) return false;
    }
    return equal_word<std::uint64_t>(text + size - 8, lower + size - 8);
  }
  if (size >= 4) {
    return equal_word<std::uint32_t>(text, lower) && equal_word<std::uint32_t>(text + size - 4, lower + size - 4);
  }
  for (std::size_t i = 0; i < size; ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

/// `field_id` for a name that is known to be a token: the parser has just checked it. Other text may be mistaken for
/// a name. `size` is at least 1.
inline FieldId lookup_field_token(const char* text, std::size_t size) noexcept {
  const FieldId id = field_table.slots[slot_of(key_of(text, size), slot_factor)];
  const KnownField& known = field_table.known[static_cast<unsigned>(id)];
  return known.size == size && equal_lower(text, known.lower, size) ? id : FieldId::unknown;
}

}  // namespace gyre::wire::internal
