#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A client that believes nothing: reads what a server sent, and finds fault with whatever is not as RFC 9112 has it.
namespace gyre::test::raw {

struct Answer {
  int status = 0;
  std::string connection;
  std::string content_type;
  std::string body;
};

class AnswerReader {
 public:
  explicit AnswerReader(std::string_view bytes) : rest_(bytes) {}

  /// All answers, or those before the first fault. `methods` are those of the requests, in order; an answer beyond
  /// them is to a request that was not understood, and has content.
  std::vector<Answer> read(const std::vector<std::string>& methods) {
    std::vector<Answer> answers;
    std::size_t final_ones = 0;
    while (!rest_.empty() && fault_.empty()) {
      Answer answer = read_head();
      const bool interim = answer.status < 200;
      const bool to_head = !interim && final_ones < methods.size() && methods[final_ones] == "HEAD";
      if (fault_.empty()) read_body(answer, to_head);
      if (!fault_.empty()) break;
      if (!interim) ++final_ones;
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  /// What is wrong; empty if nothing is.
  const std::string& fault() const noexcept { return fault_; }

 private:
  static constexpr std::string_view name_marks = "!#$%&'*+-.^_`|~";

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_name_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || name_marks.find(c) != name_marks.npos;
  }

  void blame(std::string text) {
    if (fault_.empty()) fault_ = std::move(text);
  }

  std::string_view line() {
    const std::size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos) {
      blame("a line without end");
      return rest_ = {};
    }
    const std::string_view text = rest_.substr(0, end);
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) blame("a control character in a head");
    }
    rest_.remove_prefix(end + 2);
    return text;
  }

  std::uint64_t number(std::string_view digits) {
    if (digits.empty() || digits.size() > 9) blame("an odd length: " + std::string{digits});
    std::uint64_t value = 0;
    for (const char c : digits) {
      if (!is_digit(c)) blame("no number: " + std::string{digits});
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
  }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      blame("a body that is cut short");
      return {};
    }
    const std::string_view part = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(part.size());
    return part;
  }

  /// HTTP/1.1 SP 3DIGIT SP reason
  int read_status_line() {
    const std::string_view text = line();
    const bool good = text.size() >= 13 && text.starts_with("HTTP/1.1 ") && text[9] >= '1' && text[9] <= '5' &&
                      is_digit(text[10]) && is_digit(text[11]) && text[12] == ' ';
    if (!good) {
      blame("no status line: " + std::string{text});
      return 0;
    }
    return static_cast<int>(number(text.substr(9, 3)));
  }

  Answer read_head() {
    Answer answer;
    answer.status = read_status_line();
    has_length_ = is_chunked_ = false;
    length_ = 0;
    int dates = 0;
    for (std::string_view text = line(); fault_.empty() && !text.empty(); text = line()) {
      const std::size_t colon = text.find(": ");
      if (colon == 0 || colon == text.npos) {
        blame("no field line: " + std::string{text});
        break;
      }
      std::string name;
      for (const char c : text.substr(0, colon)) {
        if (!is_name_char(c)) blame("a bad field name");
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
      dates += name == "date";
      take_field(answer, name, text.substr(colon + 2));
    }
    if (fault_.empty() && answer.status >= 200 && dates != 1) blame("not exactly one Date");
    return answer;
  }

  void take_field(Answer& answer, const std::string& name, std::string_view value) {
    if (value.empty() || value.front() == ' ' || value.back() == ' ') blame("an odd value of " + name);
    if (name == "content-length") {
      if (has_length_) blame("two Content-Lengths");
      has_length_ = true;
      length_ = number(value);
    } else if (name == "transfer-encoding") {
      if (is_chunked_ || value != "chunked") blame("an odd Transfer-Encoding");
      is_chunked_ = true;
    } else if (name == "connection") {
      if (!answer.connection.empty()) blame("two Connection fields");
      answer.connection = value;
    } else if (name == "content-type") {
      if (!answer.content_type.empty()) blame("two Content-Types");
      answer.content_type = value;
    }
  }

  void read_body(Answer& answer, bool to_head) {
    if (has_length_ && is_chunked_) return blame("a length and a coding");
    const bool has_none = answer.status < 200 || answer.status == 204;
    if (has_none && (has_length_ || is_chunked_)) return blame("framing of a body that there is not");
    if (has_none || to_head || answer.status == 304) return;
    if (is_chunked_) return read_chunks(answer);
    if (!has_length_) return blame("a body without framing");
    answer.body = take(length_);
  }

  void read_chunks(Answer& answer) {
    for (;;) {
      std::uint64_t size = 0;
      const std::string_view digits = line();
      if (digits.empty() || digits.size() > 8) return blame("an odd chunk size");
      for (const char c : digits) {
        const bool letter = c >= 'a' && c <= 'f';
        if (!letter && !is_digit(c)) return blame("an odd chunk size");
        size = size * 16 + static_cast<std::uint64_t>(letter ? c - 'a' + 10 : c - '0');
      }
      answer.body += take(size);
      if (!line().empty()) return blame("no end of line behind a chunk");
      if (size == 0 || !fault_.empty()) return;
    }
  }

  std::string_view rest_;
  std::string fault_;
  std::uint64_t length_ = 0;
  bool has_length_ = false;
  bool is_chunked_ = false;
};

}  // namespace gyre::test::raw
