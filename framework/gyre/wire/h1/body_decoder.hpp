#pragma once

#include <gyre/wire/fields.hpp>
#include <gyre/wire/h1/body_error.hpp>
#include <gyre/wire/h1/body_limits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace gyre::wire {

/// Finds the bytes of a message body, of a request or a response, and where it ends (RFC 9112 6 and 7): the one place
/// for the framing of bodies. Small, to be copied; never allocates, never throws.
///
/// Chunked coding is read strictly: every line ends with CRLF, a size has 1 to 16 hexadecimal digits and nothing around
/// them, extensions are as RFC 9112 7.1.1 writes them but without blanks, the trailer section is held to the rules of
/// heads and to `is_forbidden_trailer`. What is decoded, and the outcome, does not depend on how the bytes were cut,
/// and the whole work grows with their number only.
///
///     for (BodyDecoder::Step step; (step = decoder.next(input)).used != 0; input.remove_prefix(step.used)) {
///       use(step.data);
///     }
///     if (decoder.error() != BodyError::none) refuse(); else if (!decoder.done()) read_more();
class BodyDecoder {
 public:
  /// What one call has read: so many bytes of the input, and those of them that are the body's: a view into them.
  struct Step {
    std::size_t used = 0;
    std::string_view data;
  };

  /// No body: done from the start.
  BodyDecoder() noexcept = default;

  /// A body of so many bytes, as Content-Length says. Nothing limits it.
  static BodyDecoder with_length(std::uint64_t bytes) noexcept;
  /// The same, but refused from the start (`body_too_large`) if it is longer than `limits.body`.
  static BodyDecoder with_length(std::uint64_t bytes, const BodyLimits& limits) noexcept;
  /// A body in chunks. `limits` must outlive the decoder and its copies, and stay as they are.
  static BodyDecoder chunked(const BodyLimits& limits) noexcept;
  /// A body that the end of the connection ends (responses only). `limits` as with `chunked`.
  static BodyDecoder until_close(const BodyLimits& limits) noexcept;

  /// Reads from `input`: the bytes that follow what was used so far. Call it with what is left until nothing is used:
  /// the body is then done, has failed, or needs more bytes.
  ///
  /// Bytes are kept by the caller in one case only: nothing of a trailer section is used before all of it is there.
  /// Until then each call must have the same bytes and more; where they stand does not matter.
  Step next(std::string_view input) noexcept;

  /// The peer has ended its side. That is the end of an `until_close` body; any other that is not done is `truncated`.
  void end() noexcept;

  /// Whether the body is complete. What follows in the input is not part of it.
  bool done() const noexcept { return state_ == State::done && error_ == BodyError::none; }
  /// Why the body was refused, if it was; for good. Then nothing more is read, and the connection is of no more use.
  BodyError error() const noexcept { return error_; }

  /// The bytes still to come, where that is known: not of chunks, nor until the connection ends.
  std::optional<std::uint64_t> left() const noexcept {
    return limits_ == nullptr ? std::optional(left_) : std::nullopt;
  }
  /// The bytes of the body so far.
  std::uint64_t decoded() const noexcept { return decoded_; }

  /// Once done, the field lines of the trailer section, each with its CRLF, for `FieldLines`: a view into the input of
  /// the call that finished the body. Empty if there are none.
  std::string_view trailers() const noexcept {
    return trailers_ == nullptr ? std::string_view{} : std::string_view{trailers_, line_begin_};
  }

 private:
  enum class State : std::uint8_t {
    done,
    length,
    until_close,
    // Chunked: the line of a chunk
    size,
    extension_begin,
    extension_name,
    extension_value_begin,
    extension_token,
    extension_quoted,
    extension_escaped,
    extension_end,
    line_lf,
    // and what follows it
    data,
    data_cr,
    data_lf,
    trailers,
  };

  Step take_bytes(std::string_view input, std::uint64_t bytes) noexcept;
  Step take_chunk(std::string_view input) noexcept;
  Step take_trailers(std::string_view input) noexcept;
  BodyError take_framing(char c) noexcept;
  BodyError take_size(char c) noexcept;
  BodyError take_extension(char c) noexcept;
  BodyError end_extension(char c) noexcept;
  BodyError count_extension() noexcept;
  BodyError check_trailer(std::string_view line) noexcept;

  const BodyLimits* limits_ = nullptr;  // null for a body of known length
  std::uint64_t left_ = 0;              // of the body of known length, or of the chunk
  std::uint64_t decoded_ = 0;
  const char* trailers_ = nullptr;
  std::uint32_t scanned_ = 0;     // in the trailer section: no line ends before this offset that has not been checked
  std::uint32_t line_begin_ = 0;  // of the trailer line that is arriving
  std::uint32_t fields_ = 0;      // trailer lines checked
  std::uint32_t extension_ = 0;   // bytes of the chunk's extensions
  std::uint32_t extensions_ = 0;  // bytes of all extensions
  std::uint8_t digits_ = 0;       // of the chunk's size
  State state_ = State::done;
  BodyError error_ = BodyError::none;
};
static_assert(sizeof(BodyDecoder) <= 64 && std::is_trivially_copyable_v<BodyDecoder>);

/// Whether a field must not stand in a trailer section, read or written, since it decides about framing, routing, the
/// connection, credentials, or how the content is to be understood (RFC 9110 6.5.1).
bool is_forbidden_trailer(FieldId id) noexcept;

}  // namespace gyre::wire
