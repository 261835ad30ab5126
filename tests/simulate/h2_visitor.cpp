#include "h2_visitor.hpp"

#include "handshake.hpp"
#include "ledger.hpp"

#include <gyre/loop/sleep.hpp>

#include <algorithm>

namespace gyre::simulate {
namespace {

using namespace std::chrono_literals;

Duration up_to(Chance& chance, Duration most) {
  return Duration{static_cast<std::int64_t>(chance.below(static_cast<std::size_t>(most.count()) + 1))};
}

}  // namespace

// --- what it wants ---------------------------------------------------------------------------------------------------

H2Visitor::H2Visitor(unsigned number, std::uint64_t seed, testing::Tls tls)
    : number_(number), tls_(tls), chance_(seed * 1000033U + number) {
  const std::size_t count = 1 + chance_.below(10);
  for (std::size_t index = 0; index < count; ++index) make_wish(static_cast<unsigned>(index));
  one_by_one_ = chance_.one_in(3);
  constexpr Duration arrivals[] = {0ms, 1ms, 5ms, 40ms, 200ms};
  arrives_ = chance_.pick(arrivals);
  constexpr Leaving leavings[] = {Leaving::stay,  Leaving::stay,  Leaving::stay,
                                  Leaving::close, Leaving::reset, Leaving::half_close};
  leaving_ = chance_.pick(leavings);
  constexpr Duration longest[] = {1ns, 1us, 1ms, 10ms, 100ms, 2s};
  leaves_after_ = up_to(chance_, chance_.pick(longest));
  constexpr std::size_t pieces[] = {64, 700, 8192, 8192};
  piece_ = chance_.pick(pieces);
  constexpr Duration pauses[] = {0ms, 0ms, 1ms, 20ms};
  reads_every_ = chance_.pick(pauses);
  constexpr std::uint32_t windows[] = {65'535, 65'535, 1'000, 100, 10, 0};
  options_.limits.stream_window = chance_.pick(windows);
  if (chance_.one_in(3)) options_.limits.header_table = 0;
  if (options_.limits.stream_window != 0 && !chance_.one_in(3)) return;
  constexpr Duration openings[] = {1ms, 1ms, 5ms, 30ms};
  opens_every_ = chance_.pick(openings);
  constexpr std::size_t amounts[] = {20, 300, 5'000};
  opens_by_ = chance_.pick(amounts);
}

void H2Visitor::make_wish(unsigned index) {
  const Page& page = chance_.pick(pages);
  constexpr unsigned numbers[] = {0, 1, 2, 3, 7, 15, 20, 30, 49, 50, 63, 100};
  auto wish = std::make_unique<Wish>(page);
  wish->owner = this;
  wish->index = index;
  wish->path = "/" + std::to_string(number_) + "/" + std::to_string(index) + "/" + std::string{page.name} + "/" +
               std::to_string(chance_.pick(numbers));
  if (page.has_body) {
    wish->has_length = chance_.one_in(2);
    wish->expects = chance_.one_in(4);
    wish->body_size = chance_.below(chance_.one_in(4) ? 3000 : 40);
  }
  constexpr Duration longest[] = {1ns, 1ms, 10ms, 100ms};
  if (chance_.one_in(5)) wish->taken_back_after = up_to(chance_, chance_.pick(longest));
  wishes_.push_back(std::move(wish));
}

// --- what it hears ---------------------------------------------------------------------------------------------------

void H2Visitor::Wish::on_response(wire::ReceivedResponseHead& head) {
  if (is_informational(head.status())) {
    asked_for_body = true;
    return;
  }
  status = code(head.status());
  mark = head.find("x-mark").value_or(std::string_view{});
  says_whole = head.find("x-whole").value_or(std::string_view{});
}

void H2Visitor::Wish::on_data(std::string_view data) {
  body += data;
  if (owner->is_slow()) {
    unused += data.size();
  } else {
    owner->session_->consumed(stream, data.size());
  }
}

wire::H2Piece H2Visitor::Wish::next_piece(std::size_t most) noexcept {
  using State = wire::H2Piece::State;
  static constexpr std::string_view text =
      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      "bbbbbbbbbbb";
  const std::size_t size = std::min({given - taken, most, text.size()});
  if (taken + size == body_size) return {State::last, text.substr(0, size)};
  return {size == 0 ? State::waiting : State::more, text.substr(0, size)};
}

void H2Visitor::on_goaway(std::uint32_t last, wire::H2Error error) {
  said_goodbye_ = true;
  served_up_to_ = std::min(served_up_to_, last);
  if (error != wire::H2Error::no_error) accused_of_ = error;
}

// --- what it does ----------------------------------------------------------------------------------------------------

Task<> H2Visitor::visit(Loop& loop, Endpoint endpoint) {
  co_await sleep_for(arrives_);
  auto connecting = Stream::connect(endpoint);
  Result<Stream> connected = co_await std::move(connecting);
  if (!connected) co_return;
  Stream stream = std::move(*connected);
  connected_ = true;
  if (tls_ == testing::Tls::on) {
    const Duration limit = leaves_abruptly() ? leaves_after_ : Duration::max();
    handshake_failure_ = co_await shake_hands(&stream, testing::Protocol::http_2, limit);
    left_ = handshake_failure_.empty() && !stream.is_open();
    if (!stream.is_open()) co_return;
  }
  loop_ = &loop;
  stream_ = &stream;
  session_ = wire::H2Session::client(options_, *this, memory_, loop.now());
  const auto talk = [this](Scope& scope) -> Task<> {
    scope.spawn([](H2Visitor* self, Scope* all) -> Task<> { co_await self->speak(*all); }, this, &scope);
    if (is_slow()) scope.spawn(&H2Visitor::give_credit, this);
    if (!leaves_abruptly()) {
      co_await listen();
    } else {
      scope.spawn(&H2Visitor::listen, this);
      co_await sleep_for(leaves_after_);
      left_ = true;
    }
    scope.cancel();
  };
  auto talking = with_scope(talk);
  co_await std::move(talking);
  if (leaves_abruptly()) gone_at_ = loop.now();
  if (leaving_ == Leaving::reset) stream.reset();
  fault_ = session_->error();
}

Task<> H2Visitor::speak(Scope& scope) {
  for (const auto& each : wishes_) {
    Wish& wish = *each;
    if (chance_.one_in(3)) co_await sleep_for(up_to(chance_, 10ms));
    if (one_by_one_) {
      const bool settled = co_await wait_until_settled(wish.index);
      if (!settled) co_return;
    }
    if (ended_ || said_goodbye_ || broken_) break;
    if (chance_.one_in(4)) session_->ping();
    co_await ask(wish);
    if (!wish.is_sent()) break;
    if (wish.page.has_body) scope.spawn(&H2Visitor::send_body, this, &wish);
    if (wish.taken_back_after != Duration::max()) scope.spawn(&H2Visitor::take_back, this, &wish);
  }
  co_await say_goodbye();
}

Task<> H2Visitor::say_goodbye() {
  if (leaving_ == Leaving::half_close) {
    co_await sleep_for(leaves_after_);
    left_ = true;
  } else if (leaving_ == Leaving::stay) {
    const bool settled = co_await wait_until_settled(wishes_.size());
    if (!settled) co_return;
    if (chance_.one_in(2)) session_->goaway();
    co_await flush();
  } else {
    co_return;
  }
  const Mutex::Lock lock = co_await sending_.lock();
  const Result<void> finished = co_await stream_->finish();
  (void)finished;
  broken_ = true;
}

// Also when nothing more is to be heard.
Task<bool> H2Visitor::wait_until_settled(std::size_t count) {
  for (int waited = 0;; ++waited) {
    const bool all = std::all_of(wishes_.begin(), wishes_.begin() + static_cast<std::ptrdiff_t>(count),
                                 [](const auto& each) { return !each->is_sent() || each->is_settled(); });
    if (all || ended_) co_return true;
    gave_up_ = waited > 40'000;
    if (gave_up_) co_return false;
    co_await sleep_for(waited < 1'000 ? 1ms : 10ms);
  }
}

Task<> H2Visitor::ask(Wish& wish) {
  const std::string size = std::to_string(wish.body_size);
  std::vector<wire::H2Field> fields{{":method", wish.page.has_body ? "POST" : "GET"},
                                    {":scheme", "http"},
                                    {":authority", "site"},
                                    {":path", wish.path}};
  if (wish.has_length) fields.push_back({"content-length", size});
  if (wish.expects) fields.push_back({"expect", "100-continue"});
  wish.may_be_refused =
      std::none_of(wishes_.begin(), wishes_.end(), [](const auto& each) { return each->status != 0; });
  using Body = wire::H2Session::Body;
  wish.stream = session_->request(fields, wish, wish.page.has_body ? Body::follows : Body::none);
  co_await flush();
}

Task<> H2Visitor::send_body(Wish* wish) {
  for (int waited = 0; wish->expects && !wish->asked_for_body && wish->status == 0 && waited < 50; ++waited) {
    co_await sleep_for(1ms);
  }
  while (wish->given != wish->body_size && !wish->is_settled()) {
    const std::size_t most = wish->body_size - wish->given;
    wish->given += chance_.one_in(3) ? most : 1 + chance_.below(most);
    session_->resume(wish->stream);
    co_await flush();
    if (chance_.one_in(3)) co_await sleep_for(up_to(chance_, 3ms));
  }
}

Task<> H2Visitor::take_back(Wish* wish) {
  co_await sleep_for(wish->taken_back_after);
  if (wish->closed) co_return;
  wish->taken_back = true;
  session_->reset(wish->stream, wire::H2Error::cancel);
  co_await flush();
  if (!broken_) wish->gone_at = loop_->now();
}

Task<> H2Visitor::give_credit() {
  for (;;) {
    co_await sleep_for(opens_every_);
    for (const auto& each : wishes_) {
      const std::size_t size = std::min(each->unused, opens_by_);
      if (size == 0) continue;
      each->unused -= size;
      session_->consumed(each->stream, size);
    }
    co_await flush();
  }
}

// A server that has not heard the whole preface, because a fault has kept it back, knows of HTTP/1.1 only. No frame
// begins as an answer of that does.
Task<> H2Visitor::listen() {
  std::byte buffer[8192];
  for (bool first = true;; first = false) {
    const Result<std::size_t> size = co_await stream_->read({buffer, piece_});
    if (!size && size.error() == Errc::cancelled) co_return;
    cut_ = !size;
    ended_ = !size || *size == 0;
    ended_ = ended_ || (first && buffer[0] == std::byte{'H'});
    if (ended_) co_return;
    (void)session_->receive(as_text(Bytes{buffer, *size}), loop_->now());
    co_await flush();
    co_await sleep_for(reads_every_);
  }
}

Task<> H2Visitor::flush() {
  const Mutex::Lock lock = co_await sending_.lock();
  std::string out(wire::H2Session::send_min, '\0');
  while (!broken_ && session_->wants_send()) {
    const std::size_t size = session_->send(out);
    if (size == 0) co_return;
    const Result<void> sent = co_await stream_->write(as_bytes(std::string_view{out}.substr(0, size)));
    if (!sent) broken_ = true;
  }
}

// --- what it has to say about that -----------------------------------------------------------------------------------

TimePoint H2Visitor::gone_at(std::size_t index) const noexcept { return std::min(gone_at_, wishes_[index]->gone_at); }

std::size_t H2Visitor::heard_whole() const {
  return static_cast<std::size_t>(
      std::count_if(wishes_.begin(), wishes_.end(), [](const auto& each) { return each->whole; }));
}

std::string H2Visitor::fault(bool excused) const {
  if (fault_ != wire::H2Error::no_error) return "the server breaks a rule of HTTP/2: " + std::string{name(fault_)};
  if (accused_of_ && !excused) return "the server blames its client: " + std::string{name(*accused_of_)};
  for (const auto& each : wishes_) {
    const std::string fault = fault_of(*each, excused);
    if (!fault.empty()) return "request " + std::to_string(each->index) + " " + fault;
  }
  if (!connected_ || left_ || excused) return {};
  if (!handshake_failure_.empty()) return "the handshake failed: " + handshake_failure_;
  if (gave_up_) return "no answer for too long";
  if (!ended_) return "the connection had no end";
  if (cut_) return "reset for no reason";
  return {};
}

std::string H2Visitor::fault_of(const Wish& wish, bool excused) const {
  const std::string_view body = wish.body;
  const bool looks_whole = body.ends_with('$') || body.ends_with(": $\n\n");
  const bool handled = ledger->end_of({number_, wish.index}) != TimePoint{};
  if (!wish.mark.empty() && wish.mark != std::to_string(wish.index)) return "has the answer of request " + wish.mark;
  if (wish.whole && wish.status == 0) return "has an end and no answer";
  if (wish.whole && !wish.says_whole.empty() && (wish.says_whole == "never" || !looks_whole)) {
    return "has an answer that is cut and looks whole";
  }
  const bool unserved = wish.closed == wire::H2Error::refused_stream || wish.stream > served_up_to_;
  if (unserved && wish.status != 0) return "is answered and was refused";
  if (unserved && handled) return "is handled and was refused";
  if (!connected_ || left_ || excused || !wish.is_sent() || wish.taken_back || wish.whole) return {};
  if (wish.closed == wire::H2Error::refused_stream && !refusal_is_in_order(wish)) return "is refused for no reason";
  if (unserved) return {};
  if (wish.status == 408) return "came in time and is told that it did not";
  const bool has_patience = is_slow() || options_.limits.stream_window <= 1'000;  // a round trip for a few bytes
  const bool may_be_cut = wish.page.cuts || (has_patience && wish.status != 0);
  return may_be_cut ? "" : "has no whole answer";
}

/// Handlers may be at work for streams that the client does not count.
bool H2Visitor::refusal_is_in_order(const Wish& wish) const {
  return wish.may_be_refused || std::any_of(wishes_.begin(), wishes_.end(), [](const auto& each) {
           return each->taken_back || each->page.name.starts_with("late") || each->closed != wire::H2Error::no_error;
         });
}

std::string H2Visitor::describe() const {
  constexpr std::string_view leavings[] = {"stays", "closes", "resets", "ends its side"};
  std::string text = "visitor " + std::to_string(number_) + ", by HTTP/2" +
                     (tls_ == testing::Tls::on ? " and TLS" : "") + ", arrives at " + std::to_string(arrives_.count()) +
                     " ns, reads " + std::to_string(piece_) + " bytes every " + std::to_string(reads_every_.count()) +
                     " ns, " + std::string{leavings[static_cast<int>(leaving_)]} + " after " +
                     std::to_string(leaves_after_.count()) + " ns" + (one_by_one_ ? ", asks one by one" : "") +
                     ", has windows of " + std::to_string(options_.limits.stream_window) + " bytes and opens them by " +
                     std::to_string(opens_by_) + " every " + std::to_string(opens_every_.count()) + " ns\n";
  for (const auto& each : wishes_) {
    text += "  " + std::to_string(each->stream) + " " + each->path + ": ";
    text += each->status == 0 ? "no answer"
                              : std::to_string(each->status) + ", " + std::to_string(each->body.size()) + " bytes" +
                                    (each->whole ? ", whole" : "");
    text += ", sent " + std::to_string(each->taken) + " of " + std::to_string(each->body_size) + " bytes";
    if (each->taken_back) text += ", taken back at " + std::to_string(each->gone_at.time_since_epoch().count()) + " ns";
    if (each->closed) text += ", " + std::string{name(*each->closed)};
    text += "\n";
  }
  if (said_goodbye_) text += "  the server goes, behind stream " + std::to_string(served_up_to_) + "\n";
  return text + (cut_ ? "  reset\n" : ended_ ? "  a clean end\n" : "  no end\n");
}

}  // namespace gyre::simulate
