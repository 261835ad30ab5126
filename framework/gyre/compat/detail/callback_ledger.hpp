#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/compat/callback_counts.hpp>
#include <gyre/compat/callback_misuse.hpp>
#include <gyre/compat/callback_options.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string>

namespace gyre {

class Request;

namespace detail {

/// What a callback route counts, and the misuse that is yet to be told. Shared by the route and all replies of its
/// requests, so that calls which come when the router is gone still count. From any thread.
class CallbackLedger {
 public:
  using Kind = CallbackMisuse::Kind;

  /// `where` the handler was made.
  CallbackLedger(OnMisuse on_misuse, const std::source_location& where) noexcept
      : on_misuse_(on_misuse), where_(where) {}
  CallbackLedger(const CallbackLedger&) = delete;
  CallbackLedger& operator=(const CallbackLedger&) = delete;

  enum class Event : unsigned char {
    requests,
    in_call,
    later,
    twice,
    dropped,
    late,
    threw,
    threw_after,
    cancelled,
    shed,
    blocked_loop
  };
  void count(Event event) noexcept { counts_[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed); }
  CallbackCounts counts() const noexcept;

  /// Notes a misuse to be told, the first of its kind; or aborts.
  void note(Kind kind, const std::source_location& first, const std::source_location& second,
            const std::exception_ptr& failure = nullptr) noexcept;
  /// Tells what is yet to be told to the router of `request`, on its loop. `name` is that of the route.
  void tell(Request& request, const char* name) noexcept {
    if (untold_.load(std::memory_order_relaxed) != 0) [[unlikely]]
      tell_all(request, name);
  }

 private:
  static constexpr std::size_t event_count = static_cast<std::size_t>(Event::blocked_loop) + 1;
  static constexpr std::size_t kind_count = static_cast<std::size_t>(Kind::unfinished) + 1;

  struct Note {
    std::source_location first;
    std::source_location second;
    std::exception_ptr failure;
  };

  std::string text(Kind kind, const Note& note, const char* name) const;
  void tell_all(Request& request, const char* name) noexcept;

  OnMisuse on_misuse_;
  std::source_location where_;
  std::array<std::atomic<std::uint64_t>, event_count> counts_{};
  std::atomic<unsigned> noted_ = 0;   ///< A bit for each kind.
  std::atomic<unsigned> untold_ = 0;  ///< Those whose note is written, and not told.
  std::array<Note, kind_count> notes_;
};

}  // namespace detail
}  // namespace gyre
