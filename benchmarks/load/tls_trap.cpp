// The server of tls_trap.py, and what stands beside it is tls_trap.go: a certificate provider that takes 10 ms.
//
//     build/benchmarks/tls_trap uncached|cached|locked CHAIN KEY [uring|epoll]
//
// uncached: each handshake asks the provider. cached: `CachedCertificates` stands before it. locked: it holds one lock
// for all names while it waits. For fast.example it takes no time, for slow.example 2 s.

#include <gyre/coro/mutex.hpp>
#include <gyre/gyre.hpp>
#include <gyre/net/tls/cached_certificates.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;

std::string read_file(const char* path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error{std::string{"cannot read "} + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

gyre::Task<gyre::Certificate> provide(gyre::Certificate certificate, std::string name) {
  const gyre::Duration length = name == "slow.example" ? gyre::Duration{2s} : gyre::Duration{10ms};
  if (name != "fast.example") co_await gyre::sleep_for(length);
  co_return certificate;
}

gyre::Task<gyre::Certificate> provide_locked(gyre::Certificate certificate, std::string name, gyre::Mutex* mutex) {
  const gyre::Mutex::Lock lock = co_await mutex->lock();
  auto providing = provide(std::move(certificate), std::move(name));
  gyre::Certificate provided = co_await std::move(providing);
  co_return provided;
}

gyre::CertificateSource source_of(std::string_view mode, const gyre::Certificate& certificate, gyre::Mutex& mutex) {
  if (mode == "locked") {
    return [certificate, &mutex](const gyre::ServerName& name) {
      return provide_locked(certificate, name.text(), &mutex);
    };
  }
  gyre::CertificateSource slow{
      [certificate](const gyre::ServerName& name) { return provide(certificate, name.text()); }};
  if (mode == "cached") return gyre::CachedCertificates{std::move(slow)};
  if (mode != "uncached") throw std::invalid_argument{"a mode is uncached, cached or locked"};
  return slow;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) throw std::invalid_argument{"arguments are: uncached|cached|locked CHAIN KEY [uring|epoll]"};
  const gyre::Certificate certificate = gyre::Certificate::parse(read_file(argv[2]), read_file(argv[3])).value();
  gyre::Mutex mutex;  // for the one loop that there is
  gyre::App app;
  app.get("/plaintext", [] { return "Hello, World!"; });
  gyre::TlsOptions tls;
  tls.port = 0;
  tls.certificates = source_of(argv[1], certificate, mutex);
  gyre::RunOptions options;
  options.port = 0;
  options.threads = 1;
  options.backend = argc > 4 && std::string_view{argv[4]} == "epoll" ? gyre::Backend::epoll : gyre::Backend::uring;
  options.tls = std::move(tls);
  return app.run(std::move(options));
} catch (const std::exception& error) {
  std::fprintf(stderr, "tls_trap: %s\n", error.what());
  return 1;
}
