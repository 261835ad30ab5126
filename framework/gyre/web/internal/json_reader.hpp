#pragma once

#include <gyre/web/detail/json_type.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::internal {

using detail::JsonKind;
using detail::JsonMember;
using detail::JsonType;

/// Takes the events of a JSON parser and stores them where the tables say. Knows no parser. Each function returns false
/// if there is no sense in going on.
class JsonReader final {
 public:
  JsonReader(const JsonType& type, void* value, const JsonLimits& limits, JsonOutcome& outcome);
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  bool object_begin();
  bool object_end();
  bool array_begin();
  bool array_end();
  bool key(std::string_view text);
  bool null();
  bool boolean(bool value);
  bool integer(std::int64_t value, std::string_view text);
  bool integer(std::uint64_t value, std::string_view text);
  /// With a fraction or an exponent, or too large for the two above.
  bool real(std::string_view text);
  /// The beginning of a key or a text that comes in parts; `key` or `text` is the last one.
  bool key_part(std::string_view part);
  bool text_part(std::string_view part);
  bool text(std::string_view last);

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t usual_depth = 32;

  /// A container that is open, and the place in it.
  struct Frame {
    const JsonType* type;
    void* target;
    std::uint64_t seen;      ///< Members that came.
    std::uint64_t failed;    ///< Members that were reported.
    std::size_t expected;    ///< The member that comes next, if they come in order.
    std::size_t current;     ///< The member; the number of elements that have begun.
    std::size_t length_max;  ///< Of elements, by the rules.
    std::string_view key;    ///< In a map.
  };
  class RuleReport;

  Frame& top() noexcept { return frames_[depth_ - 1]; }
  bool push();
  bool find_place();
  bool find_value();
  bool begin_element(Frame& frame);
  bool member_key(Frame& frame, std::string_view text);
  bool map_key(Frame& frame, std::string_view text);
  void finish_object(Frame& frame);
  void finish_unsent(const JsonType& type, void* target);
  bool store_number(std::string_view text);
  template <class N>
  bool store_real(const std::optional<N>& value);
  bool begin_aside(char opening);
  bool end_aside(char closing);
  void copy(std::string_view json);
  void copy_text(std::string_view text);
  bool copied(std::string_view json);
  bool scalar_elsewhere(std::string_view json);
  std::string_view whole_text(std::string_view last);
  std::string& text_target() noexcept { return *static_cast<std::string*>(target_); }
  bool stop(Status status, std::string detail);
  bool mismatch();
  void fail(const JsonType& type);
  void report(std::size_t frames, std::string_view member, std::string detail);
  std::string pointer(std::size_t frames, std::string_view member = {}) const;
  static std::string token_of(const Frame& frame);

  const JsonLimits& limits_;
  JsonOutcome& outcome_;
  /// What comes next, and where it goes; nullptr: it is skipped.
  const JsonType* type_;
  void* target_;
  std::size_t length_max_ = none;
  std::size_t elements_ = 0;
  /// Inside of what is not stored by its shape: how deep. It is copied to `copy_`, or skipped if that is nullptr.
  std::size_t aside_depth_ = 0;
  std::string* copy_ = nullptr;
  std::size_t depth_ = 0;
  bool in_parts_ = false;
  bool is_wanted_ = false;  ///< The text that comes in parts.
  std::string parts_;
  Frame usual_frames_[usual_depth];
  std::unique_ptr<Frame[]> more_frames_;
  Frame* frames_ = usual_frames_;
};

}  // namespace gyre::internal
