#include <gyre/web/internal/multipart_stream.hpp>

#include <gyre/web/error.hpp>

#include <stdexcept>
#include <string>

namespace gyre::detail {
namespace {

[[noreturn]] void refuse(wire::MultipartError error) {
  throw HttpError{wire::status_of(error), std::string{wire::describe(error)}};
}

}  // namespace

MultipartStream::MultipartStream(Request& request, const wire::MultipartBoundary& boundary) noexcept
    : body_(request), boundary_(boundary) {}

void MultipartStream::limit(const wire::MultipartLimits& limits) {
  if (parser_) throw std::logic_error{"gyre: the limits of a Multipart are set before its first part is read"};
  limits_ = limits;
}

Task<bool> MultipartStream::next_part() {
  if (!parser_) parser_.emplace(boundary_, limits_);
  while (!is_over_) {
    const Step step = co_await next_event();
    if (step.event == Event::part_begin) {
      ++number_;
      in_part_ = true;
      co_return true;
    }
    in_part_ = in_part_ && step.event != Event::part_end;
    is_over_ = step.event == Event::end;
  }
  co_return false;
}

Task<std::string_view> MultipartStream::read(std::size_t number) {
  if (number != number_) throw std::logic_error{"gyre: a part is read after the next one was asked for"};
  std::string_view piece;
  if (in_part_) {
    const Step step = co_await next_event();
    piece = step.data;
    in_part_ = step.event == Event::data;
  }
  co_return piece;
}

Task<MultipartStream::Step> MultipartStream::next_event() {
  for (;;) {
    const Step step = parser_->next(input_);
    input_.remove_prefix(step.used);
    if (step.event == Event::failed) refuse(parser_->error());
    if (step.event == Event::end) continue;  // what follows may be no end of a delimiter's line
    if (step.event != Event::more) co_return step;
    const Result<std::string_view> piece = co_await body_.read();
    input_ = piece.value();
    if (!input_.empty()) continue;
    if (const wire::MultipartError error = parser_->end(); error != wire::MultipartError::none) refuse(error);
    co_return Step{Event::end};
  }
}

}  // namespace gyre::detail
