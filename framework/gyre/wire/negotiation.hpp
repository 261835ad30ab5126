#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace gyre::wire {

/// Chooses the content coding of an answer by Accept-Encoding (RFC 9110 12.5.3).
///
/// `field` is the field's value (several joined with commas), nothing if there is none. `offered` are the codings that
/// can be made, in the server's order of preference, without "identity", which can always be made. Returns the one with
/// the highest weight, of equals the first; "identity" if none of them is asked for or wanted more than it, and if the
/// field is absent, empty or not to be read; nothing if even identity is ruled out ("identity;q=0", "*;q=0"): then 406,
/// or identity nevertheless. "x-gzip" is "gzip" (RFC 9110 8.4.1.3). Codings that stand twice: the first counts.
///
/// Whatever it chooses, the answer depends on the field: send `Vary: Accept-Encoding`, with identity as well.
std::optional<std::string_view> choose_encoding(std::optional<std::string_view> field,
                                                std::span<const std::string_view> offered) noexcept;

/// Chooses the media type of an answer by Accept (RFC 9110 12.5.1).
///
/// `offered` are the types that can be made, valid ones, perhaps with parameters ("text/html; charset=utf-8"), in the
/// server's order of preference. For each the most specific range that covers it gives the weight: parameters (all of
/// the range's must be the offered one's), then type and subtype, then "text/*", then "*/*". Returns the index of the
/// one with the highest weight, of equals the first; 0 if the field is absent, empty or not to be read; nothing if none
/// is acceptable: then 406, or the first one nevertheless.
///
/// Whatever it chooses, the answer depends on the field: send `Vary: Accept`.
std::optional<std::size_t> choose_media_type(std::optional<std::string_view> field,
                                             std::span<const std::string_view> offered) noexcept;

}  // namespace gyre::wire
