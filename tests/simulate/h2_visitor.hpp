#pragma once

#include "chance.hpp"
#include "guest.hpp"
#include "site.hpp"

#include <gyre/coro/mutex.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/testing/tls.hpp>
#include <gyre/wire/h2/session.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gyre::simulate {

/// A client that speaks HTTP/2: several requests at once, some of which it takes back, windows that it opens as slowly
/// as it likes, bodies in pieces.
class H2Visitor final : public Guest, private wire::H2Events {
 public:
  H2Visitor(unsigned number, std::uint64_t seed, testing::Tls tls);

  Task<> visit(Loop& loop, Endpoint endpoint) override;
  std::string fault(bool excused) const override;

  unsigned number() const noexcept override { return number_; }
  TimePoint gone_at(std::size_t index) const noexcept override;
  std::size_t wish_count() const noexcept override { return wishes_.size(); }
  bool outlives(std::size_t index) const noexcept override { return wishes_[index]->page.outlives; }
  std::size_t heard_whole() const override;
  std::string describe() const override;

 private:
  enum class Leaving : unsigned char { stay, close, reset, half_close };

  /// A request, and what became of it.
  struct Wish final : wire::H2Stream {
    explicit Wish(const Page& what) : page(what) {}

    void on_response(wire::ReceivedResponseHead& head) override;
    void on_data(std::string_view data) override;
    void on_end(std::string_view) override { whole = true; }
    void on_closed(wire::H2Error error) noexcept override { closed = error; }
    wire::H2Piece next_piece(std::size_t most) noexcept override;
    void body_taken(std::size_t size) noexcept override { taken += size; }

    bool is_sent() const noexcept { return stream != 0; }
    bool is_settled() const noexcept { return closed.has_value() || taken_back; }

    const Page& page;
    H2Visitor* owner = nullptr;
    unsigned index = 0;
    std::string path;
    std::uint32_t stream = 0;

    bool has_length = false;  ///< It says how long its body is.
    bool expects = false;     ///< And waits to be asked for it.
    std::size_t body_size = 0;
    std::size_t given = 0;  ///< Bytes of the body that may be sent,
    std::size_t taken = 0;  ///< and those that were.

    Duration taken_back_after = Duration::max();
    bool taken_back = false;
    TimePoint gone_at = time_never;
    bool may_be_refused = false;  ///< The server's number of streams was not known.

    bool asked_for_body = false;
    int status = 0;  ///< 0 as long as there is no answer.
    std::string mark;
    std::string says_whole;
    std::string body;
    std::size_t unused = 0;  ///< Bytes of it that the server has no credit for.
    bool whole = false;
    std::optional<wire::H2Error> closed;
  };

  // wire::H2Events; a server calls none of the first two.
  wire::H2Stream* on_request(std::uint32_t, wire::RequestHead&, std::string_view) override { return nullptr; }
  wire::H2Stream* on_bad_request(std::uint32_t, wire::HeadError) override { return nullptr; }
  void on_goaway(std::uint32_t last, wire::H2Error error) override;

  void make_wish(unsigned index);
  Task<> speak(Scope& scope);
  Task<> say_goodbye();
  Task<> ask(Wish& wish);
  Task<> send_body(Wish* wish);
  Task<> take_back(Wish* wish);
  Task<> give_credit();
  Task<> listen();
  Task<> flush();
  Task<bool> wait_until_settled(std::size_t count);
  bool leaves_abruptly() const noexcept { return leaving_ == Leaving::close || leaving_ == Leaving::reset; }
  bool is_slow() const noexcept { return opens_every_ != Duration{}; }
  std::string fault_of(const Wish& wish, bool excused) const;
  bool refusal_is_in_order(const Wish& wish) const;

  unsigned number_;
  testing::Tls tls_;
  Chance chance_;
  std::vector<std::unique_ptr<Wish>> wishes_;
  bool one_by_one_ = false;  ///< It waits for an answer before it asks again.
  Duration arrives_{};
  Leaving leaving_ = Leaving::stay;
  Duration leaves_after_{};  ///< So long after it arrived, if it does not stay.
  std::size_t piece_ = 0;    ///< Bytes that it reads at once.
  Duration reads_every_{};
  wire::H2Session::Options options_;
  Duration opens_every_{};    ///< When it opens its windows; 0: at once.
  std::size_t opens_by_ = 0;  ///< Bytes at most, for each stream.

  Loop* loop_ = nullptr;
  Stream* stream_ = nullptr;
  Mutex sending_;
  bool connected_ = false;
  bool left_ = false;
  std::string handshake_failure_;
  bool gave_up_ = false;  ///< There was no answer for too long.
  bool broken_ = false;   ///< It could not write.
  bool ended_ = false;    ///< The server has ended the connection,
  bool cut_ = false;      ///< by a reset.
  TimePoint gone_at_ = time_never;
  bool said_goodbye_ = false;                ///< The server has,
  std::uint32_t served_up_to_ = 0x7fffffff;  ///< and will serve no streams behind this one.
  std::optional<wire::H2Error> accused_of_;
  wire::H2Error fault_ = wire::H2Error::no_error;  ///< Of the server, as the codec sees it.
  wire::H2HeadMemory memory_;
  Box<wire::H2Session> session_;  ///< Goes first: it tells the wishes.
};

}  // namespace gyre::simulate
