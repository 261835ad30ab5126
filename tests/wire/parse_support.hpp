#pragma once

#include <gyre/wire/h1/request_parser.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// A parsed head with the bytes and the storage that it needs.
struct Parsed {
  std::vector<gyre::wire::Field> storage = std::vector<gyre::wire::Field>(100);
  gyre::wire::RequestHead head{storage};
  gyre::wire::HeadOutcome outcome;
};

/// Bytes in a block of exactly their size, so that the address sanitizer sees each read outside.
class ExactBytes {
 public:
  explicit ExactBytes(std::string_view text) : block_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), block_.get());
  }
  std::string_view view() const { return {block_.get(), size_}; }

 private:
  std::unique_ptr<char[]> block_;
  std::size_t size_;
};

/// Everything that a head says, as one text: two heads are equal if these are.
inline std::string describe(const gyre::wire::RequestHead& head) {
  std::string text;
  const auto add = [&](std::string_view part) { (text += part) += '\n'; };
  add(head.method_text());
  add(std::to_string(static_cast<int>(head.method())));
  add(std::to_string(static_cast<int>(head.target_form())));
  add(head.target());
  add(head.path());
  add(head.query());
  add(head.host());
  add(std::to_string(head.version_minor()));
  add(std::string("keep_alive ") + (head.keep_alive() ? "1" : "0") + " upgrade " + (head.upgrade() ? "1" : "0") +
      " expect " + (head.expect_continue() ? "1" : "0") + " chunked " + (head.chunked() ? "1" : "0"));
  add(head.content_length() ? std::to_string(*head.content_length()) : "no length");
  add(std::to_string(head.head_size()));
  for (const gyre::wire::FieldView field : head) {
    add(std::string(field.name) + "=" + std::string(field.value) + " (" + std::to_string(static_cast<int>(field.id)) +
        ")");
  }
  return text;
}

/// The outcome as text, the whole head with it if there is one.
inline std::string describe(const Parsed& parsed) {
  using gyre::wire::HeadState;
  if (parsed.outcome.state == HeadState::complete) return describe(parsed.head);
  if (parsed.outcome.state == HeadState::incomplete) return "incomplete";
  return "rejected: " + std::string(gyre::wire::describe(parsed.outcome.error));
}

/// Gives the parser the bytes in pieces that end at `ends` (ascending), then all of them, until it has an answer.
inline std::string parse_in_pieces(std::string_view bytes, const std::vector<std::size_t>& ends,
                                   const gyre::wire::HeadLimits& limits = {}) {
  Parsed parsed;
  gyre::wire::HeadProgress progress;
  // The pieces are copied, each to another place: progress must not depend on addresses.
  std::unique_ptr<ExactBytes> sent;
  for (std::size_t i = 0; i <= ends.size(); ++i) {
    sent = std::make_unique<ExactBytes>(bytes.substr(0, i < ends.size() ? ends[i] : bytes.size()));
    parsed.outcome = gyre::wire::parse_request_head(sent->view(), limits, parsed.head, progress);
    if (parsed.outcome.state != gyre::wire::HeadState::incomplete) break;
  }
  return describe(parsed);
}

inline std::string parse_at_once(std::string_view bytes, const gyre::wire::HeadLimits& limits = {}) {
  return parse_in_pieces(bytes, {}, limits);
}

inline std::string parse_byte_by_byte(std::string_view bytes, const gyre::wire::HeadLimits& limits = {}) {
  std::vector<std::size_t> ends(bytes.size());
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = i;
  return parse_in_pieces(bytes, ends, limits);
}
