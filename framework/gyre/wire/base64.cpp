#include <gyre/wire/base64.hpp>

#include <array>

namespace gyre::wire {
namespace {

constexpr std::string_view alphabets[] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

constexpr std::uint8_t no_value = 0xff;
using Values = std::array<std::uint8_t, 256>;

constexpr Values values_of(std::string_view alphabet) noexcept {
  Values values{};
  values.fill(no_value);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr Values values[] = {values_of(alphabets[0]), values_of(alphabets[1])};

}  // namespace

Result<Bytes> decode_base64(std::string_view text, Base64 form, MutableBytes buffer) noexcept {
  if (form == Base64::standard) {
    if (text.size() % 4 != 0) return Errc::bad_message;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return Errc::bad_message;
  if (buffer.size() < base64_decoded_bound(text.size())) return Errc::limit_exceeded;
  const Values& value_of = values[static_cast<unsigned>(form)];
  std::size_t size = 0;
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char c : text) {
    const std::uint8_t value = value_of[static_cast<unsigned char>(c)];
    if (value == no_value) return Errc::bad_message;
    bits = bits << 6U | value;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    buffer[size++] = static_cast<std::byte>(bits >> bit_count & 0xffU);
  }
  if ((bits & ((1U << bit_count) - 1U)) != 0) return Errc::bad_message;
  return Bytes(buffer.first(size));
}

void append_base64(std::string& out, Bytes bytes, Base64 form) {
  const std::string_view alphabet = alphabets[static_cast<unsigned>(form)];
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  std::size_t written = 0;
  const auto put = [&](std::uint32_t value) {
    out += alphabet[value & 0x3fU];
    ++written;
  };
  for (const std::byte byte : bytes) {
    bits = bits << 8U | std::to_integer<std::uint32_t>(byte);
    for (bit_count += 8; bit_count >= 6;) put(bits >> (bit_count -= 6));
  }
  if (bit_count != 0) put(bits << (6 - bit_count));
  if (form == Base64::standard) out.append((4 - written % 4) % 4, '=');
}

}  // namespace gyre::wire
