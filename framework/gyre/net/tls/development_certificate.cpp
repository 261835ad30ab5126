#include <gyre/net/tls/development_certificate.hpp>

#include <gyre/loop/loop.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/private_directory.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>

#include <stdexcept>

namespace gyre {
namespace {

using std::chrono::hours;

constexpr const char* key_file = "localhost-key.pem";  // with the certificate: both are replaced in one step
constexpr const char* chain_file = "localhost.pem";
constexpr const char* names = "DNS:localhost,IP:127.0.0.1,IP:::1";
constexpr std::size_t size_max = 64 * 1024;

constexpr Duration lifetime = hours{397 * 24};  // browsers refuse more than 398 days
constexpr Duration renewed_before = hours{30 * 24};
constexpr Duration clock_skew = hours{1};  // of clients in containers and virtual machines

/// A text that is wiped at its end.
struct Wiped {
  explicit Wiped(std::string secret) noexcept : text(std::move(secret)) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { detail::wipe(text); }
  std::string text;
};

template <class T>
T checked(Result<T> result, const std::string& path) {
  if (result) return std::move(result).value();
  std::string text = path + ": " + result.error().message();
  if (result.error() == Errc::permission_denied) text += "; it must belong to this user, without access for others";
  throw std::runtime_error{text};
}

void check(const Result<void>& result, const std::string& path) {
  if (!result) throw std::runtime_error{path + ": " + result.error().message()};
}

/// The certificate alone, out of a file that begins with it.
std::string_view chain_of(std::string_view text) noexcept {
  constexpr std::string_view end = "-----END CERTIFICATE-----\n";
  const std::size_t found = text.find(end);
  return found == std::string_view::npos ? std::string_view{} : text.substr(0, found + end.size());
}

bool is_good(const Certificate& certificate, Duration now) {
  return certificate && !certificate.check_dates(now) && certificate.not_after() - now >= renewed_before;
}

/// What is kept; an empty certificate if there is none, or not for long enough.
Certificate kept(const PrivateDirectory& directory, const std::string& path, Duration now) {
  Result<std::string> found = directory.read(key_file, size_max);
  if (!found && found.error() == Errc::not_found) return Certificate{};
  const Wiped text{checked(std::move(found), path + "/" + key_file)};
  Certificate certificate = Certificate::parse(text.text, text.text).value();
  if (!is_good(certificate, now)) return Certificate{};
  // A crash may have come between the two, and the public part is anybody's to delete.
  const Result<std::string> chain = directory.read(chain_file, size_max);
  const std::string_view wanted = chain_of(text.text);
  if (!chain || *chain != wanted) check(directory.write(chain_file, wanted), path + "/" + chain_file);
  return certificate;
}

Certificate make(const PrivateDirectory& directory, const std::string& path, Duration now) {
  detail::SelfSigned made = detail::make_self_signed({.common_name = "localhost (gyre, for development)",
                                                      .names = names,
                                                      .not_before = now - clock_skew,
                                                      .not_after = now - clock_skew + lifetime});
  const Wiped key{std::move(made.key)};
  const Wiped both{made.chain + key.text};
  check(directory.write(key_file, both.text), path + "/" + key_file);
  check(directory.write(chain_file, made.chain), path + "/" + chain_file);
  return Certificate::parse(made.chain, key.text).value();
}

DevelopmentCertificate keep(const std::string& path, Duration now) {
  const PrivateDirectory directory = checked(PrivateDirectory::open(path), path);
  check(directory.lock(), path);
  DevelopmentCertificate result;
  result.path = path + "/" + chain_file;
  result.certificate = kept(directory, path, now);
  if (!result.certificate) result.certificate = make(directory, path, now);
  return result;
}

}  // namespace

Task<DevelopmentCertificate> development_certificate(std::string directory) {
  Context& context = co_await this_context();
  const Duration now = Loop::of(context).wall_time();
  Task<DevelopmentCertificate> working = offload(keep, directory, now);
  DevelopmentCertificate made = co_await std::move(working);
  co_return made;
}

}  // namespace gyre
