#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/tls/alert.hpp>
#include <gyre/net/tls/certificate.hpp>
#include <gyre/net/tls/server_name.hpp>

#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>

namespace gyre {

/// What can be asked for the certificate of a name: a coroutine that returns it. An empty certificate means that the
/// name is not served. If it has something to do beside that, it has a `run()`, a task until it is cancelled.
template <class Provider>
concept CertificateProvider = std::is_invocable_r_v<Task<Certificate>, Provider&, ServerName>;

/// Where a server has its certificates from: a question for each handshake that is not resumed, whose answer may take
/// its time, since nobody else waits for it.
///
///     CertificateSource source{[&store](ServerName name) -> Task<Certificate> {
///       Certificate certificate = co_await store.find(name.text());
///       co_return certificate;
///     }};
///
/// `CertificateTable`, `CertificateFiles` and `CachedCertificates` are such providers; for one certificate give just
/// that. A handle: copies are the same source, for all loops.
class CertificateSource {
 public:
  /// The same for everybody.
  CertificateSource(Certificate certificate);

  /// `provider(name)` is called on any of the loops, at the same time on several of them.
  template <CertificateProvider Provider>
  CertificateSource(Provider provider)
      : provided_(Shared<Provided>{Shared<ProvidedBy<Provider>>::make(std::move(provider))}) {}

  /// The certificate for a name. Throws what the provider throws, `TlsFailure` with `TlsFault::unknown_name` if it has
  /// none, and `Cancelled`. On a loop. The source need not outlive the task.
  Task<Certificate> find(ServerName name) const { return ask(provided_, std::move(name)); }

  /// What the source does beside answering, for each loop that asks: start it before, end it (by cancelling it) after
  /// the last question. A provider that has nothing to do returns at once.
  Task<> run() const { return provided_->run(provided_); }

  friend bool operator==(const CertificateSource& left, const CertificateSource& right) noexcept {
    return left.provided_.get() == right.provided_.get();
  }

 private:
  struct Provided {
    virtual ~Provided();
    virtual Task<Certificate> find(ServerName name) = 0;
    virtual Task<> run(Shared<Provided> self) = 0;
  };
  template <class Provider>
  struct ProvidedBy final : Provided {
    explicit ProvidedBy(Provider given) : provider(std::move(given)) {}
    Task<Certificate> find(ServerName name) override { return provider(std::move(name)); }
    Task<> run(Shared<Provided> self) override {
      if constexpr (requires {
                      { provider.run() } -> std::same_as<Task<>>;
                    }) {
        return keep(std::move(self), provider.run());
      } else {
        return keep(std::move(self), Task<>{});
      }
    }
    Provider provider;
  };

  static Task<Certificate> ask(Shared<Provided> provided, ServerName name);
  static Task<> keep(Shared<Provided> provided, Task<> running);

  Shared<Provided> provided_;
};

/// What a client is told when `CertificateSource::find` has thrown that: `TlsAlert::unrecognized_name` for a name that
/// is not served, else `TlsAlert::internal_error`.
TlsAlert alert_for(const std::exception_ptr& failure) noexcept;

}  // namespace gyre
