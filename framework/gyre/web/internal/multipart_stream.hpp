#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/http/body.hpp>
#include <gyre/http/request.hpp>
#include <gyre/wire/multipart.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace gyre::detail {

/// A multipart parser and the body that it is fed with.
class MultipartStream {
 public:
  MultipartStream(Request& request, const wire::MultipartBoundary& boundary) noexcept;

  /// Throws `std::logic_error` once reading has begun.
  void limit(const wire::MultipartLimits& limits);

  /// Goes to the next part, and skips what is left of the one before; false behind the last.
  Task<bool> next_part();
  /// The next piece of the part with that number; empty: it is over.
  Task<std::string_view> read(std::size_t number);

  /// How many parts have begun: the number of the part that is being read.
  std::size_t number() const noexcept { return number_; }
  const wire::PartHead& head() const noexcept { return parser_->part(); }

 private:
  using Event = wire::MultipartParser::Event;
  using Step = wire::MultipartParser::Step;

  /// The next event but `more` and `failed`: waits for the first, throws the second. `end` when the body has ended.
  Task<Step> next_event();

  Body body_;
  std::string_view input_;  // what is left of the last piece
  wire::MultipartBoundary boundary_;
  wire::MultipartLimits limits_;
  std::optional<wire::MultipartParser> parser_;
  std::size_t number_ = 0;
  bool in_part_ = false;
  bool is_over_ = false;
};

}  // namespace gyre::detail
