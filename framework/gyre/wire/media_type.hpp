#pragma once

#include <optional>
#include <string_view>

namespace gyre::wire {

/// A media type as in Content-Type (RFC 9110 8.3.1): views into the text that was parsed.
struct MediaType {
  std::string_view type;        ///< "text": a token, to be compared without regard to case.
  std::string_view subtype;     ///< "html": the same.
  std::string_view parameters;  ///< For `Parameters`: empty, or from the first ";" or blank on. Valid.

  /// Whether it is that type ("text/html"), in any case; parameters do not count.
  bool is(std::string_view text) const noexcept;

  /// The raw value of a parameter (see `unquote`); nothing if there is none.
  std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

/// Reads `type "/" subtype parameters`. Nothing for any other text: a wildcard's "*" is a token and passes here, an
/// empty part, a bad parameter, a parameter that stands twice (two readers would choose differently) and more than 32
/// parameters do not. Blanks around the whole are cut.
std::optional<MediaType> parse_media_type(std::string_view text) noexcept;

/// The media type of files with that extension, without the dot and in any case: "html" is "text/html". Without
/// parameters: a charset is for whoever knows the files. Empty if it is not in the table.
std::string_view media_type_of_extension(std::string_view extension) noexcept;

/// The media type of a file's name or path, by what follows the last dot of its last segment; empty if unknown. A name
/// that only begins with a dot (".html") has no extension.
std::string_view media_type_of_file(std::string_view path) noexcept;

}  // namespace gyre::wire
