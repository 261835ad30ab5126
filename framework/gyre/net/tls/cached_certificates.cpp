#include <gyre/net/tls/cached_certificates.hpp>

#include <gyre/coro/scope.hpp>
#include <gyre/loop/loop.hpp>

#include <algorithm>

namespace gyre {
namespace {

Task<> begin_both(Scope& scope, CertificateSource source, FetchCache<Certificate> cache) {
  scope.spawn(source.run());
  scope.spawn(cache.run());
  co_return;
}

Task<Fetched<Certificate>> fetch(CertificateSource source, std::string name, Duration least) {
  Context& context = co_await this_context();
  Task<Certificate> finding = source.find(ServerName{name});
  Certificate certificate = co_await std::move(finding);
  const Duration left = certificate.not_after() - Loop::of(context).wall_time();
  co_return Fetched<Certificate>{std::move(certificate), std::max(left, least)};
}

}  // namespace

CachedCertificates::CachedCertificates(CertificateSource source, const FetchCacheOptions& options)
    : source_(source),
      cache_([source,
              least = options.failure_lifetime](std::string name) { return fetch(source, std::move(name), least); },
             options) {}

Task<> CachedCertificates::run_both(CertificateSource source, FetchCache<Certificate> cache) {
  co_await with_scope(begin_both, std::move(source), std::move(cache));
}

}  // namespace gyre
