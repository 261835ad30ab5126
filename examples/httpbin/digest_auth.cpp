#include "hashes.hpp"
#include "parts.hpp"
#include "random.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/json.hpp>
#include <gyre/wire/authorization.hpp>
#include <gyre/wire/challenge.hpp>
#include <gyre/wire/digest.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace httpbin {
namespace {

using gyre::wire::ChallengeParameter;
using gyre::wire::DigestCredentials;
using gyre::wire::DigestQop;

constexpr std::string_view realm = "httpbin";

struct DigestFacts {
  bool authenticated = true;
  std::string user;
};
BOOST_DESCRIBE_STRUCT(DigestFacts, (), (authenticated, user))

/// Nonces that are known again without being kept: a number, and a hash of it and of what only this process knows.
class Nonces {
 public:
  Nonces() {
    std::random_device device;
    for (int word = 0; word < 8; ++word) key_ += std::to_string(device()) + '-';
  }

  std::string make(Random& random) const { return sealed(std::to_string(random())); }
  bool knows(std::string_view nonce) const {
    return gyre::wire::equal_secrets(nonce, sealed(nonce.substr(0, nonce.find('.'))));
  }

 private:
  std::string sealed(std::string_view number) const {
    std::string nonce{number};
    return nonce + '.' + hashed(hash_named("SHA-256"), key_ + nonce);
  }

  std::string key_;
};

/// What the path of a request asks for.
struct Wanted {
  std::string_view qop;
  std::string_view user;
  std::string_view password;
  std::string_view algorithm = "MD5";
  std::uint32_t stale_after = UINT32_MAX;  ///< Requests that a nonce is good for.

  bool allows(DigestQop sent) const {
    return (qop != "auth-int" && sent == DigestQop::auth) || (qop != "auth" && sent == DigestQop::auth_int);
  }
};

enum class Verdict : std::uint8_t { welcome, refused, stale };

Verdict judge(const gyre::Request& request, const Wanted& wanted, const Nonces& nonces) {
  const std::string_view field = request.header(gyre::FieldId::authorization);
  std::string room(field.size(), '\0');
  const gyre::Result<DigestCredentials> sent = gyre::wire::parse_digest(field, room);
  if (!sent || sent->user_is_hashed || sent->user != wanted.user || sent->realm != realm) return Verdict::refused;
  if (sent->uri != request.target() || !wanted.allows(sent->qop) || !nonces.knows(sent->nonce)) return Verdict::refused;
  const std::string_view algorithm = sent->algorithm.empty() ? "MD5" : sent->algorithm;
  if (!gyre::equal_ignoring_case(algorithm, wanted.algorithm)) return Verdict::refused;

  const gyre::wire::DigestHash hash = hash_named(wanted.algorithm);
  const std::string secret = gyre::wire::digest_secret(wanted.user, realm, wanted.password, hash);
  const std::string content = hashed(hash, request.body());
  const std::string expected =
      digest_response(*sent, {.secret = secret, .method = request.head().method_text(), .content_hash = content}, hash);
  if (!gyre::wire::equal_secrets(sent->response, expected)) return Verdict::refused;
  return sent->count > wanted.stale_after ? Verdict::stale : Verdict::welcome;
}

gyre::Response challenge(const Wanted& wanted, Verdict verdict, std::string_view nonce) {
  using Form = ChallengeParameter::Form;
  const bool known_qop = wanted.qop == "auth" || wanted.qop == "auth-int";
  const ChallengeParameter parameters[] = {{"realm", realm},
                                           {"nonce", nonce},
                                           {"qop", known_qop ? wanted.qop : "auth, auth-int"},
                                           {"opaque", "httpbin"},
                                           {"algorithm", wanted.algorithm, Form::token},
                                           {"stale", verdict == Verdict::stale ? "true" : "false", Form::token}};
  std::string field;
  append_challenge(field, "Digest", parameters).value();
  return gyre::Response{gyre::Status::unauthorized}.with("WWW-Authenticate", field);
}

gyre::Response answer(const gyre::Request& request, const Wanted& wanted) {
  if (hash_named(wanted.algorithm) == nullptr) {
    throw gyre::HttpError{gyre::Status::bad_request, "algorithms are MD5, SHA-256, SHA-512 and SHA-512-256"};
  }
  const gyre::State<Nonces> nonces = gyre::State<Nonces>::of(request);
  const Verdict verdict = judge(request, wanted, *nonces);
  if (verdict == Verdict::welcome) return to_response(gyre::Json{DigestFacts{.user = std::string{wanted.user}}});
  return challenge(wanted, verdict, nonces->make(*gyre::LoopState<Random>::of(request)));
}

/// A number of requests, or "never".
struct StaleAfter {
  std::uint32_t count;

  static std::optional<StaleAfter> from_segment(std::string_view text) {
    if (text == "never") return StaleAfter{UINT32_MAX};
    const auto number = gyre::wire::parse_integer<std::uint32_t>(text);
    return number ? std::optional{StaleAfter{*number}} : std::nullopt;
  }
};

using Text = gyre::Path<std::string_view>;

}  // namespace

void add_digest_auth(gyre::App& app) {
  app.state(Nonces{});
  app.get("/digest-auth/{qop}/{user}/{password}", [](const gyre::Request& request, Text qop, Text user, Text password) {
    return answer(request, {.qop = *qop, .user = *user, .password = *password});
  });
  app.get("/digest-auth/{qop}/{user}/{password}/{algorithm}",
          [](const gyre::Request& request, Text qop, Text user, Text password, Text algorithm) {
            return answer(request, {.qop = *qop, .user = *user, .password = *password, .algorithm = *algorithm});
          });
  app.get("/digest-auth/{qop}/{user}/{password}/{algorithm}/{stale_after}",
          [](const gyre::Request& request, Text qop, Text user, Text password, Text algorithm,
             gyre::Path<StaleAfter> stale_after) {
            return answer(request, {.qop = *qop,
                                    .user = *user,
                                    .password = *password,
                                    .algorithm = *algorithm,
                                    .stale_after = stale_after->count});
          });
}

}  // namespace httpbin
