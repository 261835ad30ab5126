#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/tls/fetch_cache_options.hpp>

#include <string>

namespace gyre::detail {

/// What a `FetchCache` is, whatever its values are.
struct FetchCacheState;

/// What a fetch hands over.
struct FetchedObject {
  FetchedObject(Shared<const void> fetched, Duration length) noexcept : object(std::move(fetched)), lifetime(length) {}

  Shared<const void> object;
  Duration lifetime;
};

using ObjectFetch = Callback<Task<FetchedObject>(std::string)>;

Shared<FetchCacheState> make_fetch_cache(ObjectFetch fetch, const FetchCacheOptions& options);
/// `FetchCache::get`.
Task<Shared<const void>> get_object(Shared<FetchCacheState> cache, std::string name);
/// `FetchCache::run`.
Task<> run_fetches(Shared<FetchCacheState> cache);
/// `FetchCache::forget` and `forget_all`.
void forget_object(FetchCacheState& cache, const std::string& name) noexcept;
void forget_objects(FetchCacheState& cache) noexcept;
FetchCacheCounts counts_of(const FetchCacheState& cache) noexcept;

}  // namespace gyre::detail
