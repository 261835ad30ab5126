#pragma once

#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/h2/session.hpp>

#include <h2_frames.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One side of a connection and what it has been told, as lines.
class H2Side final : public gyre::wire::H2Events {
 public:
  using H2Session = gyre::wire::H2Session;

  /// A stream that says what it hears, and has a body to send.
  class Stream final : public gyre::wire::H2Stream {
   public:
    Stream(H2Side& side, std::uint32_t number) : side_(&side), number_(number) {}

    void on_data(std::string_view data) override {
      received += data;
      side_->log_data(number_, data);
      if (consumes) side_->session->consumed(number_, data.size());
    }
    void on_end(std::string_view trailers) override {
      side_->log(number_, trailers.empty() ? "end" : "end " + std::string(trailers));
      has_ended = true;
    }
    void on_closed(gyre::wire::H2Error error) noexcept override {
      side_->log(number_, "closed " + std::string(name(error)));
      is_closed = true;
    }
    gyre::wire::H2Piece next_piece(std::size_t most) noexcept override {
      using State = gyre::wire::H2Piece::State;
      const std::size_t left = body.size() - taken;
      if (left > most) return {State::more, std::string_view(body).substr(taken, most)};
      if (is_complete) return {State::last, std::string_view(body).substr(taken)};
      return {left == 0 ? State::waiting : State::more, std::string_view(body).substr(taken)};
    }
    void body_taken(std::size_t size) noexcept override { taken += size; }
    std::string_view trailers() noexcept override { return sent_trailers; }
    void on_response(gyre::wire::ReceivedResponseHead& head) override {
      std::string line = "answer " + std::to_string(code(head.status()));
      for (const gyre::wire::FieldView field : head) {
        line += " " + std::string(field.name) + "=" + std::string(field.value);
      }
      side_->log(number_, line);
    }

    std::string received;
    bool has_ended = false;
    bool is_closed = false;
    bool consumes = true;
    std::string body;
    bool is_complete = true;
    std::size_t taken = 0;
    std::string sent_trailers;

   private:
    H2Side* side_;
    std::uint32_t number_;
  };

  explicit H2Side(gyre::wire::H2HeadMemory& memory, const H2Session::Options& options = {})
      : session(H2Session::server(options, *this, memory, now)) {}
  /// A client.
  H2Side(gyre::wire::H2HeadMemory& memory, int, const H2Session::Options& options = {})
      : session(H2Session::client(options, *this, memory, now)) {}

  gyre::wire::H2Stream* on_request(std::uint32_t number, gyre::wire::RequestHead& head,
                                   std::string_view bytes) override {
    std::string line = std::string(head.method_text()) + " " + std::string(head.target()) +
                       " host=" + std::string(head.host()) + (head.chunked() ? " chunked" : "");
    if (head.content_length()) line += " length=" + std::to_string(*head.content_length());
    if (head.expect_continue()) line += " expects";
    for (const gyre::wire::FieldView field : head) {
      if (field.id != gyre::FieldId::host) line += " " + std::string(field.name) + "=" + std::string(field.value);
    }
    if (head.head_size() != bytes.size()) line += " wrong head bytes";
    log(number, line);
    if (refuses) return nullptr;
    Stream& stream = add(number);
    if (asked) asked(number, head);
    return &stream;
  }
  gyre::wire::H2Stream* on_bad_request(std::uint32_t number, gyre::wire::HeadError error) override {
    log(number, "bad request " + std::to_string(code(status_of(error))));
    return &add(number);
  }
  void on_goaway(std::uint32_t last, gyre::wire::H2Error error) override {
    log(0, "goaway " + std::to_string(last) + " " + std::string(name(error)));
  }

  Stream& add(std::uint32_t number) { return *(streams[number] = std::make_unique<Stream>(*this, number)); }
  void log(std::uint32_t number, std::string_view what) {
    data_of_ = 0;
    lines.push_back(std::to_string(number) + " " + std::string(what));
  }
  /// Data that follows on data of the same stream is one event, whatever pieces it came in.
  void log_data(std::uint32_t number, std::string_view data) {
    if (data_of_ == number) {
      lines.back() += data;
    } else {
      log(number, "data " + std::string(data));
      data_of_ = number;
    }
  }

  bool receive(std::string_view bytes) { return session->receive(bytes, now); }
  /// All that it has to send now, by rooms of the least size.
  std::string sent(std::size_t room = 16 * 1024 + 64) {
    std::string bytes;
    std::string buffer(room, '\0');
    while (session->wants_send()) {
      const std::size_t size = session->send(buffer);
      if (size == 0) break;
      bytes.append(buffer, 0, size);
    }
    return bytes;
  }
  /// The same as descriptions of frames.
  std::vector<std::string> frames() { return h2_test::describe(sent()); }
  /// What was heard since the last call.
  std::vector<std::string> heard() {
    data_of_ = 0;
    return std::exchange(lines, {});
  }

  /// An answer with a body.
  void answer(std::uint32_t number, std::string body) {
    Stream& stream = *streams.at(number);
    stream.body = std::move(body);
    session->respond(number, {.content_length = stream.body.size()}, H2Session::Body::follows);
  }
  std::uint32_t ask(const h2_test::Fields& fields, H2Session::Body body = H2Session::Body::none) {
    std::vector<gyre::wire::H2Field> list;
    for (const auto& [name, value] : fields) list.push_back({name, value});
    auto stream = std::make_unique<Stream>(*this, next_);
    const std::uint32_t number = session->request(list, *stream, body);
    if (number != 0) streams[number] = std::move(stream);
    next_ += 2;
    return number;
  }

  gyre::TimePoint now{};
  bool refuses = false;
  std::function<void(std::uint32_t, gyre::wire::RequestHead&)> asked;
  std::vector<std::string> lines;
  std::map<std::uint32_t, std::unique_ptr<Stream>> streams;
  gyre::Box<H2Session> session;  // goes first: it tells the streams

 private:
  std::uint32_t data_of_ = 0;
  std::uint32_t next_ = 1;
};

/// Both sides of one connection, in one loop's memory.
struct H2Pair {
  explicit H2Pair(const gyre::wire::H2Session::Options& of_server = {},
                  const gyre::wire::H2Session::Options& of_client = {})
      : server(memory, of_server), client(memory, 0, of_client) {}

  /// Carries bytes until neither has more to send.
  void run() {
    for (;;) {
      const std::string there = client.sent();
      if (!there.empty()) server.receive(there);
      const std::string back = server.sent();
      if (!back.empty()) client.receive(back);
      if (there.empty() && back.empty()) return;
    }
  }

  gyre::wire::H2HeadMemory memory;
  H2Side server;
  H2Side client;
};
