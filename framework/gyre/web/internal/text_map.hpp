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
      if (slot.hash == hash && slot.group == group && slot.size == text.size() &&
          std::memcmp(slot.text, text.data(), text.size()) == 0) {
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

 private:
  struct Slot {
    const char* text = nullptr;
    std::uint32_t size = 0;
    std::uint32_t hash = 0;
    std::uint32_t group = 0;
    std::uint32_t value = none;
  };

  static std::uint64_t load(const char* text, std::size_t size) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, text, size);
    return word;
  }
  static std::uint64_t mix(std::uint64_t state, std::uint64_t word) noexcept {
    state = (state ^ word) * 0x9e3779b97f4a7c15U;
    return state ^ (state >> 32U);
  }

  /// Eight bytes at a time; the last word overlaps the one before, so that no loop over single bytes is left.
  static std::uint32_t hash_of(std::uint32_t group, std::string_view text) noexcept {
    const char* position = text.data();
    std::size_t left = text.size();
    std::uint64_t state = mix(group + 1, left);
    for (; left > 8; left -= 8, position += 8) state = mix(state, load(position, 8));
    if (text.size() >= 8) {
      state = mix(state, load(text.data() + text.size() - 8, 8));
    } else if (left >= 4) {
      state = mix(state, load(position, 4) | load(position + left - 4, 4) << 32U);
    } else if (left > 0) {
      const auto byte = [&](std::size_t at) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(position[at]));
      };
      state = mix(state, byte(0) | byte(left / 2) << 8U | byte(left - 1) << 16U);
    }
    return static_cast<std::uint32_t>(state ^ (state >> 29U));
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
