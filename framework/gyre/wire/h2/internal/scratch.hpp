#pragma once

#include <gyre/wire/h2/internal/head_block.hpp>

#include <array>
#include <cstddef>

namespace gyre::wire::internal {

/// What the sessions of a loop share, each while it is at work.
struct H2Scratch {
  /// The chunk that nghttp2 packs frames into, as large as it asks for when it makes a session.
  static constexpr std::size_t frame_size = 9 + 1 + 16'384;

  H2HeadBlock block;
  alignas(std::max_align_t) std::array<char, frame_size> frame;
};

}  // namespace gyre::wire::internal
