#pragma once

#include <gyre/wire/h2/internal/block_pool.hpp>
#include <gyre/wire/h2/internal/head_block.hpp>
#include <gyre/wire/h2/internal/sent_fields.hpp>

#include <array>
#include <cstddef>

namespace gyre::wire::internal {

/// What the sessions of a loop share, each while it is at work; but for the pool, from which each has what it has.
struct H2Scratch {
  /// The chunk that nghttp2 packs frames into, as large as it asks for when it makes a session.
  static constexpr std::size_t frame_size = 9 + 1 + 16'384;

  BlockPool pool;
  H2HeadBlock block;
  CommonFields common;
  alignas(std::max_align_t) std::array<char, frame_size> frame;
};

}  // namespace gyre::wire::internal
