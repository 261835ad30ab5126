#pragma once

#include <gyre/net/tls/detail/fetch_cache_state.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace gyre {

/// What the fetch of a `FetchCache` returns: a value, and how long it is good if that is less than
/// `FetchCacheOptions::lifetime`. A length of zero or less: it answers those who wait and is not kept.
template <class Value>
struct Fetched {
  Fetched(Value fetched, Duration length = Duration::max()) : value(std::move(fetched)), lifetime(length) {}

  Value value;
  Duration lifetime;
};

/// Values by name that take time to get, one cache for all loops of the process:
///
///     FetchCache<Quote> quotes{[](std::string site) -> Task<Fetched<Quote>> {
///       Quote quote = co_await ask(site);
///       co_return Fetched<Quote>{std::move(quote), 10min};
///     }};
///     scope.spawn(quotes.run());  // on each loop that asks
///     const Quote quote = co_await quotes.get("example.org");
///
/// Questions for one name share one fetch, on whichever loops they are asked. It is not the task of any of those who
/// wait: who is cancelled leaves alone, at once, and the fetch goes on, for the others and for who asks next, up to
/// `FetchCacheOptions::fetch_time`. It runs in `run`, on the loop that missed first (where `run` does not run there, on
/// another one on which it does), and ends with it.
///
/// A handle: copies are the same cache. Thread-safe; `get` and `run` are for tasks on a loop. `Value` is copied to
/// whoever asks, from any thread: a handle itself, or small. Expiry goes by the loops' clock.
template <std::copy_constructible Value>
class FetchCache {
 public:
  /// `fetch(name)`, a coroutine, is called on any of the loops, at the same time on several of them. What it throws is
  /// the answer for that name; it may be rethrown to many, on several threads, and nobody may change it.
  template <class Fetch>
    requires std::is_invocable_r_v<Task<Fetched<Value>>, Fetch&, std::string>
  explicit FetchCache(Fetch fetch, const FetchCacheOptions& options = {})
      : state_(detail::make_fetch_cache(adapt(std::move(fetch)), options)) {}

  /// The value of a name, fetched if it is not known. Throws what the fetch threw; `Failure` with `Errc::timed_out`
  /// (`FetchCacheOptions::fetch_time`), `Errc::limit_exceeded` (`fetches_max`) or `Errc::closed` (`run` runs on no
  /// loop); `Cancelled`. The cache need not outlive the task.
  Task<Value> get(std::string name) const { return copy_of(detail::get_object(state_, std::move(name))); }

  /// Runs the fetches, until it is cancelled: one such task on each loop that asks, beside what asks, ended after it.
  /// Then its fetches are cancelled and joined; who still waits for them on another loop has them begun anew there.
  /// Throws `Cancelled`.
  Task<> run() const { return detail::run_fetches(state_); }

  /// Drops what is known of a name, or of all. A fetch that is under way is not stopped, but its result is not kept.
  void forget(const std::string& name) const noexcept { detail::forget_object(*state_, name); }
  void forget_all() const noexcept { detail::forget_objects(*state_); }

  FetchCacheCounts counts() const noexcept { return detail::counts_of(*state_); }

 private:
  static Task<Value> copy_of(Task<Shared<const void>> finding) {
    const Shared<const void> found = co_await std::move(finding);
    co_return *static_cast<const Value*>(found.get());
  }

  static Task<detail::FetchedObject> share(Task<Fetched<Value>> fetching) {
    Fetched<Value> fetched = co_await std::move(fetching);
    co_return detail::FetchedObject{Shared<const Value>::make(std::move(fetched.value)), fetched.lifetime};
  }

  template <class Fetch>
  static detail::ObjectFetch adapt(Fetch fetch) {
    return [fetch = std::move(fetch)](std::string name) mutable { return share(fetch(std::move(name))); };
  }

  Shared<detail::FetchCacheState> state_;
};

}  // namespace gyre
