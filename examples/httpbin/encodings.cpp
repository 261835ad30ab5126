#include "facts.hpp"
#include "parts.hpp"
#include "random.hpp"

#include <gyre/gyre.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/wire/base64.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <span>
#include <string>

namespace httpbin {
namespace {

struct PackedFacts {
  std::optional<bool> brotli;
  std::optional<bool> deflated;
  std::optional<bool> gzipped;
  Texts headers;
  std::string method;
  std::string origin;

  static constexpr gyre::JsonOptions json_options{.empty = gyre::EmptyMembers::left_out};
};
BOOST_DESCRIBE_STRUCT(PackedFacts, (), (brotli, deflated, gzipped, headers, method, origin))

struct Uuid {
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(Uuid, (), (uuid))

/// Packed for everybody, whatever Accept-Encoding says. The middleware `compression` asks first.
gyre::Response packed(const gyre::Request& request, gyre::Coding coding) {
  PackedFacts facts;
  switch (coding) {
    case gyre::Coding::brotli: facts.brotli = true; break;
    case gyre::Coding::deflate: facts.deflated = true; break;
    default: facts.gzipped = true; break;
  }
  facts.headers = headers_of(request);
  facts.method = request.head().method_text();
  facts.origin = origin_of(request);
  return gyre::Content{"application/json", gyre::encode_all(coding, gyre::to_json(facts))}.with("Content-Encoding",
                                                                                                name(coding));
}

/// In either alphabet, with padding or without.
gyre::Response base64(gyre::Path<std::string, "text"> path) {
  std::string text = *path;
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (!text.empty() && text.back() == '=') text.pop_back();
  std::string room(gyre::wire::base64_decoded_bound(text.size()), '\0');
  const gyre::Result<gyre::Bytes> bytes =
      gyre::wire::decode_base64(text, gyre::wire::Base64::url, std::as_writable_bytes(std::span{room}));
  if (!bytes) throw gyre::HttpError{gyre::Status::bad_request, "that is no base64; aHR0cGJpbg== is"};
  return std::string{gyre::as_text(*bytes)};
}

/// Version 4: random (RFC 9562 5.4).
gyre::Json<Uuid> uuid(gyre::LoopState<Random> random) {
  const std::uint64_t high = ((*random)() & 0xffffffffffff0fffU) | 0x4000U;
  const std::uint64_t low = ((*random)() & 0x3fffffffffffffffU) | 0x8000000000000000U;
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32U),
                static_cast<unsigned>(high >> 16U & 0xffffU), static_cast<unsigned>(high & 0xffffU),
                static_cast<unsigned>(low >> 48U), static_cast<unsigned long long>(low & 0xffffffffffffU));
  return gyre::Json{Uuid{text}};
}

}  // namespace

void add_encodings(gyre::App& app) {
  app.get("/gzip", [](const gyre::Request& request) { return packed(request, gyre::Coding::gzip); });
  app.get("/deflate", [](const gyre::Request& request) { return packed(request, gyre::Coding::deflate); });
  app.get("/brotli", [](const gyre::Request& request) { return packed(request, gyre::Coding::brotli); });
  app.get("/base64/{text}", base64);
  app.get("/uuid", uuid);
}

}  // namespace httpbin
