#pragma once

#include <gyre/net/tls/certificate_source.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gyre {

/// Certificates by server name:
///
///     CertificateTable table;
///     table.add(shop);                                                       // for all names that it has
///     table.add("*.example.net", CertificateFiles{{.chain = "net.pem"}});
///     table.otherwise(shop);                                                 // else others are refused
///     CertificateSource source{std::move(table)};
///
/// Filled before it becomes a source, by one thread; then it does not change.
class CertificateTable {
 public:
  /// For each DNS name that stands in it, wildcards too. Throws `std::invalid_argument` if there is none, or as below.
  void add(const Certificate& certificate);

  /// For one name, or with "*." before it for every name that has one label more (RFC 9525 6.3); an exact name goes
  /// first. Letter case does not matter. Throws `std::invalid_argument` for what is no host name, or is there already.
  void add(std::string_view pattern, CertificateSource source);

  /// For all other names, and for clients that do not say. Without it they are refused with `TlsFault::unknown_name`.
  void otherwise(CertificateSource source);

  /// As a provider of `CertificateSource`.
  Task<Certificate> operator()(ServerName name) const;
  Task<> run() const;

 private:
  using Entry = std::pair<std::string, CertificateSource>;

  const CertificateSource* find(std::string_view name) const noexcept;

  std::vector<Entry> entries_;  ///< In the order of their names.
  std::optional<CertificateSource> otherwise_;
};

}  // namespace gyre
