#pragma once

#include <gyre/wire/h1/response_parser.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gyre::test::mixed {

/// How a client heard the end of its connection.
enum class Ending : unsigned char {
  none,   ///< It stopped listening before.
  clean,  ///< The server ended its side.
  reset,
};

/// One answer as a client understood it.
struct ReadAnswer {
  int status = 0;
  std::string mark;
  std::string body;
  bool closes = false;
  bool complete = false;

  bool operator==(const ReadAnswer& other) const {
    return status == other.status && mark == other.mark && body == other.body && closes == other.closes &&
           complete == other.complete;
  }
};

/// Reads all that came from a server, strictly, and finds what must not be: bad framing, answers in another order than
/// their requests, bytes behind the last answer, a cut answer that looks whole.
class AnswerLog {
 public:
  /// `methods`: those of the requests that the server has understood, in their order.
  AnswerLog(std::string_view bytes, Ending ending, const std::vector<Method>& methods)
      : rest_(bytes), ending_(ending), methods_(methods) {
    while (!rest_.empty() && fault_.empty() && !session_) read_one();
  }

  /// What is wrong; empty if nothing is.
  const std::string& fault() const noexcept { return fault_; }
  /// The final answers; the last one may not be complete.
  const std::vector<ReadAnswer>& answers() const noexcept { return answers_; }
  /// The last one handed the connection over; then `rest` is of the session.
  bool session() const noexcept { return session_; }
  std::string_view rest() const noexcept { return rest_; }

 private:
  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = "answer " + std::to_string(answers_.size()) + ": " + std::string{what};
  }

  static bool looks_whole(std::string_view body) { return body.ends_with('$') || body.ends_with(": $\n\n"); }

  void read_one() {
    wire::ReceivedResponseHead head(fields_);
    wire::HeadProgress progress;
    const wire::HeadOutcome outcome = wire::parse_response_head(rest_, {}, head, progress);
    if (closed_) return blame("comes behind one with Connection: close");
    if (outcome.state == wire::HeadState::rejected) return blame("a malformed head");
    if (outcome.state == wire::HeadState::incomplete) {
      rest_ = {};
      if (ending_ == Ending::clean) blame("half a head, and then a clean end");
      return;
    }
    rest_.remove_prefix(head.head_size());
    if (head.status() == Status::switching_protocols) {
      session_ = true;
    } else if (is_informational(head.status())) {
      if (!head.keep_alive()) blame("an interim answer that closes");
      return;
    }
    read_final(head);
  }

  void read_final(const wire::ReceivedResponseHead& head) {
    const std::size_t number = answers_.size();
    if (number > methods_.size()) return blame("more of them than requests");
    const bool of_request = number < methods_.size();  // else a refusal of bytes that are none
    // Where nothing follows a refusal's head it may have been one of HEAD.
    const Method refused = rest_.empty() ? Method::head : Method::get;
    const Method method = of_request ? methods_[number] : refused;
    ReadAnswer answer;
    answer.status = code(head.status());
    answer.mark = head.find("x-mark").value_or(std::string_view{});
    answer.closes = !head.keep_alive();
    if (!answer.mark.empty() && answer.mark != std::to_string(number)) blame("belongs to request " + answer.mark);
    if (!of_request && !answer.closes) blame("a refusal that does not close");
    wire::BodyDecoder decoder = wire::response_body(head, method, limits_);
    for (wire::BodyDecoder::Step step; (step = decoder.next(rest_)).used != 0; rest_.remove_prefix(step.used)) {
      answer.body += step.data;
    }
    const bool until_close = !decoder.done() && !head.chunked() && !head.content_length();
    if (ending_ == Ending::clean && until_close) decoder.end();
    if (decoder.error() != wire::BodyError::none) blame("a malformed body");
    if (until_close && !answer.closes) blame("ends with the connection, and does not say so");
    answer.complete = decoder.done();
    if (!answer.complete) rest_ = {};  // half a trailer section
    if (!answer.complete && ending_ == Ending::clean) blame("is cut, and then a clean end");
    const std::string_view whole = head.find("x-whole").value_or(std::string_view{});
    const bool has_body = method != Method::head && allows_body(head.status());
    if (answer.complete && has_body && !whole.empty() && (whole == "never" || !looks_whole(answer.body))) {
      blame("is cut and looks whole");
    }
    closed_ = answer.closes;
    answers_.push_back(std::move(answer));
  }

  static constexpr wire::BodyLimits limits_{.body = std::uint64_t{1} << 40};

  std::string_view rest_;
  Ending ending_;
  const std::vector<Method>& methods_;
  std::array<wire::Field, 100> fields_{};
  std::vector<ReadAnswer> answers_;
  bool closed_ = false;
  std::string fault_;
  bool session_ = false;
};

}  // namespace gyre::test::mixed
