#pragma once

#include <gyre/http/decoder.hpp>
#include <gyre/http/detail/body_filter.hpp>
#include <gyre/http/request.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gyre::internal {

/// Decodes a request's body, and fails beyond its limit (`Request::body_limit`) and for one that grows too much.
class DecodingFilter final : public gyre::detail::BodyFilter {
 public:
  /// Decoded bytes below which a body may grow as it likes: a small one does no harm.
  static constexpr std::uint64_t growth_free = 64 * 1024;

  /// Throws `std::bad_alloc`.
  DecodingFilter(const Request& request, Coding coding, std::uint32_t ratio);
  DecodingFilter(const DecodingFilter&) = delete;
  DecodingFilter& operator=(const DecodingFilter&) = delete;

  bool failed() const noexcept { return state_ == State::failed; }
  Error error() const noexcept { return error_; }

  gyre::detail::BodySource::Piece pull() noexcept override;
  void push(std::string_view data) noexcept override { input_ = data; }
  void end() noexcept override { ending_ = true; }

 private:
  using State = gyre::detail::BodySource::State;
  using Piece = gyre::detail::BodySource::Piece;

  Piece fail(Error error) noexcept;
  bool too_much() const noexcept;

  static constexpr std::size_t room_size = 16 * 1024;

  const Request* request_;
  Decoder decoder_;
  std::unique_ptr<char[]> room_;
  std::string_view input_;
  std::uint64_t coded_ = 0;
  std::uint64_t decoded_ = 0;
  std::uint32_t ratio_;
  State state_ = State::waiting;
  Error error_ = Errc::unexpected;
  bool ending_ = false;
  bool whole_ = true;  ///< The body may end here. A body without any byte is an empty one.
};

}  // namespace gyre::internal
