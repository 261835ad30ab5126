#include "visitor.hpp"

#include "handshake.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>

#include <algorithm>

namespace gyre::simulate {
namespace {

using namespace std::chrono_literals;
using test::mixed::AnswerLog;
using test::mixed::Ending;

}  // namespace

Visitor::Visitor(unsigned number, std::uint64_t seed, testing::Tls tls)
    : number_(number), tls_(tls), chance_(seed * 1000003U + number) {
  const std::size_t count = 1 + chance_.below(8);
  for (std::size_t index = 0; index < count; ++index) {
    wishes_.push_back(make_wish(static_cast<unsigned>(index)));
    cuts_ |= wishes_.back().cuts;
  }
  pipelined_ = chance_.one_in(2);
  constexpr Duration arrivals[] = {0ms, 1ms, 5ms, 40ms, 200ms};
  arrives_ = chance_.pick(arrivals);
  constexpr Leaving leavings[] = {Leaving::stay, Leaving::stay, Leaving::close, Leaving::reset, Leaving::half_close};
  leaving_ = chance_.pick(leavings);
  constexpr std::int64_t longest[] = {1, 1'000, 1'000'000, 10'000'000, 100'000'000, 2'000'000'000};
  leaves_after_ = Duration{static_cast<std::int64_t>(chance_.below(static_cast<std::size_t>(chance_.pick(longest))))};
  constexpr std::size_t pieces[] = {64, 700, 8192, 8192};
  piece_ = chance_.pick(pieces);
  constexpr Duration pauses[] = {0ms, 0ms, 1ms, 20ms};
  reads_every_ = chance_.pick(pauses);
}

Visitor::Wish Visitor::make_wish(unsigned index) {
  const Page& page = chance_.pick(pages);
  constexpr unsigned numbers[] = {0, 1, 2, 3, 7, 15, 20, 30, 49, 50, 63, 100};
  methods_.push_back(page.has_body ? Method::post : Method::get);
  std::string text = page.has_body ? "POST /" : "GET /";
  text += std::to_string(number_) + "/" + std::to_string(index) + "/" + std::string{page.name} + "/" +
          std::to_string(chance_.pick(numbers)) + " HTTP/1.1\r\nHost: site\r\n";
  if (chance_.one_in(20)) text += "Connection: close\r\n";
  if (!page.has_body) return {.text = text + "\r\n", .cuts = page.cuts, .outlives = page.outlives};
  if (chance_.one_in(4)) text += "Expect: 100-continue\r\n";
  const std::string body(chance_.below(chance_.one_in(4) ? 3000 : 40), 'b');
  if (chance_.one_in(2)) {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return {.text = text, .cuts = true, .outlives = page.outlives};
  }
  text += "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t size = std::min<std::size_t>(body.size() - at, 1 + chance_.below(15));
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[size];
    text += "\r\n" + body.substr(at, size) + "\r\n";
    at += size;
  }
  return {.text = text + "0\r\n\r\n", .cuts = true, .outlives = page.outlives, .may_be_last = page.name == "leave"};
}

Task<> Visitor::visit(Loop& loop, Endpoint endpoint) {
  co_await sleep_for(arrives_);
  auto connecting = Stream::connect(endpoint);
  Result<Stream> connected = co_await std::move(connecting);
  if (!connected) co_return;
  Stream stream = std::move(*connected);
  connected_ = true;
  const bool may_talk = co_await shake_hands(&stream);
  if (!may_talk) co_return;
  const auto talk = [this, &stream](Scope& scope) -> Task<> {
    scope.spawn(&Visitor::speak, this, &stream);
    if (!leaves_abruptly()) {
      co_await listen(&stream);
    } else {
      scope.spawn([](Visitor* self, Stream* from) -> Task<> { co_await self->listen(from); }, this, &stream);
      co_await sleep_for(leaves_after_);
      left_ = true;
    }
    scope.cancel();
  };
  auto talking = with_scope(talk);
  co_await std::move(talking);
  if (leaves_abruptly()) gone_at_ = loop.now();
  if (leaving_ == Leaving::reset) stream.reset();
}

// Who leaves may do so in the middle of it.
Task<bool> Visitor::shake_hands(Stream* stream) {
  if (tls_ == testing::Tls::off) co_return true;
  const Duration limit = leaves_abruptly() ? leaves_after_ : Duration::max();
  handshake_failure_ = co_await simulate::shake_hands(stream, testing::Protocol::http_1_1, limit);
  left_ = handshake_failure_.empty() && !stream->is_open();
  co_return stream->is_open();
}

Task<> Visitor::speak(Stream* stream) {
  for (std::size_t index = 0; index < wishes_.size(); ++index) {
    for (int waited = 0; !pipelined_ && heard_whole() < index && ending_ == Ending::none; ++waited) {
      gave_up_ = waited > 100'000;
      if (gave_up_) co_return;
      co_await sleep_for(1ms);
    }
    if (ending_ != Ending::none || told_to_stop()) co_return;
    const Bytes bytes = as_bytes(std::string_view{wishes_[index].text});
    const Result<void> written = co_await stream->write(bytes);
    if (!written) {
      broken_ = written.error() != Errc::cancelled;
      co_return;
    }
    sent_ = index + 1;
  }
  if (leaving_ != Leaving::half_close) co_return;
  co_await sleep_for(leaves_after_);
  left_ = true;
  const Result<void> finished = co_await stream->finish();
  broken_ = !finished && finished.error() != Errc::cancelled;
}

Task<> Visitor::listen(Stream* stream) {
  std::byte buffer[8192];
  for (;;) {
    const Result<std::size_t> size = co_await stream->read({buffer, piece_});
    if (!size && size.error() != Errc::cancelled) ending_ = Ending::reset;
    if (size && *size == 0) ending_ = Ending::clean;
    if (!size || *size == 0) co_return;
    heard_ += as_text(Bytes{buffer, *size});
    co_await sleep_for(reads_every_);
  }
}

std::size_t Visitor::heard_whole() const {
  const AnswerLog log(heard_, Ending::none, methods_);
  std::size_t count = 0;
  for (const auto& answer : log.answers()) count += answer.complete ? 1 : 0;
  return count;
}

bool Visitor::told_to_stop() const {
  const AnswerLog log(heard_, Ending::none, methods_);
  return !log.answers().empty() && log.answers().back().closes;
}

std::string Visitor::fault(bool excused) const {
  // A reset is told once, to who reads or to who writes.
  const Ending ending = ending_ == Ending::clean && broken_ ? Ending::reset : ending_;
  const AnswerLog log(heard_, ending, methods_);
  if (!log.fault().empty()) return log.fault();
  if (!connected_ || left_ || excused) return {};
  if (!handshake_failure_.empty()) return "the handshake failed: " + handshake_failure_;
  if (gave_up_) return "no answer for too long";
  if (ending == Ending::none) return "the connection had no end";
  if (ending == Ending::reset) return cuts_ ? "" : "reset for no reason";
  const auto& all = log.answers();
  if (!all.empty() && all.back().closes) return {};
  if (!all.empty() && wishes_[all.size() - 1].may_be_last) return {};
  if (all.size() < sent_) return "request " + std::to_string(all.size()) + " has no answer";
  return {};
}

std::string Visitor::describe() const {
  constexpr std::string_view leavings[] = {"stays", "closes", "resets", "ends its side"};
  std::string text = "visitor " + std::to_string(number_) + (tls_ == testing::Tls::on ? ", by TLS," : "") +
                     " arrives at " + std::to_string(arrives_.count()) + " ns, reads " + std::to_string(piece_) +
                     " bytes every " + std::to_string(reads_every_.count()) + " ns, " +
                     std::string{leavings[static_cast<int>(leaving_)]} + " after " +
                     std::to_string(leaves_after_.count()) + " ns" + (pipelined_ ? ", pipelined" : "") + "; sent " +
                     std::to_string(sent_) + ":\n";
  for (const Wish& wish : wishes_) text += "  " + wish.text.substr(0, wish.text.find('\r')) + "\n";
  if (!handshake_failure_.empty()) text += "the handshake failed: " + handshake_failure_ + "\n";
  return text + "--- heard ---\n" + heard_ + "\n";
}

}  // namespace gyre::simulate
