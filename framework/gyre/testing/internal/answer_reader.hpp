#pragma once

#include <gyre/testing/answer.hpp>
#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/response_parser.hpp>

#include <string_view>

namespace gyre::testing {

/// Makes one answer of the bytes of a connection, however they were cut.
class AnswerReader {
 public:
  /// `method` is that of the request: an answer to HEAD has no body, whatever it says. Times count from `sent`.
  AnswerReader(Method method, TimePoint sent) noexcept : method_(method), sent_(sent) {}

  /// Reads from `input`, the bytes behind those used so far. Returns how many it has used; what it does not use is to
  /// be given again with more. Throws `WrongAnswer`.
  std::size_t read(std::string_view input, TimePoint now);
  /// The server has ended its side: that may be the end of the body. Throws `WrongAnswer` if it is not.
  void end();

  bool done() const noexcept { return stage_ == Stage::done; }
  Answer take() noexcept { return std::move(answer_); }

 private:
  enum class Stage : std::uint8_t { head, body, done };

  std::size_t read_head(std::string_view input, TimePoint now);
  std::size_t read_body(std::string_view input);
  void finish(std::string_view trailers);

  Method method_;
  TimePoint sent_;
  Stage stage_ = Stage::head;
  wire::HeadProgress progress_;
  wire::BodyDecoder decoder_;
  Answer answer_;
};

}  // namespace gyre::testing
