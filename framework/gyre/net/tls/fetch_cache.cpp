#include <gyre/net/tls/detail/fetch_cache_state.hpp>

#include <gyre/base/intrusive_list.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/detail/last_posted.hpp>
#include <gyre/loop/within.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace gyre::detail {
namespace {

/// How a fetch ended, or what is known of a name.
struct End {
  Shared<const void> object;
  std::exception_ptr failure;  ///< Neither of both: the loop that fetched has left.
  Duration lifetime = Duration::max();
};

/// A task that waits for a fetch. In the task's frame, and in the entry's list; `done` belongs to whoever takes it out
/// of there.
struct Waiting : ListHook<Waiting> {
  std::optional<CompletionCallback<End>> done;
};

/// The fetches of one loop, in the frame of `run`.
struct Home : ListHook<Home> {
  Home(FetchCacheState& owner, Context& context) : cache(&owner), loop(&Loop::of(context)), scope(context) {}

  FetchCacheState* cache;
  Loop* loop;
  Scope scope;
};

/// All that there is about a name. Stays where it is while `fetching`.
struct Entry : Work, ListHook<Entry> {
  Entry() noexcept;

  const std::string* name = nullptr;
  Shared<const void> object;   ///< Then it is in the list of values;
  std::exception_ptr failure;  ///< then in that of failures. Never both.
  TimePoint expires{};
  TimePoint refresh{};  ///< From then on it is fetched anew where somebody asks.

  Home* home = nullptr;  ///< Where it is fetched.
  bool fetching = false;
  bool forgotten = false;  ///< What is being fetched is not to be kept.
  IntrusiveList<Waiting> waiting;
};

using Lock = std::lock_guard<std::mutex>;

}  // namespace

// What takes a `Lock` is to be called with the mutex held.
struct FetchCacheState {
  FetchCacheState(ObjectFetch function, const FetchCacheOptions& limits)
      : fetch(std::move(function)), options(limits) {}

  const ObjectFetch fetch;
  const FetchCacheOptions options;

  mutable std::mutex mutex;
  std::unordered_map<std::string, Entry> entries;
  IntrusiveList<Entry> values;  ///< Whom nobody has asked for the longest stands first.
  IntrusiveList<Entry> failures;
  IntrusiveList<Home> homes;
  FetchCacheCounts counts;

  bool find(const std::string& name, Loop& loop, End& known);
  void join(const std::string& name, Loop& loop, Waiting& waiting, CompletionCallback<End> done);
  void leave(Waiting& waiting) noexcept;
  void settle(Entry& entry, const End& end, TimePoint now) noexcept;

  bool look_up(const std::string& name, Loop& loop, End& known, const Lock& lock);
  Home* home_for(const Loop& loop, const Lock& lock) noexcept;
  void begin(Entry& entry, Home& home, const Lock& lock) noexcept;
  Entry& fetching(const std::string& name, const Loop& loop, const Lock& lock);
  void keep(Entry& entry, const End& end, TimePoint now, const Lock& lock) noexcept;
  void drop(Entry& entry, const Lock& lock) noexcept;
  void make_room(const Lock& lock) noexcept;
};

namespace {

std::exception_ptr failure_of(Errc code) { return std::make_exception_ptr(Failure{code}); }

Task<> fetch(Home* home, Entry* entry) {
  FetchCacheState& cache = *home->cache;
  End end;
  bool cancelled = false;
  try {
    Task<Result<FetchedObject>> limited = within(cache.options.fetch_time, cache.fetch(*entry->name));
    Result<FetchedObject> fetched = co_await std::move(limited);
    end.object = std::move(fetched.value().object);
    end.lifetime = fetched.value().lifetime;
  } catch (const Cancelled&) {
    cancelled = home->scope.context().cancelled();
    if (!cancelled) end.failure = failure_of(Errc::cancelled);  // it has given up by itself
  } catch (...) {
    end.failure = std::current_exception();
  }
  cache.settle(*entry, end, home->loop->now());
  if (cancelled) throw Cancelled{};
}

// On the home's loop.
void launch(Work& work) noexcept {
  auto& entry = static_cast<Entry&>(work);
  Home& home = *entry.home;
  End end;
  try {
    home.scope.spawn(fetch(&home, &entry));
    return;
  } catch (...) {
    end.failure = std::current_exception();
  }
  home.cache->settle(entry, end, home.loop->now());
}

Entry::Entry() noexcept : Work(&launch) {}

const Shared<const void>& object_of(const End& end) {
  if (end.failure) std::rethrow_exception(end.failure);
  return end.object;
}

}  // namespace

/// True if the answer is known. Has it fetched anew where its end is near.
bool FetchCacheState::look_up(const std::string& name, Loop& loop, End& known, const Lock& lock) {
  const auto found = entries.find(name);
  if (found == entries.end()) return false;
  Entry& entry = found->second;
  if ((entry.object == nullptr && !entry.failure) || loop.now() >= entry.expires) return false;
  known.object = entry.object;
  known.failure = entry.failure;
  IntrusiveList<Entry>& list = entry.failure ? failures : values;
  entry.ListHook<Entry>::unlink();
  list.push_back(entry);
  if (loop.now() >= entry.refresh && !entry.fetching && counts.fetching < options.fetches_max) {
    if (Home* home = home_for(loop, lock)) begin(entry, *home, lock);
  }
  return true;
}

bool FetchCacheState::find(const std::string& name, Loop& loop, End& known) {
  const Lock lock{mutex};
  const bool found = look_up(name, loop, known, lock);
  ++(found ? counts.hits : counts.misses);
  return found;
}

void FetchCacheState::join(const std::string& name, Loop& loop, Waiting& waiting, CompletionCallback<End> done) {
  End known;
  {
    const Lock lock{mutex};
    if (!look_up(name, loop, known, lock)) {  // another loop may have been faster
      Entry& entry = fetching(name, loop, lock);
      waiting.done.emplace(std::move(done));
      entry.waiting.push_back(waiting);
      return;
    }
  }
  done(std::move(known));
}

void FetchCacheState::leave(Waiting& waiting) noexcept {
  std::optional<CompletionCallback<End>> dropped;
  const Lock lock{mutex};
  if (!waiting.linked()) return;  // its end is on the way
  waiting.unlink();
  dropped.swap(waiting.done);
}

Home* FetchCacheState::home_for(const Loop& loop, const Lock&) noexcept {
  if (Home* here = homes.find([&loop](const Home& home) { return home.loop == &loop; })) return here;
  return homes.empty() ? nullptr : &homes.front();
}

Entry& FetchCacheState::fetching(const std::string& name, const Loop& loop, const Lock& lock) {
  const auto found = entries.find(name);
  if (found != entries.end() && found->second.fetching) return found->second;
  Home* const home = home_for(loop, lock);
  if (home == nullptr) throw Failure{Errc::closed};
  if (counts.fetching >= options.fetches_max) {
    ++counts.refused;
    throw Failure{Errc::limit_exceeded};
  }
  const auto made = entries.try_emplace(name).first;
  made->second.name = &made->first;
  begin(made->second, *home, lock);
  return made->second;
}

// The home is in the list, so it still waits for what is posted now.
void FetchCacheState::begin(Entry& entry, Home& home, const Lock&) noexcept {
  entry.fetching = true;
  entry.home = &home;
  ++counts.fetching;
  ++counts.fetches;
  home.loop->post(entry);
}

void FetchCacheState::settle(Entry& entry, const End& end, TimePoint now) noexcept {
  IntrusiveList<Waiting> leaving;
  {
    const Lock lock{mutex};
    leaving.splice_back(entry.waiting);
    entry.fetching = false;
    --counts.fetching;
    if (end.failure) ++counts.failures;
    keep(entry, end, now, lock);
  }
  // One at a time: the mutex is not held while a loop is woken, and a cancellation may come in between.
  while (true) {
    std::optional<CompletionCallback<End>> done;
    {
      const Lock lock{mutex};
      if (leaving.empty()) return;
      done.swap(leaving.pop_front().done);
    }
    (*done)(End{end});
  }
}

// After this the entry may be gone.
void FetchCacheState::keep(Entry& entry, const End& end, TimePoint now, const Lock& lock) noexcept {
  const bool forgotten = std::exchange(entry.forgotten, false);
  const bool has_value = entry.object != nullptr && now < entry.expires;
  if (end.failure && has_value) {
    entry.refresh = time_after(now, options.failure_lifetime);
    return;
  }
  const bool nothing_new = end.object == nullptr && !end.failure;
  if (nothing_new && has_value) return;
  const Duration most = end.failure ? options.failure_lifetime : options.lifetime;
  const Duration lifetime = std::min(end.lifetime, most);
  if (forgotten || nothing_new || lifetime <= Duration::zero()) return drop(entry, lock);

  if (entry.object != nullptr) --counts.values;
  if (entry.failure) --counts.failed;
  entry.object = end.object;
  entry.failure = end.failure;
  entry.expires = time_after(now, lifetime);
  entry.refresh = end.failure ? time_never : entry.expires - std::min(options.refresh_ahead, lifetime / 4);
  ++(end.failure ? counts.failed : counts.values);
  entry.ListHook<Entry>::unlink();
  (end.failure ? failures : values).push_back(entry);
  make_room(lock);
}

void FetchCacheState::make_room(const Lock& lock) noexcept {
  while (counts.values > options.values_max) {
    ++counts.evicted;
    drop(values.front(), lock);
  }
  while (counts.failed > options.failures_max) {
    ++counts.evicted;
    drop(failures.front(), lock);
  }
}

/// Forgets what is known; the entry is gone, unless it is being fetched.
void FetchCacheState::drop(Entry& entry, const Lock&) noexcept {
  if (entry.object != nullptr) --counts.values;
  if (entry.failure) --counts.failed;
  entry.ListHook<Entry>::unlink();
  entry.object = nullptr;
  entry.failure = nullptr;
  if (!entry.fetching) entries.erase(entries.find(*entry.name));
}

Shared<FetchCacheState> make_fetch_cache(ObjectFetch fetch, const FetchCacheOptions& options) {
  return Shared<FetchCacheState>::make(std::move(fetch), options);
}

Task<Shared<const void>> get_object(Shared<FetchCacheState> cache, std::string name) {
  Context& context = co_await this_context();
  Loop& loop = Loop::of(context);
  End end;
  if (cache->find(name, loop, end)) co_return object_of(end);
  Waiting waiting;
  while (end.object == nullptr && !end.failure) {
    auto start = [&](CompletionCallback<End> done) { cache->join(name, loop, waiting, std::move(done)); };
    auto cancel = [&]() noexcept { cache->leave(waiting); };
    Task<Result<End>> settled = from_callback<End>(start, cancel);
    Result<End> result = co_await std::move(settled);
    end = std::move(result).value();
  }
  co_return object_of(end);
}

Task<> run_fetches(Shared<FetchCacheState> cache) {
  Context& context = co_await this_context();
  Home home{*cache, context};
  {
    const Lock lock{cache->mutex};
    cache->homes.push_back(home);
  }
  Event never;
  try {
    co_await never.wait();
  } catch (const Cancelled&) {
    // the fetches hear of it by themselves
  }
  {
    const Lock lock{cache->mutex};
    home.unlink();
  }
  LastPosted last{*home.loop};
  co_await last;
  co_await home.scope.join();
  throw Cancelled{};
}

void forget_object(FetchCacheState& cache, const std::string& name) noexcept {
  const Lock lock{cache.mutex};
  const auto found = cache.entries.find(name);
  if (found == cache.entries.end()) return;
  found->second.forgotten = found->second.fetching;
  cache.drop(found->second, lock);
}

void forget_objects(FetchCacheState& cache) noexcept {
  const Lock lock{cache.mutex};
  for (auto next = cache.entries.begin(); next != cache.entries.end();) {
    Entry& entry = (next++)->second;
    entry.forgotten = entry.fetching;
    cache.drop(entry, lock);
  }
}

FetchCacheCounts counts_of(const FetchCacheState& cache) noexcept {
  const Lock lock{cache.mutex};
  return cache.counts;
}

}  // namespace gyre::detail
