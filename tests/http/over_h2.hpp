#pragma once

#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h2/session.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::test {

/// Takes the bytes of an HTTP/1.1 client and sends its requests as streams of an HTTP/2 connection; what comes back it
/// gives as HTTP/1.1, in the order of the requests. So a test that is about handlers and not about bytes runs over
/// HTTP/2 as it is. No I/O. What a test does not read is not credited to the server, as far as the answer is
/// concerned whose turn it is.
///
/// `Connection: close` is kept between the two of us: nothing behind such a request is sent, its answer says it too,
/// and so does the last one before a server goes.
class OverH2 final : private wire::H2Events {
 public:
  OverH2(std::string_view scheme, TimePoint now)
      : scheme_(scheme), session_(wire::H2Session::client({}, *this, memory_, now)) {}

  // --- the test's side ------------------------------------------------------------------------------------------
  /// Bytes of requests, cut anywhere.
  void say(std::string_view bytes) {
    if (closing_ && current_ == nullptr) return;
    unread_ += bytes;
    while (current_ != nullptr ? read_body() : read_head()) continue;
    unread_.erase(0, read_);
    read_ = 0;
  }
  /// Bytes of bodies wait for the server's windows.
  bool waits() const {
    return std::any_of(asked_.begin() + static_cast<std::ptrdiff_t>(front_), asked_.end(),
                       [](const auto& each) { return !each->closed && each->taken != each->body.size(); });
  }
  /// Moves answers' bytes into `room`; how many. Who is turned away before it has said what it speaks is answered in
  /// HTTP/1.1.
  std::size_t take(std::span<std::byte> room) {
    if (turned_away_ || early_.starts_with("HTTP/1.")) {
      turned_away_ = true;
      const std::size_t size = std::min(room.size(), early_.size());
      std::copy_n(early_.data(), size, reinterpret_cast<char*>(room.data()));
      early_.erase(0, size);
      return size;
    }
    while (front_ != asked_.size()) {
      Asked& asked = *asked_[front_];
      const std::size_t size = std::min(room.size(), asked.text.size() - asked.given);
      std::copy_n(asked.text.data() + asked.given, size, reinterpret_cast<char*>(room.data()));
      asked.given += size;
      if (asked.given == asked.text.size()) asked.clear(*session_);
      if (size != 0) return size;
      if (!asked.ended) return 0;
      ++front_;
    }
    return 0;
  }
  /// The answer whose turn it is was cut: there is no more of it than what was taken. `ended`: the server's side has.
  bool is_cut(bool ended) const {
    if (front_ == asked_.size() || turned_away_) return false;
    const Asked& asked = *asked_[front_];
    return !asked.ended && (asked.closed || (ended && asked.begun));
  }
  /// Nothing more is to come.
  bool is_over() const {
    return session_->finished() || ((closing_ || said_goodbye_) && front_ == asked_.size() && current_ == nullptr);
  }
  /// Takes all requests back that have no whole answer; what comes next is the answer to the next request.
  void reset_all() {
    for (std::size_t index = front_; index != asked_.size(); ++index) {
      Asked& asked = *asked_[index];
      if (!asked.closed) session_->reset(asked.id, wire::H2Error::cancel);
      asked.clear(*session_);
      asked.ended = true;
    }
    current_ = nullptr;
  }

  // --- the server's side ----------------------------------------------------------------------------------------
  void receive(std::string_view bytes, TimePoint now) {
    if (!has_frames_) {
      early_ += bytes;
      if (turned_away_ || std::string_view{"HTTP/1."}.starts_with(std::string_view{early_}.substr(0, 7)))
        return;  // see `take`
      has_frames_ = true;
      return receive(std::exchange(early_, {}), now);
    }
    // Frame by frame: each DATA is a chunk, however it was cut on the way.
    while (!bytes.empty()) {
      std::size_t size = std::min(payload_left_, bytes.size());
      payload_left_ -= size;
      if (size == 0) {
        size = std::min(9 - header_.size(), bytes.size());
        header_ += bytes.substr(0, size);
        if (header_.size() == 9) {
          const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(header_[at])}; };
          payload_left_ = payload_ = byte(0) << 16U | byte(1) << 8U | byte(2);
          header_.clear();
        }
      }
      (void)session_->receive(bytes.substr(0, size), now);
      bytes.remove_prefix(size);
    }
  }
  std::size_t send(std::span<char> room) { return session_->wants_send() ? session_->send(room) : 0; }
  wire::H2Session& session() noexcept { return *session_; }

 private:
  struct Asked final : wire::H2Stream {
    explicit Asked(OverH2& translator) : owner(&translator) {}

    void on_response(wire::ReceivedResponseHead& head) override { owner->write_head(*this, head); }
    void on_data(std::string_view data) override {
      if (chunked && chunk_left == 0 && !data.empty()) {
        chunk_left = owner->payload_;
        constexpr std::string_view digits = "0123456789abcdef";
        std::string size;
        for (std::size_t rest = chunk_left; rest != 0; rest /= 16) size.insert(0, 1, digits[rest % 16]);
        text.append(size).append("\r\n");
      }
      text += data;
      if (chunked && !data.empty() && (chunk_left -= data.size()) == 0) text += "\r\n";
      unused += data.size();
      if (owner->front_ == owner->asked_.size() || owner->asked_[owner->front_].get() != this) use(*owner->session_);
    }
    void on_end(std::string_view lines) override {
      if (chunked) text.append("0\r\n").append(named_as_usual(lines)).append("\r\n");
      ended = true;
      if (last || !complete || taken != body.size()) owner->stop_asking(*this);
    }
    void on_closed(wire::H2Error) noexcept override { closed = true; }

    wire::H2Piece next_piece(std::size_t most) noexcept override {
      using State = wire::H2Piece::State;
      const std::string_view left = std::string_view{body}.substr(taken);
      if (left.size() > most) return {State::more, left.substr(0, most)};
      if (complete) return {State::last, left};
      return {left.empty() ? State::waiting : State::more, left};
    }
    void body_taken(std::size_t size) noexcept override { taken += size; }
    std::string_view trailers() noexcept override { return sent_trailers; }

    void use(wire::H2Session& session) {
      if (!closed) session.consumed(id, unused);
      unused = 0;
    }
    void clear(wire::H2Session& session) {
      use(session);
      text.clear();
      given = 0;
    }

    OverH2* owner;
    std::uint32_t id = 0;
    bool to_head = false;  ///< It is a HEAD request.
    bool last = false;     ///< It says Connection: close.

    std::string body;
    std::size_t taken = 0;
    bool complete = true;
    std::string sent_trailers;

    std::string text;       ///< The answer as HTTP/1.1.
    std::size_t given = 0;  ///< Bytes of it.
    std::size_t unused = 0;
    bool chunked = false;
    std::size_t chunk_left = 0;
    bool begun = false;
    bool ended = false;
    bool closed = false;
  };

  // wire::H2Events; a server calls none of the first two.
  wire::H2Stream* on_request(std::uint32_t, wire::RequestHead&, std::string_view) override { return nullptr; }
  wire::H2Stream* on_bad_request(std::uint32_t, wire::HeadError) override { return nullptr; }
  void on_goaway(std::uint32_t, wire::H2Error) override { said_goodbye_ = true; }

  bool read_head() {
    const std::string_view rest = std::string_view{unread_}.substr(read_);
    const std::size_t end = rest.find("\r\n\r\n");
    if (closing_ || end == std::string_view::npos) return false;
    ask(rest.substr(0, end + 2));
    read_ += end + 4;
    return true;
  }

  /// `head`: the lines of a request.
  void ask(std::string_view head) {
    const std::size_t first = head.find("\r\n");
    const std::string_view line = head.substr(0, first);
    const std::size_t method_end = line.find(' ');
    const std::size_t target_end = line.rfind(' ');
    asked_.push_back(std::make_unique<Asked>(*this));
    Asked& asked = *asked_.back();
    asked.to_head = line.starts_with("HEAD ");
    asked.last = line.ends_with("/1.0");

    std::deque<std::string> names;
    std::vector<wire::H2Field> fields{{":method", line.substr(0, method_end)},
                                      {":scheme", scheme_},
                                      {":path", line.substr(method_end + 1, target_end - method_end - 1)}};
    bool has_body = false;
    bool has_host = false;
    for (wire::FieldLines lines{head.substr(first + 2)}; lines.next();) {
      std::string name{lines.name()};
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      if (name == "transfer-encoding") {
        has_body = true;
        decoder_ = wire::BodyDecoder::chunked(limits_);
      } else if (name == "connection") {
        asked.last = lines.value() == "close";
      } else if (name == "host") {
        has_host = true;
        fields.insert(fields.begin() + 3, {":authority", lines.value()});
      } else if (name != "upgrade") {
        if (name == "content-length") {
          decoder_ = wire::BodyDecoder::with_length(std::stoull(std::string{lines.value()}));
          has_body = !decoder_.done();
        }
        names.push_back(std::move(name));
        fields.push_back({names.back(), lines.value()});
      }
    }
    if (!has_host) fields.insert(fields.begin() + 3, {":authority", "a"});  // HTTP/1.0
    asked.complete = !has_body;
    asked.id =
        session_->request(fields, asked, has_body ? wire::H2Session::Body::follows : wire::H2Session::Body::none);
    if (has_body) current_ = &asked;
    closing_ = asked.last && !has_body;
  }

  bool read_body() {
    for (;;) {
      const wire::BodyDecoder::Step step = decoder_.next(std::string_view{unread_}.substr(read_));
      read_ += step.used;
      current_->body += step.data;
      if (decoder_.done()) break;
      if (step.used == 0) {
        if (!current_->closed) session_->resume(current_->id);
        return false;
      }
    }
    current_->sent_trailers = decoder_.trailers();
    current_->complete = true;
    if (!current_->closed) session_->resume(current_->id);
    closing_ = current_->last;
    current_ = nullptr;
    return true;
  }

  /// What it has not sent of its body nobody wants.
  void stop_asking(const Asked& asked) {
    closing_ = true;
    if (current_ == &asked) current_ = nullptr;
  }

  /// "X-Mark" for "x-mark".
  static std::string usual_name(std::string_view name) {
    if (name == "etag") return "ETag";
    if (name == "www-authenticate") return "WWW-Authenticate";
    std::string usual{name};
    for (std::size_t i = 0; i < usual.size(); ++i) {
      const bool begins = i == 0 || usual[i - 1] == '-';
      if (begins && usual[i] >= 'a' && usual[i] <= 'z') usual[i] = static_cast<char>(usual[i] - 32);
    }
    return usual;
  }
  static std::string named_as_usual(std::string_view lines) {
    std::string text;
    for (wire::FieldLines each{lines}; each.next();) {
      text.append(usual_name(each.name())).append(": ").append(each.value()).append("\r\n");
    }
    return text;
  }

  /// In the order of our server.
  void write_head(Asked& asked, const wire::ReceivedResponseHead& head) {
    std::string common;
    std::string others;
    for (const wire::FieldView field : head) {
      const bool is_common = field.name == "date" || field.name == "server" || field.name == "content-type" ||
                             field.name == "content-length";
      std::string& lines = is_common ? common : others;
      lines.append(usual_name(field.name)).append(": ").append(field.value).append("\r\n");
    }
    const Status status = head.status();
    asked.begun = true;
    if (!is_informational(status)) {
      asked.chunked = allows_body(status) && !head.content_length();
      if (asked.chunked) common += "Transfer-Encoding: chunked\r\n";
      if (asked.to_head) asked.chunked = false;
      const bool unsent = !asked.complete || asked.taken != asked.body.size();
      const bool goes = said_goodbye_ && &asked == asked_.back().get();
      if (goes || (is_error(status) && unsent)) asked.last = true;
      if (asked.last) common += "Connection: close\r\n";
    }
    asked.text.append("HTTP/1.1 ").append(std::to_string(code(status))).append(" ").append(reason(status));
    asked.text.append("\r\n").append(common).append(others).append("\r\n");
  }

  static constexpr wire::BodyLimits limits_{.body = std::uint64_t{1} << 40};

  std::string_view scheme_;
  std::string unread_;
  std::size_t read_ = 0;      ///< Bytes of it.
  Asked* current_ = nullptr;  ///< Whose body is being read.
  wire::BodyDecoder decoder_;
  bool closing_ = false;  ///< A request was the last.
  bool said_goodbye_ = false;
  std::deque<std::unique_ptr<Asked>> asked_;
  std::size_t front_ = 0;     ///< Whose answer is given.
  std::string early_;         ///< What came before it was clear
  bool has_frames_ = false;   ///< that the server speaks HTTP/2, too,
  bool turned_away_ = false;  ///< or that it does not.
  std::string header_;        ///< Of the frame that comes, as far as it has.
  std::size_t payload_ = 0;   ///< Bytes of the last one's payload,
  std::size_t payload_left_ = 0;
  wire::H2HeadMemory memory_;
  Box<wire::H2Session> session_;  ///< Goes first: it tells the streams.
};

}  // namespace gyre::test
