#pragma once

#include "chance.hpp"
#include "guest.hpp"
#include "site.hpp"

#include <http/answer_log.hpp>

#include <gyre/coro/task.hpp>
#include <gyre/net/endpoint.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/testing/tls.hpp>

#include <string>
#include <vector>

namespace gyre::simulate {

/// A client that speaks HTTP/1.1: what it asks for, how it reads, and when and how it leaves.
class Visitor final : public Guest {
 public:
  Visitor(unsigned number, std::uint64_t seed, testing::Tls tls);

  Task<> visit(Loop& loop, Endpoint endpoint) override;
  std::string fault(bool excused) const override;

  unsigned number() const noexcept override { return number_; }
  /// When it closed or reset its connection.
  TimePoint gone_at(std::size_t) const noexcept override { return gone_at_; }
  std::size_t wish_count() const noexcept override { return wishes_.size(); }
  bool outlives(std::size_t index) const noexcept override { return wishes_[index].outlives; }
  std::size_t heard_whole() const override;
  std::string describe() const override;

 private:
  enum class Leaving : unsigned char { stay, close, reset, half_close };

  struct Wish {
    std::string text;
    bool cuts = false;         ///< Its answer may be cut.
    bool outlives = false;     ///< Its handler goes on when the client has left.
    bool may_be_last = false;  ///< Its body may turn out too long to be thrown away, when the answer is out already.
  };

  Wish make_wish(unsigned index);
  bool leaves_abruptly() const noexcept { return leaving_ == Leaving::close || leaving_ == Leaving::reset; }
  Task<bool> shake_hands(Stream* stream);
  Task<> speak(Stream* stream);
  Task<> listen(Stream* stream);
  bool told_to_stop() const;

  unsigned number_;
  testing::Tls tls_;
  Chance chance_;
  std::vector<Wish> wishes_;
  std::vector<Method> methods_;
  bool cuts_ = false;       ///< It asks for what may be cut.
  bool pipelined_ = false;  ///< It does not wait for an answer before it asks again.
  Duration arrives_{};
  Leaving leaving_ = Leaving::stay;
  Duration leaves_after_{};  ///< So long after it arrived, if it does not stay.
  std::size_t piece_ = 0;    ///< Bytes that it reads at once.
  Duration reads_every_{};

  bool connected_ = false;
  bool left_ = false;
  bool gave_up_ = false;  ///< There was no answer for too long.
  std::string handshake_failure_;
  TimePoint gone_at_ = time_never;
  std::size_t sent_ = 0;  ///< Requests that are sent whole.
  std::string heard_;
  test::mixed::Ending ending_ = test::mixed::Ending::none;
  bool broken_ = false;  ///< It could not write.
};

}  // namespace gyre::simulate
