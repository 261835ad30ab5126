#include <gyre/testing/internal/answer_reader.hpp>

#include <gyre/testing/failure.hpp>
#include <gyre/wire/field_lines.hpp>

#include <string>

namespace gyre::testing {
namespace {

// Wide: what a test looks at is the server's form, not its size.
constexpr std::uint32_t fields_max = 1000;
constexpr wire::HeadLimits head_limits{.request_line = 1 << 16, .header_block = 1 << 20, .fields = fields_max};
constexpr wire::BodyLimits body_limits{
    .body = std::uint64_t{1} << 32,
    .chunks = {.extension = 1 << 16, .extensions = 1 << 20, .trailers = 1 << 20, .trailer_fields = fields_max}};

std::string quoted(std::string_view bytes) {
  constexpr std::size_t shown_max = 200;
  std::string text = "\"";
  for (const char c : bytes.substr(0, shown_max)) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return text + (bytes.size() > shown_max ? "...\"" : "\"");
}

}  // namespace

std::size_t AnswerReader::read(std::string_view input, TimePoint now) {
  std::size_t used = 0;
  for (bool progress = true; progress && !done();) {
    const Stage before = stage_;
    const std::string_view rest = input.substr(used);
    const std::size_t step = before == Stage::head ? read_head(rest, now) : read_body(rest);
    used += step;
    progress = step > 0 || stage_ != before;
  }
  return used;
}

std::size_t AnswerReader::read_head(std::string_view input, TimePoint now) {
  std::vector<wire::Field> storage(fields_max);
  wire::ReceivedResponseHead head{storage};
  const wire::HeadOutcome outcome = wire::parse_response_head(input, head_limits, head, progress_);
  if (outcome.state == wire::HeadState::rejected) {
    throw WrongAnswer{"the answer is malformed: " + std::string{wire::describe(outcome.error)} + ": " + quoted(input)};
  }
  if (outcome.state == wire::HeadState::incomplete) return 0;

  Answer& answer = answer_;
  answer.status_ = head.status();
  answer.version_minor_ = head.version_minor();
  answer.keep_alive_ = head.keep_alive();
  answer.chunked_ = head.chunked();
  answer.elapsed_ = now - sent_;
  for (const wire::FieldView field : head) {
    answer.fields_.push_back({std::string{field.name}, std::string{field.value}});
  }
  if (is_informational(head.status()) && head.status() != Status::switching_protocols) {
    std::vector<Answer> interim = std::move(answer.interim_);
    answer.interim_.clear();
    interim.push_back(std::move(answer));
    answer_ = Answer{};
    answer_.interim_ = std::move(interim);
    progress_ = {};
    return head.head_size();
  }
  decoder_ = wire::response_body(head, method_, body_limits);
  stage_ = Stage::body;
  return head.head_size();
}

std::size_t AnswerReader::read_body(std::string_view input) {
  std::size_t used = 0;
  for (wire::BodyDecoder::Step step; (step = decoder_.next(input.substr(used))).used != 0; used += step.used) {
    answer_.body_ += step.data;
    if (decoder_.done()) finish(decoder_.trailers());
  }
  if (decoder_.error() != wire::BodyError::none) {
    throw WrongAnswer{"the answer's body is malformed: " + std::string{wire::describe(decoder_.error())} + ": " +
                      quoted(input.substr(used))};
  }
  if (decoder_.done() && !done()) finish({});  // it has none
  return used;
}

void AnswerReader::finish(std::string_view trailers) {
  stage_ = Stage::done;
  for (wire::FieldLines lines{trailers}; lines.next();) {
    answer_.trailers_.push_back({std::string{lines.name()}, std::string{lines.value()}});
  }
}

void AnswerReader::end() {
  if (stage_ == Stage::head) throw WrongAnswer{"the server ended the connection before the answer's head was complete"};
  decoder_.end();
  if (!decoder_.done()) {
    throw WrongAnswer{"the server ended the connection in the middle of the answer's body, after " +
                      std::to_string(decoder_.decoded()) + " bytes"};
  }
  finish({});
}

}  // namespace gyre::testing
