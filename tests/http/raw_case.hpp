#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// The strictness of the HTTP/1.1 connection as a table: bytes in, answers out.
namespace gyre::test::raw {

/// How a connection is left.
enum class After : std::uint8_t {
  open,     ///< It serves a next request.
  closed,   ///< The server ends it behind its last answer, which says so.
  waiting,  ///< The server waits for the rest of a head, and says nothing if that never comes.
  cut_off,  ///< The server waits for the rest of a body, and answers 400 when the client has ended its side.
};

/// The limits of the server that gets the bytes.
enum class Preset : std::uint8_t {
  usual,  ///< The defaults.
  small,  ///< Request line 64, header block 256, 8 fields, body 16.
};

/// The statuses of all answers in their order, interim ones too.
class Statuses {
 public:
  template <std::same_as<int>... Code>
  constexpr Statuses(Code... code) noexcept : codes_{code...}, count_(sizeof...(code)) {}

  constexpr const int* begin() const noexcept { return codes_; }
  constexpr const int* end() const noexcept { return codes_ + count_; }

 private:
  int codes_[20];
  std::size_t count_;
};

/// What is seldom said of a case. A text without data (not even an empty one) is not looked at.
struct Also {
  std::string_view body = {};        ///< Of the last answer.
  std::string_view host = {};        ///< Whom the last request is for, as its handler sees it.
  std::string_view connection = {};  ///< The Connection field of the last answer; "close" need not be said.
  Preset preset = Preset::usual;
};

inline constexpr Also small{.preset = Preset::small};

/// What a client sends, and what becomes of it, however the bytes are cut. An interim 100 is left out where bytes of
/// the body arrive together with the end of the head that expects it.
struct RawCase {
  std::string_view what;
  std::string_view bytes;
  Statuses statuses;
  After after;
  Also also = {};
};

using namespace std::string_view_literals;
using enum After;

struct Topic {
  std::string_view name;
  std::span<const RawCase> cases;
};

}  // namespace gyre::test::raw
