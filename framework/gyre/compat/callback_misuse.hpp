#pragma once

#include <cstdint>
#include <source_location>
#include <stdexcept>
#include <string>

namespace gyre {

/// What `Router::on_error` hears when a callback handler breaks a rule. Nobody threw it, and the client's answer does
/// not change by it.
class CallbackMisuse : public std::logic_error {
 public:
  enum class Kind : std::uint8_t {
    twice,        ///< It answered again: the first answer counts.
    dropped,      ///< It let go of the last copy of its reply and had not answered: 500.
    threw_after,  ///< It answered, then threw: the answer stands.
    unfinished,   ///< It let go of the last copy of a `ReplyStream` without `end`: the body is cut.
  };

  CallbackMisuse(Kind kind, const std::string& text, const std::source_location& first,
                 const std::source_location& second)
      : std::logic_error(text), kind_(kind), first_(first), second_(second) {}

  Kind kind() const noexcept { return kind_; }
  /// The call that answered. Its line is 0 if that is not known: the answer came through a `std::function`, there was
  /// none (`dropped`), or the handler had thrown.
  const std::source_location& first() const noexcept { return first_; }
  /// The call that was one too many; its line is 0 for other kinds than `twice`, or if it is not known.
  const std::source_location& second() const noexcept { return second_; }

 private:
  Kind kind_;
  std::source_location first_;
  std::source_location second_;
};

}  // namespace gyre
