// Streams under random treatment: whatever is sent, cancelled and armed anew, no byte is lost, doubled or out of order.

#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <memory>
#include <random>
#include <span>

using namespace loop_test;
using gyre::Loop;

namespace {

constexpr std::size_t stream_size = 400'000;

/// One direction of a connection.
class Way {
 public:
  Way(Pump& pump, int from, int to, std::uint32_t seed)
      : pump_(&pump), text_(pattern(stream_size, seed)), send_(pump, from, ""), receive_(pump, to), into_(pump, to) {
    into_.buffer = std::as_writable_bytes(std::span{buffer_});
    send_.on = [this](const gyre::Completion& completion) { sent(completion.result); };
    receive_.on = [this](const gyre::Completion& completion) {
      got_ += gyre::as_text(completion.data);
      if (!completion.more) ended_ = completion.result == 0;
      receive_.seen.clear();
    };
    into_.on = [this](const gyre::Completion& completion) {
      if (completion.result > 0) got_.append(buffer_, static_cast<std::size_t>(completion.result));
      ended_ = completion.result == 0;
      into_.seen.clear();
    };
  }

  void step(std::mt19937_64& random) {
    switch (random() % 10) {
      case 0:
      case 1: start_send(random); break;
      case 2:
        if (!reading() && !ended_) receive_.submit();
        break;
      case 3:
        if (!reading() && !ended_) into_.submit();
        break;
      case 4:
      case 5: receive_.cancel(); break;
      case 6: into_.cancel(); break;
      case 7:
        if (random() % 8 == 0) send_.cancel();
        break;
      default: break;
    }
  }

  /// Ends the sending side, takes what is left.
  void finish() {
    send_.cancel();
    pump_->until([this] { return !send_.armed(); });
    close_sending();
    while (!ended_) {
      if (!reading()) receive_.submit();
      if (!pump_->until([this] { return !reading(); })) break;
    }
    CHECK(ended_);
    CHECK(got_.size() == sent_);
    CHECK((got_ == text_.substr(0, sent_)));
  }

  std::size_t moved() const { return got_.size(); }

 private:
  bool reading() const { return receive_.armed() || into_.armed(); }

  void start_send(std::mt19937_64& random) {
    if (send_.armed() || closed_ || sent_ == text_.size()) return;
    offered_ = std::min<std::size_t>(text_.size() - sent_, 1 + random() % 60'000);
    const std::string_view piece = std::string_view{text_}.substr(sent_, offered_);
    const std::size_t half = random() % 2 == 0 ? 0 : piece.size() / 2;
    send_.set(piece.substr(0, half));
    send_.parts[1] = gyre::as_bytes(piece.substr(half));
    send_.part_count = 2;
    send_.submit();
  }

  void sent(int result) {
    if (result > 0) sent_ += static_cast<std::size_t>(result);
    // Cut in the middle, a stream can only be closed.
    if (result != static_cast<int>(offered_)) close_sending();
  }

  void close_sending() {
    if (!std::exchange(closed_, true)) pump_->loop().shutdown(send_.descriptor, gyre::ShutdownSide::send);
  }

  Pump* pump_;
  std::string text_;
  Send send_;
  Receive receive_;
  ReceiveInto into_;
  char buffer_[3000];
  std::string got_;
  std::size_t sent_ = 0;
  std::size_t offered_ = 0;
  bool closed_ = false;
  bool ended_ = false;
};

struct Link {
  Link(Pump& pump, const Listening& listening, std::uint32_t seed)
      : both(pump, listening),
        there(pump, both.client, both.server, seed),
        back(pump, both.server, both.client, ~seed) {}
  Connection both;
  Way there;
  Way back;
};

}  // namespace

TEST_CASE("no byte is lost, doubled or out of order, whatever is done to a stream", "[loop][random]") {
  for_each_loop([](Loop& loop) {
    for (const std::uint64_t seed : seeds(3)) {
      INFO("GYRE_SEED=" << seed);
      Pump pump{loop};
      const Listening listening{pump};
      std::mt19937_64 random{seed};
      std::vector<std::unique_ptr<Link>> links;
      for (std::uint32_t index = 0; index < 6; ++index) {
        links.push_back(std::make_unique<Link>(pump, listening, static_cast<std::uint32_t>(seed) * 100 + index));
      }
      for (int step = 0; step < 3000; ++step) {
        Link& link = *links[random() % links.size()];
        (random() % 2 == 0 ? link.there : link.back).step(random);
        if (random() % 3 == 0) pump.turns(1);
      }
      std::size_t moved = 0;
      for (auto& link : links) {
        link->there.finish();
        link->back.finish();
        moved += link->there.moved() + link->back.moved();
      }
      CHECK(moved > 0);
    }
  });
}
