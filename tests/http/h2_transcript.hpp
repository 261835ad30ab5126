#pragma once

#include <gyre/wire/h2/error.hpp>

#include <h2_frames.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::test::h2 {

using namespace h2_test;

/// The block of a plain GET.
inline std::string plain_block(std::string_view path = "/") { return block(request_fields("GET", path)); }

inline std::string repeated(const std::string& bytes, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += bytes;
  return all;
}

/// What a server says on one connection, told in the words of `Case::outcome`, and whether it keeps the rules itself.
class Transcript {
 public:
  /// What PINGs have in them that only ask whether all has been said.
  static constexpr std::string_view probe = "settled?";

  void add(std::string_view bytes) {
    bytes_ += bytes;
    if (!greeted_ && bytes_.starts_with("HTTP/1.")) {
      if (bytes_.find("\r\n\r\n") != std::string::npos && events_.empty()) events_.push_back(bytes_.substr(0, 12));
      return;
    }
    for (const ReadFrame& frame : take_frames(bytes_)) take(frame);
  }

  int probes() const noexcept { return probes_; }
  bool greeted() const noexcept { return greeted_; }
  const std::string& fault() const noexcept { return fault_; }
  std::size_t events() const noexcept { return events_.size(); }
  /// GOAWAY frames, in their order: the last stream of each.
  const std::vector<std::uint32_t>& goaways() const noexcept { return goaways_; }
  std::size_t received(std::uint32_t stream) const {
    const auto found = answers_.find(stream);
    return found == answers_.end() ? 0 : found->second.size;
  }

  /// What happened since `first`, the number of events at that time.
  std::string text(std::size_t first = 0) const {
    std::string all;
    for (std::size_t i = first; i < events_.size(); ++i) all += events_[i] + " ";
    for (const auto& [stream, answer] : answers_) {
      if (!answer.ended) all += describe_answer(stream, answer) + "+ ";
    }
    return all;
  }

 private:
  struct Answer {
    int status = 0;
    std::size_t size = 0;
    bool ended = false;  // or reset
  };

  static std::string describe_answer(std::uint32_t stream, const Answer& answer) {
    return std::to_string(stream) + ":" + std::to_string(answer.status) + "(" + std::to_string(answer.size) + ")";
  }
  static std::string error_name(std::uint32_t code) {
    return std::string(gyre::wire::name(static_cast<gyre::wire::H2Error>(code)));
  }
  void blame(const std::string& what) {
    if (fault_.empty()) fault_ = what;
  }

  void take(const ReadFrame& frame) {
    if (!std::exchange(greeted_, true) && (frame.type != Type::settings || (frame.flags & ack) != 0)) {
      blame("begins otherwise than with SETTINGS");
    }
    if (frame.payload.size() > 16'384) blame("a frame that is too large");
    if (over_) blame("a frame behind the GOAWAY of an error");
    const bool of_stream = frame.type == Type::headers || frame.type == Type::data || frame.type == Type::rst_stream;
    if (of_stream && frame.stream % 2 == 0) blame("a stream of the server");
    if (of_stream && answers_[frame.stream].ended && frame.type != Type::rst_stream) {
      blame("a frame behind the stream's end: " + describe(frame));
    }
    switch (frame.type) {
      case Type::headers: return take_headers(frame);
      case Type::data: return take_data(frame);
      case Type::rst_stream:
        answers_[frame.stream].ended = true;
        events_.push_back("RST " + std::to_string(frame.stream) + " " + error_name(frame.at(0)));
        return;
      case Type::goaway:
        over_ = frame.at(4) != 0;
        goaways_.push_back(frame.at(0));
        events_.push_back("GOAWAY " + error_name(frame.at(4)));
        return;
      case Type::ping:
        if ((frame.flags & ack) == 0) return blame("a PING");
        if (frame.payload == probe) {
          ++probes_;
        } else {
          events_.emplace_back("PONG");
        }
        return;
      case Type::settings:
        if ((frame.flags & ack) != 0) events_.emplace_back("ACK");
        return;
      case Type::window_update:
        if (frame.at(0) == 0) blame("WINDOW_UPDATE by nothing");
        return;
      default: return blame("an unexpected frame: " + describe(frame));
    }
  }

  void take_headers(const ReadFrame& frame) {
    if ((frame.flags & end_headers) == 0) blame("a head in pieces");
    Answer& answer = answers_[frame.stream];
    if (answer.status > 1) {  // 1: which one is not known, perhaps an interim one
      if ((frame.flags & end_stream) == 0) blame("trailers without an end");
      return end(frame.stream, answer);
    }
    const int status = status_of(frame.payload);
    if (status / 100 == 1) return events_.push_back(std::to_string(frame.stream) + ":" + std::to_string(status));
    answer.status = status;
    if ((frame.flags & end_stream) != 0) end(frame.stream, answer);
  }
  void take_data(const ReadFrame& frame) {
    Answer& answer = answers_[frame.stream];
    if (answer.status == 0) blame("DATA without HEADERS");
    answer.size += frame.payload.size();
    if ((frame.flags & end_stream) != 0) end(frame.stream, answer);
  }
  void end(std::uint32_t stream, Answer& answer) {
    answer.ended = true;
    events_.push_back(describe_answer(stream, answer));
  }

  /// Of the first field of a block, which no dynamic table has; 1 if one has it.
  static int status_of(std::string_view block) {
    constexpr int indexed_statuses[] = {200, 204, 206, 304, 400, 404, 500};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(block[i])); };
    while (!block.empty() && (byte(0) & 0xe0U) == 0x20) {  // the size of the table
      std::size_t size = 1;
      if ((byte(0) & 0x1fU) == 0x1f) {
        while ((byte(size) & 0x80U) != 0) ++size;
        ++size;
      }
      block.remove_prefix(size);
    }
    if (block.size() < 2)
      return block.size() == 1 && byte(0) >= 0x88 && byte(0) <= 0x8e ? indexed_statuses[byte(0) - 0x88] : 1;
    if (byte(0) >= 0x88 && byte(0) <= 0x8e) return indexed_statuses[byte(0) - 0x88];
    if ((byte(0) & 0x80U) != 0) return 1;
    if (byte(1) == 3) return (block[2] - '0') * 100 + (block[3] - '0') * 10 + (block[4] - '0');
    // Huffman's code of digits: 5 bits for 0 to 2, 6 for the others.
    std::uint32_t bits = byte(2) << 16U | byte(3) << 8U | ((byte(1) & 0x7fU) > 2 ? byte(4) : 0xffU);
    int status = 0;
    for (int digit = 0, left = 24; digit != 3; ++digit) {
      const std::uint32_t five = bits >> (left - 5) & 31U;
      const std::uint32_t six = bits >> (left - 6) & 63U;
      status = status * 10 + static_cast<int>(five < 3 ? five : six - 22);
      left -= five < 3 ? 5 : 6;
    }
    return status;
  }

  std::string bytes_;
  std::vector<std::string> events_;
  std::map<std::uint32_t, Answer> answers_;
  std::vector<std::uint32_t> goaways_;
  std::string fault_;
  int probes_ = 0;
  bool greeted_ = false;
  bool over_ = false;
};

}  // namespace gyre::test::h2
