#pragma once

#include <gyre/http/detail/body_source.hpp>

#include <string_view>

namespace gyre::detail {

/// Stands between a request's body as it came and who reads it: a decoder. The source asks it for a piece first, and
/// feeds it when it has none. It must not be destroyed while it is set (`BodySource::set_filter`).
class BodyFilter {
 public:
  /// The next piece, `ended`, `failed`, or `waiting` for more. Valid until the next call.
  virtual BodySource::Piece pull() noexcept = 0;
  /// More of what came; only when `pull` waits. It stays until `pull` waits again.
  virtual void push(std::string_view data) noexcept = 0;
  /// That was all; only when `pull` waits, which it does not do any more from then on.
  virtual void end() noexcept = 0;

 protected:
  ~BodyFilter() = default;
};

}  // namespace gyre::detail
