#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/base/time.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/tls/certificate.hpp>
#include <gyre/net/tls/server_name.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gyre {

/// Where a certificate lies, and what happens when it changes.
struct CertificateFilesOptions {
  std::string chain = {};     ///< The path of the chain in PEM, the own certificate first.
  std::string key = {};       ///< The path of the key in PEM; empty: it is in the chain's file.
  std::string password = {};  ///< Of a key that is encrypted.

  /// How often `CertificateFiles::run` looks whether they have changed. `Duration::max()`: never.
  Duration interval = std::chrono::seconds{10};

  /// Called when a certificate has been taken, or one that is there now could not be and the one before stays (the same
  /// text only once in a row): a line for the log. On the loop that noticed; neither may throw.
  Callback<void(const Certificate& certificate)> on_load = {};
  Callback<void(std::string_view text)> on_failure = {};
};

/// A certificate from files that may be replaced while the server runs: connections that exist keep theirs, the next
/// handshake has the new one.
///
///     CertificateFiles files{{.chain = "/etc/ssl/site.pem", .key = "/etc/ssl/site.key"}};
///     co_await files.load();  // at the start: throws what is wrong
///     scope.spawn(files.reload_on(SIGHUP));
///
/// Files are read without blocking the loop and parsed and checked on a thread of `offload`: the key fits, the chain is
/// one, today is between its dates. Only if all of that holds the new certificate takes the place of the old one, in
/// one step. Whoever writes the files may do it in any order: a pair that does not fit is tried again.
///
/// A handle: copies are the same files. Thread-safe; what returns a task is for tasks on a loop, and need not outlive
/// it. It is a provider of `CertificateSource`.
class CertificateFiles {
 public:
  /// The most that is read of a file; more is a failure.
  static constexpr std::size_t size_max = 1024 * 1024;

  /// Nothing is read yet.
  explicit CertificateFiles(CertificateFilesOptions options);

  /// Reads them now, and returns what it has taken. Throws `CertificateError`; `std::runtime_error`, which names the
  /// file, if one cannot be read; `Failure` if the offload pool is full; `Cancelled`. After a failure the certificate
  /// before stays.
  Task<Certificate> load() const;

  /// Has `run` read them at once. From any thread; nothing if it runs nowhere.
  void reload() const noexcept;

  /// Reloads whenever the process receives that signal, until it is cancelled. On one loop; the signal must be blocked
  /// on every thread (`BlockedSignals`). Throws `Failure` if it cannot listen.
  Task<> reload_on(int signal) const;

  /// Looks for changes until it is cancelled. It may run on several loops: one at a time looks.
  Task<> run() const;

  /// The certificate that was taken last; an empty one before the first.
  Certificate current() const noexcept;
  /// When its chain expires, since 1970 UTC; nothing before the first.
  std::optional<Duration> expires() const noexcept;

  /// As a provider: the same for every name. Throws `Failure` with `Errc::not_found` before the first is taken.
  Task<Certificate> operator()(ServerName name) const;

 private:
  struct State;

  static Task<Certificate> load_now(Shared<State> state);
  static Task<> look(Shared<State> state);
  static Task<> watch(Shared<State> state);
  static Task<> listen(CertificateFiles files, int signal);
  static Task<Certificate> answer(Shared<State> state);

  Shared<State> state_;
};

}  // namespace gyre
