#pragma once

#include <gyre/net/tls/certificate_source.hpp>
#include <gyre/net/tls/fetch_cache.hpp>

#include <string>
#include <utility>

namespace gyre {

/// Stands before a source that takes time, so that it is asked once for a name and not once for a handshake:
///
///     CachedCertificates cached{[&store](ServerName name) { return store.find(name.text()); }, {.lifetime = 10min}};
///
/// See `FetchCache` for what is shared and what happens to those who wait. A certificate is kept until it expires, if
/// that is before `FetchCacheOptions::lifetime`; one that has expired already as long as a failure. That a name is not
/// served counts as a failure. A handle: copies are the same cache.
class CachedCertificates {
 public:
  explicit CachedCertificates(CertificateSource source, const FetchCacheOptions& options = {});

  /// As a provider of `CertificateSource`; as `FetchCache::get`.
  Task<Certificate> operator()(ServerName name) const { return cache_.get(name.text()); }
  Task<> run() const { return run_both(source_, cache_); }

  /// As those of `FetchCache`, by `ServerName::text`.
  void forget(const std::string& name) const noexcept { cache_.forget(name); }
  void forget_all() const noexcept { cache_.forget_all(); }
  FetchCacheCounts counts() const noexcept { return cache_.counts(); }

 private:
  static Task<> run_both(CertificateSource source, FetchCache<Certificate> cache);

  CertificateSource source_;
  FetchCache<Certificate> cache_;
};

}  // namespace gyre
