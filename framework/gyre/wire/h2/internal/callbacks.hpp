#pragma once

#include <nghttp2/nghttp2.h>

namespace gyre::wire::internal {

struct H2StreamState;

/// What nghttp2 calls: with an `H2Engine` as `user_data`, and never with an exception left open.
void set_callbacks(nghttp2_session_callbacks* callbacks) noexcept;

/// Asks the owner of the stream, by way of the engine. nghttp2 has done with it when it closes the stream.
nghttp2_data_provider body_of_stream(H2StreamState& state) noexcept;

/// The engine's memory.
nghttp2_mem memory_of(void* engine) noexcept;

}  // namespace gyre::wire::internal
