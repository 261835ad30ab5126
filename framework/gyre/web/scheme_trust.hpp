#pragma once

#include <cstdint>

namespace gyre {

/// Who says whether a request came by https.
enum class SchemeTrust : std::uint8_t {
  connection,  ///< `Request::secure`: what is known for certain.
  /// The request's X-Forwarded-Proto, where it has one: behind a proxy that sets it in every request or takes it out.
  /// From anybody else it is only what a client claims.
  forwarded,
};

}  // namespace gyre
