#pragma once

#include <gyre/wire/multipart_boundary.hpp>
#include <gyre/wire/multipart_error.hpp>
#include <gyre/wire/multipart_limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::wire {

/// The head of a part of multipart/form-data (RFC 7578 4). Views into the parser, valid until the
/// call of `next` that follows `part_end`.
struct PartHead {
  /// The name of the form's field. In quotes, `\"` and `\\` are taken for what they escape, other backslashes for
  /// themselves, and `%22`, `%0D` and `%0A` for what browsers write so. Any bytes.
  std::string_view name;

  /// The name that the file had for the client; empty if a file input was left empty, nothing if it is no file. It is
  /// data, to be shown, and never a path: it may be "../../etc/passwd". `filename*` is not looked at (RFC 7578 4.2).
  std::optional<std::string_view> file_name;

  /// The value of Content-Type, valid; empty if there is none, which means text/plain (RFC 7578 4.4). What the client
  /// says, and nobody has checked.
  std::string_view content_type;

  /// All field lines of the part, for `FieldLines`. Nothing follows from them: Content-Transfer-Encoding, which nobody
  /// should send any more (RFC 7578 4.7), is not decoded.
  std::string_view fields;
};

/// Reads a multipart/form-data body (RFC 7578, RFC 2046 5.1) as it arrives, in pieces cut anywhere; what it finds does
/// not depend on the cuts. Nothing of the input has to be kept: content is handed on as it comes, only the head of the
/// part that is arriving is held, up to `MultipartLimits::head` bytes on the heap.
///
/// Strict where two readers could disagree: lines end with CRLF, a line that begins with the boundary is a delimiter or
/// an error, no folded fields, no part without a name, no Content-Disposition, parameter or Content-Type twice, and a
/// body without its last delimiter is truncated. What stands before the first delimiter and behind the last is skipped.
///
///     for (;;) {
///       const MultipartParser::Step step = parser.next(input);
///       input.remove_prefix(step.used);
///       switch (step.event) {
///         case MultipartParser::Event::more: ...       // the input is used up: call again when there is more
///         case MultipartParser::Event::part_begin: ... // parser.part()
///         case MultipartParser::Event::data: ...       // step.data
///         ...
///
/// When the input has ended, `end` tells whether that was the end of the body. Neither copied nor moved.
class MultipartParser {
 public:
  enum class Event : std::uint8_t {
    more,        ///< All of the input is used, and more is needed.
    part_begin,  ///< `part()` tells its head.
    data,        ///< A piece of the part's content, never empty; a part may have none.
    part_end,    ///< The part is complete.
    end,         ///< The last delimiter was read; told once. What follows is skipped.
    failed,      ///< See `error()`; for good.
  };

  /// What one call has found, and so many bytes of the input it has used (perhaps none). The data is valid until the
  /// next call and as long as the input is.
  struct Step {
    Event event = Event::more;
    std::size_t used = 0;
    std::string_view data = {};
  };

  explicit MultipartParser(const MultipartBoundary& boundary, const MultipartLimits& limits = {}) noexcept
      : boundary_(boundary), limits_(limits) {}
  MultipartParser(const MultipartParser&) = delete;
  MultipartParser& operator=(const MultipartParser&) = delete;

  /// Reads from `input`: the bytes that follow what was used so far. Call it with what is left until it wants more or
  /// has failed. Throws `std::bad_alloc` only.
  Step next(std::string_view input);

  /// The input has ended: if the last delimiter has not been read, that is the error `truncated`. Returns `error()`.
  MultipartError end() noexcept;

  /// The head of the part that `part_begin` told of.
  const PartHead& part() const noexcept { return part_; }

  /// Why the body was refused, if it was.
  MultipartError error() const noexcept { return error_; }

  /// Whether the last delimiter has been read.
  bool done() const noexcept { return state_ >= State::closed; }

 private:
  enum class State : std::uint8_t {
    preamble,
    // behind the boundary
    delimiter,
    delimiter_dash,
    delimiter_padding,
    delimiter_lf,
    // a part
    head,
    data,
    part_end,
    // behind the last delimiter
    closed,
    closed_lf,
    epilogue,
  };

  Step take_content(std::string_view input) noexcept;
  Step take_preamble(std::string_view input) noexcept;
  Step take_data(std::string_view input) noexcept;
  Step take_delimiter(std::string_view input) noexcept;
  Step take_head(std::string_view input);
  Step take_epilogue(std::string_view input) noexcept;
  void begin_content(State state) noexcept;
  bool accepts_delimiter(char c) noexcept;
  MultipartError begin_part();
  MultipartError check_line(std::string_view line) noexcept;
  MultipartError read_head();
  MultipartError read_disposition(std::string_view value);
  Step fail(MultipartError error) noexcept;

  MultipartBoundary boundary_;
  MultipartLimits limits_;
  std::size_t parts_ = 0;
  std::size_t fields_ = 0;      // of the part
  std::uint64_t content_ = 0;   // bytes of the part's content so far
  std::size_t line_begin_ = 0;  // in the head: of the line that is arriving
  std::size_t scanned_ = 0;     // in the head: where to look on for the line's end
  std::string head_;
  std::string names_;  // the decoded names, which `part_` views
  PartHead part_;
  // How much of the delimiter the input so far has ended with, and how much of that was no content but the CRLF that
  // ended a line before the content: the delimiter may stand at its very beginning.
  std::size_t matched_ = 2;
  std::size_t borrowed_ = 2;
  State state_ = State::preamble;
  MultipartError error_ = MultipartError::none;
};

}  // namespace gyre::wire
