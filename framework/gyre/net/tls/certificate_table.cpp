#include <gyre/net/tls/certificate_table.hpp>

#include <gyre/coro/scope.hpp>
#include <gyre/net/tls/internal/x509.hpp>

#include <algorithm>
#include <stdexcept>

namespace gyre {
namespace {

/// The last label of an IPv4 address has no letter, those of host names have (RFC 3696 2); IPv6 has colons.
bool is_address(std::string_view text) noexcept {
  const std::string_view last = text.substr(text.rfind('.') + 1);
  return text.find(':') != std::string_view::npos || last.find_first_not_of("0123456789") == std::string_view::npos;
}

Task<> run_all(Scope& scope, std::vector<CertificateSource> sources) {
  for (const CertificateSource& source : sources) scope.spawn(source.run());
  co_return;
}

Task<Certificate> none() { co_return Certificate{}; }

bool before(const std::pair<std::string, CertificateSource>& entry, std::string_view name) noexcept {
  return entry.first < name;
}

}  // namespace

void CertificateTable::add(const Certificate& certificate) {
  bool any = false;
  for (const std::string& name : certificate.names()) {
    if (is_address(name)) continue;  // no client asks for one by its name
    add(name, certificate);
    any = true;
  }
  if (!any) throw std::invalid_argument{"gyre: a certificate without a DNS name has no place in the table by itself"};
}

void CertificateTable::add(std::string_view pattern, CertificateSource source) {
  ServerName name{pattern};
  std::string_view host = name.text();
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (!detail::is_host_name(host) || is_address(host)) {
    throw std::invalid_argument{"gyre: \"" + std::string{pattern} + "\" is no name for a certificate"};
  }
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), name.text(), before);
  if (place != entries_.end() && place->first == name.text()) {
    throw std::invalid_argument{"gyre: there are two certificates for \"" + name.text() + "\""};
  }
  entries_.emplace(place, name.text(), std::move(source));
}

void CertificateTable::otherwise(CertificateSource source) { otherwise_ = std::move(source); }

const CertificateSource* CertificateTable::find(std::string_view name) const noexcept {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), name, before);
  return place != entries_.end() && place->first == name ? &place->second : nullptr;
}

Task<Certificate> CertificateTable::operator()(ServerName name) const {
  const std::string& host = name.text();
  const CertificateSource* found = find(host);
  const std::size_t dot = host.find('.');
  if (found == nullptr && dot != 0 && dot != std::string::npos) found = find("*" + host.substr(dot));
  if (found == nullptr && otherwise_) found = &*otherwise_;
  if (found == nullptr) return none();
  return found->find(std::move(name));
}

Task<> CertificateTable::run() const {
  std::vector<CertificateSource> sources;  // each once, under whatever names it stands
  if (otherwise_) sources.push_back(*otherwise_);
  for (const Entry& entry : entries_) {
    if (std::find(sources.begin(), sources.end(), entry.second) == sources.end()) sources.push_back(entry.second);
  }
  co_await with_scope(run_all, std::move(sources));
}

}  // namespace gyre
