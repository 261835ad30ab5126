#pragma once

#include <gyre/compat/callback_service.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/loop/loop.hpp>

#include <atomic>
#include <coroutine>
#include <vector>

namespace gyre::compat {

class Ask;

/// What the requests of one `CallbackService` share.
struct ServiceCore {
  ServiceCore(Loop& owner, Service& answers, CallbackServiceOptions settings);

  /// One request more. False: the service is over, nothing may be posted to its loop. From any thread.
  bool enter() noexcept;
  /// One less: it has ended.
  void leave() noexcept;
  void ask_to_stop() noexcept;
  /// Nothing is left, and nothing can come any more.
  bool closed() noexcept;
  /// Lets who waits for that go on, if it is so.
  void look_whether_closed() noexcept;

  Loop& loop;
  Service& service;
  const CallbackServiceOptions options;
  Context context{loop};  ///< The parent of every request's.
  const Box<LoopValues> values;
  std::vector<wire::Field> fields;  ///< Heads are parsed into these, and move their own out.
  unsigned running = 0;
  bool draining = false;
  Event stopping;
  std::coroutine_handle<> on_closed;

 private:
  enum class Stop : unsigned char { none, asked, impossible };
  struct Step : Work {
    Step(ServiceCore& owner, void (*function)(Work&) noexcept) noexcept : Work(function), core(&owner) {}
    ServiceCore* core;
  };
  static void stop_arrived(Work& work) noexcept;
  static void go_on(Work& work) noexcept;

  static constexpr std::uint64_t one = 2;   ///< A request, in `gate_`.
  static constexpr std::uint64_t shut = 1;  ///< No more of them.
  std::atomic<std::uint64_t> gate_{0};
  std::atomic<Stop> stop_{Stop::none};
  Step stop_step_{*this, &ServiceCore::stop_arrived};
  Step closed_step_{*this, &ServiceCore::go_on};
  bool gate_shut_ = false;
  bool stop_settled_ = false;  ///< It has arrived, or never will.
};

}  // namespace gyre::compat
