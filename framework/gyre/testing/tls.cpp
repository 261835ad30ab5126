#include <gyre/testing/tls.hpp>

#include <gyre/net/tls/test_certificate.hpp>

namespace gyre::testing {
namespace {

TlsServer server_with(const Certificate& certificate) {
  TlsServerOptions options;
  options.certificate = certificate;
  options.alpn = {"h2", "http/1.1"};
  options.tickets = TlsTickets::off;
  return TlsServer::make(options).value();
}

TlsClient client_of(const Certificate& certificate, const char* protocol) {
  TlsClientOptions options;
  options.verification = TlsVerification::pinned_key_only;
  options.pins = {certificate.pin()};
  options.alpn = {protocol};
  options.tickets = TlsTickets::off;
  return TlsClient::make(options).value();
}

}  // namespace

TlsEnds::TlsEnds(Certificate made)
    : certificate_(std::move(made)),
      acceptor_(server_with(certificate_)),
      client_(client_of(certificate_, "http/1.1")),
      h2_client_(client_of(certificate_, "h2")) {}

const TlsEnds& TlsEnds::get() {
  static const TlsEnds ends{test_certificate()};
  return ends;
}

}  // namespace gyre::testing
