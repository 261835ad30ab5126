#include <gyre/testing/internal/h2_connection.hpp>

#include <gyre/loop/shield.hpp>
#include <gyre/testing/internal/limited.hpp>
#include <gyre/wire/field_lines.hpp>

#include <algorithm>
#include <list>
#include <vector>

namespace gyre::testing::internal {
namespace {

std::string lower_case(std::string_view name) {
  std::string text{name};
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

/// Fields that HTTP/2 has not (RFC 9113 8.2.2), or has by another name.
bool is_sent(std::string_view name) {
  constexpr std::string_view others[] = {"connection",        "host",   "keep-alive", "proxy-connection",
                                         "transfer-encoding", "upgrade"};
  return std::find(std::begin(others), std::end(others), name) == std::end(others);
}

wire::H2Session::Options wide() {
  wire::H2Session::Options options;
  options.heads.header_block = 1 << 20;
  options.heads.fields = 1000;
  return options;
}

}  // namespace

/// A request, and its answer as far as it has come.
class H2Connection::Exchange final : public wire::H2Stream {
 public:
  Exchange(H2Connection& connection, const TestRequest& request, std::string_view host)
      : connection_(&connection), body_(request.content()), trailer_lines_(request.trailer_lines()) {
    std::list<std::string> names;
    const std::string length = std::to_string(body_.size());
    const bool is_encrypted = connection.stream_.session() != nullptr;
    std::vector<wire::H2Field> fields{{":method", request.method_text()},
                                      {":scheme", is_encrypted ? "https" : "http"},
                                      {":authority", host},
                                      {":path", request.target()}};
    for (const RequestField& field : request.fields()) {
      names.push_back(lower_case(field.name));
      if (names.back() == "host") fields[2].value = field.value;
      if (is_sent(names.back())) fields.push_back({names.back(), field.value});
    }
    if (request.says_length()) fields.push_back({"content-length", length});
    using Body = wire::H2Session::Body;
    const bool has_body = !body_.empty() || !trailer_lines_.empty();
    number_ = connection.session_->request(fields, *this, has_body ? Body::follows : Body::none);
    if (number_ == 0) end_ = wire::H2Error::refused_stream;
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    if (!end_) connection_->session_->forget(number_);
  }

  std::uint32_t number() const noexcept { return number_; }
  bool is_over() const noexcept { return whole_ || end_; }
  /// The server has not looked at it.
  bool is_unserved() const noexcept {
    return !whole_ && (end_ == wire::H2Error::refused_stream || number_ > connection_->served_up_to_);
  }
  void sent() noexcept { sent_at_ = connection_->loop_->now(); }
  void take_back() noexcept {
    if (!end_) connection_->session_->reset(number_, wire::H2Error::cancel);
  }

  Answer take() {
    if (!whole_) {
      const std::string why = end_ ? "reset the stream (" + std::string{name(*end_)} + ")" : "ended the connection";
      const bool has_head = answer_.status_ != Status{0};
      throw WrongAnswer{
          "the server " + why +
          (has_head ? " in the middle of the answer's body, after " + std::to_string(answer_.body_.size()) + " bytes"
                    : " before the answer's head was complete")};
    }
    answer_.keep_alive_ = !connection_->says_goodbye_;
    return std::move(answer_);
  }

  // wire::H2Stream
  void on_response(wire::ReceivedResponseHead& head) override {
    Answer answer;
    answer.status_ = head.status();
    answer.version_major_ = 2;
    answer.version_minor_ = 0;
    answer.keep_alive_ = true;
    answer.elapsed_ = connection_->loop_->now() - sent_at_;
    for (const wire::FieldView field : head) {
      answer.fields_.push_back({std::string{field.name}, std::string{field.value}});
    }
    if (is_informational(head.status())) {
      answer_.interim_.push_back(std::move(answer));
    } else {
      answer.interim_ = std::move(answer_.interim_);
      answer_ = std::move(answer);
    }
  }
  void on_data(std::string_view data) override {
    answer_.body_ += data;
    connection_->session_->consumed(number_, data.size());
  }
  void on_end(std::string_view lines) override {
    for (wire::FieldLines each{lines}; each.next();) {
      answer_.trailers_.push_back({std::string{each.name()}, std::string{each.value()}});
    }
    whole_ = true;
  }
  void on_closed(wire::H2Error error) noexcept override { end_ = error; }
  wire::H2Piece next_piece(std::size_t most) noexcept override {
    using State = wire::H2Piece::State;
    const std::string_view left = std::string_view{body_}.substr(taken_);
    return {left.size() <= most ? State::last : State::more, left.substr(0, most)};
  }
  void body_taken(std::size_t size) noexcept override { taken_ += size; }
  std::string_view trailers() noexcept override { return trailer_lines_; }

 private:
  H2Connection* connection_;
  std::uint32_t number_ = 0;
  std::string body_;
  std::size_t taken_ = 0;
  std::string trailer_lines_;
  TimePoint sent_at_{};
  Answer answer_;
  bool whole_ = false;
  std::optional<wire::H2Error> end_;
};

/// Whoever receives, as long as it does.
class H2Connection::Receiving {
 public:
  explicit Receiving(H2Connection& connection) noexcept : connection_(&connection) { connection_->receiving_ = true; }
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;
  ~Receiving() {
    connection_->receiving_ = false;
    if (const std::shared_ptr<Event> progress = std::move(connection_->progress_)) progress->set();
  }

 private:
  H2Connection* connection_;
};

H2Connection::H2Connection(Loop& loop, Stream stream, Duration limit)
    : loop_(&loop),
      stream_(std::move(stream)),
      limit_(limit),
      session_(wire::H2Session::client(wide(), *this, memory_, loop.now())) {}

void H2Connection::on_goaway(std::uint32_t last, wire::H2Error) {
  says_goodbye_ = true;
  served_up_to_ = std::min(served_up_to_, last);
}

Task<std::optional<Answer>> H2Connection::ask(const TestRequest& request, std::string_view host) {
  Exchange exchange{*this, request, host};
  bool cancelled = false;
  try {
    co_await talk(exchange);
  } catch (const Cancelled&) {
    cancelled = true;
  }
  if (cancelled) {
    constexpr std::chrono::seconds patience{1};
    exchange.take_back();
    auto telling = shield(patience, flush());
    const Result<void> told = co_await std::move(telling);
    (void)told;
    throw Cancelled{};
  }
  std::optional<Answer> answer;
  if (!exchange.is_unserved()) answer.emplace(exchange.take());
  co_return answer;
}

Task<> H2Connection::talk(Exchange& exchange) {
  exchange.sent();
  co_await flush();
  exchange.sent();
  while (!exchange.is_over() && !exchange.is_unserved() && !ended_) {
    co_await receive();
    co_await flush();
  }
}

// A server that does not take what is sent is no failure: what it said is still to be read.
Task<> H2Connection::flush() {
  const Mutex::Lock lock = co_await sending_.lock();
  std::string out;
  while (!broken_ && session_->wants_send()) {
    out.resize(wire::H2Session::send_min);
    out.resize(session_->send(out));
    if (out.empty()) co_return;
    const Result<void> sent = co_await limited(limit_, stream_.write(as_bytes(out)), "a client's write");
    broken_ = !sent;
  }
}

/// Once, or waits for who does.
Task<> H2Connection::receive() {
  if (receiving_) {
    if (progress_ == nullptr) progress_ = std::make_shared<Event>();
    const std::shared_ptr<Event> progress = progress_;
    co_await progress->wait();
    co_return;
  }
  const Receiving receiving{*this};
  std::byte piece[16 * 1024];
  const Result<std::size_t> size = co_await limited(limit_, stream_.read(piece), "waiting for the server");
  ended_ = !size || *size == 0;
  if (ended_ || session_->receive(as_text(Bytes{piece, *size}), loop_->now())) co_return;
  throw WrongAnswer{"the server breaks the rules of HTTP/2 (" + std::string{name(session_->error())} + ")"};
}

}  // namespace gyre::testing::internal
