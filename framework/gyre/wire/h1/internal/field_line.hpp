#pragma once

#include <gyre/wire/h1/head_error.hpp>

#include <string_view>

namespace gyre::wire::internal {

/// Checks a field line, not empty and without its CRLF, of a head or a trailer section (RFC 9112 5). The value needs no
/// look: `find_line_end` has already refused every byte it may not hold.
HeadError check_field_line(std::string_view line) noexcept;

}  // namespace gyre::wire::internal
