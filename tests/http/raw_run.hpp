#pragma once

#include "http_support.hpp"
#include "raw_answer.hpp"
#include "raw_case.hpp"

#include <algorithm>
#include <cstdio>

namespace gyre::test::raw {

/// How the bytes of a case are handed over: the first piece, then pieces of one size, each when the server has taken
/// the one before.
struct Delivery {
  std::size_t first;
  std::size_t step;

  /// Whether a piece ends at this offset of `size` bytes.
  bool cuts_at(std::size_t offset, std::size_t size) const noexcept {
    return offset == size || (offset >= first && (offset - first) % step == 0);
  }
  std::string name(std::size_t size) const {
    if (first >= size) return "at once";
    if (step == 1) return "byte by byte";
    if (first == step) return "in pieces of " + std::to_string(step);
    return "cut at " + std::to_string(first);
  }
};

inline Delivery at_once(std::string_view bytes) { return {bytes.size() + 1, bytes.size() + 1}; }
/// One byte at a time; a text of a whole body's length in larger pieces, for time's sake.
inline Delivery bytewise(std::string_view bytes) {
  const std::size_t step = bytes.size() > 100'000 ? 61 : 1;
  return {step, step};
}
inline Delivery cut(std::string_view bytes, std::size_t offset) { return {offset, bytes.size() + 1}; }

/// The test service, which remembers what was asked. It has no tunnel, so it refuses CONNECT as a router does.
class RawService final : public TestService {
 public:
  RequestHandler& find(Request& request) noexcept override {
    methods.emplace_back(request.head().method_text());
    targets.emplace_back(request.target());
    hosts.emplace_back(request.head().host());
    return request.method() == Method::connect ? no_tunnel_ : TestService::find(request);
  }
  void forget() {
    seen.clear();
    methods.clear();
    targets.clear();
    hosts.clear();
  }

  // Of all requests whose head was understood.
  std::vector<std::string> methods;
  std::vector<std::string> targets;
  std::vector<std::string> hosts;

 private:
  struct NoTunnel : RequestHandler {
    explicit NoTunnel(RawService& owner) : RequestHandler(Kind::plain), service(&owner) {}
    Response call(Request& request) override {
      service->seen.emplace_back(request.target());
      return {Status::not_implemented, "no tunnel"};
    }
    Task<Response> start(Request&) override { co_return Response{}; }
    RawService* service;
  };
  NoTunnel no_tunnel_{*this};
};

struct RawSite {
  RawSite(Loop& owner, ServerOptions options)
      : loop(owner), server(owner, service, std::move(options)), listener(owner) {}

  Task<ClientStream> connect() const { return connect_to(listener.endpoint()); }

  Loop& loop;
  RawService service;
  Server server;
  Listener listener;
};

inline ServerOptions options_of(Preset preset) {
  ServerOptions options;
  options.http2 = Http2::off;  // its preface is a request that nobody understands
  if (preset == Preset::small) {
    options.limits.head = {.request_line = 64, .header_block = 256, .fields = 8};
    options.limits.body = 16;
  }
  return options;
}

inline std::string printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 600)) {
    char code[8];
    std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool plain = c >= 0x20 && c < 0x7f && c != '\\';
    text += c == '\r' ? "\\r" : c == '\n' ? "\\n\n    " : plain ? std::string(1, c) : code;
  }
  return bytes.size() > 600 ? text + "... " + std::to_string(bytes.size()) + " bytes" : text;
}

/// What was heard from the server, and whether its end came as it should.
struct Heard {
  std::string bytes;
  std::string trouble;
};

/// Compares what came with what should have come.
class Verdict {
 public:
  Verdict(const RawCase& test, const Delivery& delivery, const RawService& service, const Heard& heard)
      : test_(test), delivery_(delivery), service_(service), heard_(heard) {}

  /// What is wrong, for people; empty if nothing is.
  std::string text() {
    AnswerReader reader(heard_.bytes);
    std::vector<std::string> methods = service_.methods;
    // One of HEAD has no content in its answer, not even where it is refused.
    if (methods.empty() && test_.bytes.starts_with("HEAD ")) methods.emplace_back("HEAD");
    const std::vector<Answer> answers = reader.read(methods);
    blame(heard_.trouble);
    blame(reader.fault());
    const std::string expected = expected_statuses();
    const std::string came = statuses_of(answers);
    if (came != expected) blame("expected [" + expected + " ], came [" + came + " ]");
    if (text_.empty()) check(answers);
    if (text_.empty()) return {};
    return std::string{test_.what} + ", " + delivery_.name(test_.bytes.size()) + text_ + "\n  sent\n    " +
           printable(test_.bytes) + "\n  came\n    " + printable(heard_.bytes);
  }

 private:
  void blame(const std::string& fault) {
    if (!fault.empty()) text_ += "\n  " + fault;
  }

  /// Whether bytes of the body arrived together with the end of the head that expects a 100.
  bool body_came_along() const {
    const std::size_t field = test_.bytes.find("xpect:");
    const std::size_t end = test_.bytes.find("\r\n\r\n", field);
    return field != std::string_view::npos && end != std::string_view::npos &&
           !delivery_.cuts_at(end + 4, test_.bytes.size());
  }

  std::string expected_statuses() const {
    std::string text;
    for (const int status : test_.statuses) {
      if (status != 100 || !body_came_along()) text += " " + std::to_string(status);
    }
    return test_.after == After::open ? text + " 200 (of the probe)" : text;
  }

  std::string statuses_of(const std::vector<Answer>& answers) const {
    std::string text;
    for (const Answer& answer : answers) {
      const bool of_probe =
          &answer == &answers.back() && !service_.targets.empty() && service_.targets.back() == "/probe";
      text += " " + std::to_string(answer.status) + (of_probe ? " (of the probe)" : "");
    }
    return text;
  }

  void check(const std::vector<Answer>& answers) {
    std::size_t handled = 0;
    for (const Answer& answer : answers) {
      const bool last = &answer == &answers.back();
      const bool closes = last && test_.after != After::waiting;
      if ((answer.connection == "close") != closes) blame("Connection: close where it does not belong, or not");
      const bool by_connection = answer.content_type == "application/problem+json";
      if (answer.status >= 400 && by_connection && !closes) blame("a refusal, and the connection lives on");
      handled += answer.status >= 200 && !by_connection;
    }
    if (handled != service_.seen.size()) blame("another number of handlers than of their answers has run");
    const std::size_t probes = test_.after == After::open ? 1 : 0;
    if (answers.size() == probes) return;
    const Answer& answer = answers[answers.size() - 1 - probes];
    const Also& also = test_.also;
    if (probes != 0 && answer.connection != also.connection) blame("Connection: " + answer.connection);
    if (also.body.data() != nullptr && answer.body != also.body) blame("body: " + answer.body);
    if (also.host.data() == nullptr) return;
    if (service_.hosts.size() <= probes) return blame("no request was for anybody");
    const std::string& host = service_.hosts[service_.hosts.size() - 1 - probes];
    if (host != also.host) blame("for " + host);
  }

  const RawCase& test_;
  const Delivery& delivery_;
  const RawService& service_;
  const Heard& heard_;
  std::string text_;
};

inline Task<Heard> listen(ClientStream& stream) {
  Heard heard;
  std::byte buffer[4096];
  for (;;) {
    const Result<std::size_t> count = co_await stream.read(buffer);
    if (!count) heard.trouble = "no clean end: " + count.error().message();
    if (!count || *count == 0) co_return heard;
    heard.bytes += as_text(Bytes{buffer, *count});
  }
}

/// One case on a connection of its own. What is wrong, or nothing.
inline Task<std::string> run(RawSite& site, const RawCase& test, const Delivery& delivery) {
  constexpr std::string_view probe = "GET /probe HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";
  site.service.forget();
  ClientStream stream = co_await site.connect();
  std::string trouble;
  for (std::size_t at = 0, size = delivery.first; at < test.bytes.size(); at += size, size = delivery.step) {
    if (at != 0) co_await sleep_for(1ns);  // lets the server have what was sent
    const Bytes piece = as_bytes(test.bytes.substr(at, size));
    const Result<void> written = co_await stream.write(piece);
    if (!written) trouble = "the server does not read to the end";
  }
  // In simulation everything that can happen does; on a real loop what comes next may overtake the answers.
  if (site.loop.backend() == Backend::sim) co_await sleep_for(1s);
  if (test.after == After::waiting || test.after == After::cut_off) {
    (void)co_await stream.finish();
  } else {
    const Result<void> written = co_await stream.write(as_bytes(probe));
    if (!written) trouble = "the server does not linger";
  }
  Task<Heard> answers = listen(stream);
  Result<Heard> heard = co_await within(20s, std::move(answers));
  if (!heard) co_return std::string{test.what} + ": no end of the connection";
  if (heard->trouble.empty()) heard->trouble = trouble;
  Verdict verdict(test, delivery, site.service, *heard);
  std::string text = verdict.text();
  co_return text;
}

/// Runs `body(site)`, a coroutine, beside a server with the limits of `preset`.
template <class Body>
Task<> serve_preset(Loop& loop, Preset preset, Body body) {
  RawSite site{loop, options_of(preset)};
  co_await serve_beside(site, body);
}

}  // namespace gyre::test::raw
