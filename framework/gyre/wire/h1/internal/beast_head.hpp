#pragma once

#include <gyre/wire/h1/head_error.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>

#include <cstddef>
#include <string_view>

namespace gyre::wire::internal {

/// Reads a complete head, `data` from `begin` on and nothing behind it, with Boost.Beast. Fills in method, target (as
/// one piece), version and fields; Beast's opinion on framing and keep-alive is not used. The lines must have passed
/// `check_head_lines`: Beast alone would unfold folded lines.
HeadError read_head_with_beast(std::string_view data, std::size_t begin, HeadData& head) noexcept;

}  // namespace gyre::wire::internal
