#include <gyre/app/internal/served_tls.hpp>

#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/net/tls/development_certificate.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace gyre::app {
namespace {

std::string date_of(Duration since_1970) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::floor<std::chrono::days>(since_1970)}};
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%d-%02u-%02u", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text, static_cast<std::size_t>(size)};
}

std::string valid_until(const Certificate& certificate) {
  std::string text = "the certificate";
  const char* before = " for ";
  for (const std::string& name : certificate.names()) {
    text.append(before).append(name);
    before = ", ";
  }
  return text + " is valid until " + date_of(certificate.not_after());
}

CertificateFiles files_of(AppState& state, const TlsOptions& options) {
  CertificateFilesOptions files;
  files.chain = options.chain;
  files.key = options.key;
  files.password = options.password;
  files.interval = options.reload_interval;
  files.on_load = [&state](const Certificate& certificate) { state.log(LogLevel::info, valid_until(certificate)); };
  files.on_failure = [&state](std::string_view text) {
    state.log(LogLevel::error, "the certificate stays as it is: " + std::string{text});
  };
  return CertificateFiles{std::move(files)};
}

TlsServer server_of(const TlsOptions& options, Http2 http2) {
  TlsServerOptions server;
  if (http2 != Http2::off) server.alpn.emplace_back("h2");
  if (http2 != Http2::only) server.alpn.insert(server.alpn.end(), {"http/1.1", "http/1.0"});
  server.version_min = options.version_min;
  server.client_certificates = options.client_certificates;
  server.client_trust = options.client_trust;
  server.tickets = options.tickets;
  if (options.client_check) server.client_verdict = TlsVerdict::by_application;
  return TlsServer::make(server).value();
}

void check(const TlsOptions& options) {
  const int kinds =
      int{!options.chain.empty()} + int{options.certificates.has_value()} + int{!options.development.empty()};
  if (kinds == 1 && (!options.chain.empty() || options.key.empty())) return;
  throw std::runtime_error{"TLS wants one kind of certificate: a chain, a source, or a development directory"};
}

}  // namespace

Task<ServedTls> ServedTls::make(AppState& state, TlsOptions options, Http2 http2) {
  check(options);
  TlsServer server = server_of(options, http2);
  server.rotate(Loop::of(co_await this_context()).wall_time());
  std::optional<CertificateSource> source = options.certificates;
  std::optional<CertificateFiles> files;
  if (!options.development.empty()) {
    auto making = development_certificate(options.development);
    DevelopmentCertificate made = co_await std::move(making);
    state.log(LogLevel::info, "the development certificate is " + made.path);
    source.emplace(std::move(made.certificate));
  } else if (!source) {
    files = files_of(state, options);
    auto loading = files->load();
    co_await std::move(loading);
    source.emplace(*files);
  }
  TlsAcceptor acceptor{std::move(server), std::move(*source)};
  acceptor.set_client_check(std::move(options.client_check));
  ServedTls served{std::move(acceptor), std::move(files), options.tickets};
  co_return std::move(served);
}

namespace {

Task<> rotate_tickets(TlsServer server) {
  constexpr std::chrono::minutes interval{1};
  Loop& loop = Loop::of(co_await this_context());
  for (;;) {
    server.rotate(loop.wall_time());
    co_await sleep_for(interval);
  }
}

/// A failure must not end what runs beside it: signals would not be heard any more.
Task<> run_apart(AppState& state, Task<> task, const char* what) {
  bool cancelled = false;
  try {
    co_await std::move(task);
  } catch (const Cancelled&) {
    cancelled = true;
  } catch (...) {
    state.log(LogLevel::error, what + (": " + describe(std::current_exception())));
  }
  if (cancelled) throw Cancelled{};
}

}  // namespace

Task<> ServedTls::run(AppState& state) const {
  Context& context = co_await this_context();
  Scope scope{context};
  if (tickets_ == TlsTickets::on) scope.spawn(rotate_tickets(acceptor_.server()));
  if (acceptor_.certificates()) {
    scope.spawn(run_apart(state, acceptor_.certificates()->run(), "the source of certificates failed"));
  }
  co_await scope.join();
}

Task<> ServedTls::reload_on(AppState& state, int signal) const {
  if (!files_) co_return;
  auto reloading = run_apart(state, files_->reload_on(signal), "cannot watch for a reload of the certificate");
  co_await std::move(reloading);
}

}  // namespace gyre::app
