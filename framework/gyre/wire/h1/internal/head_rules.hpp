#pragma once

#include <gyre/wire/h1/head_error.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>

namespace gyre::wire::internal {

/// Splits a target that did not come from the plain scanner into its parts, by its form (RFC 9112 3.2).
HeadError split_target(HeadData& head) noexcept;

/// The one check of what a request head means, whoever read it: Host, Content-Length and Transfer-Encoding, Connection,
/// Expect. Fills in the answers (host, framing, keep-alive, upgrade, expectation).
HeadError check_head(HeadData& head) noexcept;

/// The same for a response: Content-Length and Transfer-Encoding, Connection.
HeadError check_response(ResponseData& head) noexcept;

}  // namespace gyre::wire::internal
