#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace gyre::internal {

/// A hash table from (number, text) to a number: built while routes are registered, read by every request. Flat and
/// open addressed, at most half full; one cache line or two per look-up. It keeps views: the texts belong to somebody
/// else. The keys come from the application's source and not from the network, so the hash need not withstand an
/// attacker.
class TextMap {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// The value of that key, or `none`.
  std::uint32_t find(std::uint32_t group, std::string_view text) const noexcept {
    if (slots_.empty()) return none;
    const std::uint32_t hash = hash_of(group, text);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.value == none) return none;
      if (slot.hash == hash && slot.group == group && equal({slot.text, slot.size}, text)) {
        return slot.value;
      }
    }
  }

  /// Adds a key that is not there yet.
  void insert(std::uint32_t group, std::string_view text, std::uint32_t value) {
    if (slots_.size() < 2 * (count_ + 1)) grow();
    put({text.data(), static_cast<std::uint32_t>(text.size()), hash_of(group, text), group, value});
    ++count_;
  }

  /// Whether two texts are the same, without a call for short ones.
  static bool equal(std::string_view left, std::string_view right) noexcept {
    const std::size_t size = left.size();
    if (size != right.size()) return false;
    if (size > 16) return std::memcmp(left.data(), right.data(), size) == 0;
    return head(left.data(), size) == head(right.data(), size) && tail(left.data(), size) == tail(right.data(), size);
  }

 private:
  struct Slot {
    const char* text = nullptr;
    std::uint32_t size = 0;
    std::uint32_t hash = 0;
    std::uint32_t group = 0;
    std::uint32_t value = none;
  };

  /// Texts are read in words that may overlap, so that no loop over single bytes and no call is left: segments are
  /// short, and there are several per request.
  template <class Word>
  static std::uint64_t load(const char* text) noexcept {
    Word word;
    std::memcpy(&word, text, sizeof word);
    return word;
  }

  /// The first and the last bytes of a text of at most 16: together all of it.
  static std::uint64_t head(const char* text, std::size_t size) noexcept {
    if (size >= 8) return load<std::uint64_t>(text);
    if (size >= 4) return load<std::uint32_t>(text);
    if (size == 0) return 0;
    return load<std::uint8_t>(text) | load<std::uint8_t>(text + size / 2) << 8U;
  }
  static std::uint64_t tail(const char* text, std::size_t size) noexcept {
    if (size >= 8) return load<std::uint64_t>(text + size - 8);
    if (size >= 4) return load<std::uint32_t>(text + size - 4);
    return size == 0 ? 0 : load<std::uint8_t>(text + size - 1);
  }

  static std::uint64_t mix(std::uint64_t left, std::uint64_t right) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(left ^ 0x9e3779b97f4a7c15U) * (right ^ 0xd1b54a32d192ed03U);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  static std::uint32_t hash_of(std::uint32_t group, std::string_view text) noexcept {
    const char* position = text.data();
    std::size_t left = text.size();
    std::uint64_t state = static_cast<std::uint64_t>(group) << 32U | left;
    for (; left > 16; left -= 16, position += 16) {
      state = mix(state ^ load<std::uint64_t>(position), load<std::uint64_t>(position + 8));
    }
    return static_cast<std::uint32_t>(mix(state ^ head(position, left), tail(position, left)));
  }

  void put(const Slot& slot) noexcept {
    std::size_t at = slot.hash & mask_;
    while (slots_[at].value != none) at = (at + 1) & mask_;
    slots_[at] = slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.value != none) put(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

}  // namespace gyre::internal
