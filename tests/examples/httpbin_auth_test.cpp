#include "httpbin_case.hpp"

#include "hashes.hpp"

#include <gyre/wire/base64.hpp>
#include <gyre/wire/digest.hpp>

using namespace httpbin_test;

namespace {

TestRequest with_credentials(std::string_view target, std::string_view credentials) {
  TestRequest request{Method::get, target};
  request.field("Authorization", credentials);
  return request;
}

std::string basic(std::string_view text) {
  std::string field = "Basic ";
  gyre::wire::append_base64(field, gyre::as_bytes(text), gyre::wire::Base64::standard);
  return field;
}

/// The value of a parameter of a challenge.
std::string parameter(std::string_view challenge, std::string_view name) {
  const std::size_t begin = challenge.find(std::string{name} + "=\"") + name.size() + 2;
  return std::string{challenge.substr(begin, challenge.find('"', begin) - begin)};
}

/// What a client says to a challenge.
struct Login {
  std::string target = "/digest-auth/auth/ada/pass";
  std::string password = "pass";
  std::string algorithm = "MD5";
  std::string qop = "auth";
  std::string count = "00000001";
  std::string uri = target;
};

std::string answer_to(std::string_view challenge, const Login& login) {
  const gyre::wire::DigestHash hash = httpbin::hash_named(login.algorithm);
  const std::string realm = parameter(challenge, "realm");
  const std::string nonce = parameter(challenge, "nonce");
  const gyre::wire::DigestCredentials credentials{
      .user = "ada",
      .realm = realm,
      .nonce = nonce,
      .uri = login.uri,
      .response = {},
      .algorithm = login.algorithm,
      .client_nonce = "c",
      .opaque = {},
      .nonce_count = login.count,
      .qop = login.qop == "auth" ? gyre::wire::DigestQop::auth : gyre::wire::DigestQop::auth_int};
  const std::string secret = gyre::wire::digest_secret("ada", realm, login.password, hash);
  const std::string content = httpbin::hashed(hash, "");
  const std::string response =
      gyre::wire::digest_response(credentials, {.secret = secret, .method = "GET", .content_hash = content}, hash);
  return "Digest username=\"ada\", realm=\"" + realm + "\", nonce=\"" + nonce + "\", uri=\"" + login.uri +
         "\", algorithm=" + login.algorithm + ", qop=" + login.qop + ", nc=" + login.count +
         ", cnonce=\"c\", response=\"" + response + "\"";
}

/// Gets a challenge and answers it.
Task<Answer> log_in(Client& client, const Login& login) {
  const Answer challenged = co_await client.get(login.target);
  CHECK(challenged.status() == Status::unauthorized);
  const std::string credentials = answer_to(challenged.header("www-authenticate"), login);
  co_return co_await client.send(with_credentials(login.target, credentials));
}

}  // namespace

TEST_CASE("basic and bearer", "[httpbin][auth]") {
  constexpr std::string_view known = R"({"authenticated":true,"user":"ada"})";
  check_all({
      {with_credentials("/basic-auth/ada/pass", basic("ada:pass")), 200, {}, {known}},
      {with_credentials("/basic-auth/ada/pass", basic("ada:bad")), 401},
      {get("/basic-auth/ada/pass"), 401, {{"www-authenticate", R"(Basic realm="httpbin", charset="UTF-8")"}}},
      {with_credentials("/basic-auth/a%20da/p%2Fs", basic("a da:p/s")), 200, {}, {R"("user":"a da")"}},
      {with_credentials("/hidden-basic-auth/ada/pass", basic("ada:pass")), 200, {}, {known}},
      {with_credentials("/hidden-basic-auth/ada/pass", basic("eve:pass")), 404, {{"www-authenticate", ""}}},
      {get("/hidden-basic-auth/ada/pass"), 404},
      {with_credentials("/bearer", "Bearer abc"), 200, {}, {R"({"authenticated":true,"token":"abc"})"}},
      {get("/bearer"), 401, {{"www-authenticate", "Bearer"}}},
  });
}

TEST_CASE("digest, with each algorithm", "[httpbin][auth]") {
  run([](Client& client) -> Task<> {
    for (const char* algorithm : {"MD5", "SHA-256", "SHA-512", "SHA-512-256"}) {
      for (const char* qop : {"auth", "auth-int"}) {
        INFO(algorithm << " " << qop);
        Login login;
        login.target = login.uri = std::string{"/digest-auth/"} + qop + "/ada/pass/" + algorithm;
        login.algorithm = algorithm;
        login.qop = qop;
        const Answer right = co_await log_in(client, login);
        CHECK(right.status() == Status::ok);
        CHECK(right.body() == R"({"authenticated":true,"user":"ada"})");
        login.password = "bad";
        const Answer wrong = co_await log_in(client, login);
        CHECK(wrong.status() == Status::unauthorized);
      }
    }
    const Answer unknown = co_await client.get("/digest-auth/auth/ada/pass/CRC-32");
    CHECK(unknown.status() == Status::bad_request);
  });
}

TEST_CASE("digest is answered for this target, this qop and a nonce of ours", "[httpbin][auth]") {
  run([](Client& client) -> Task<> {
    Login login;
    login.uri = "/elsewhere";
    const Answer elsewhere = co_await log_in(client, login);
    CHECK(elsewhere.status() == Status::unauthorized);
    login = {};
    login.qop = "auth-int";
    const Answer not_offered = co_await log_in(client, login);
    CHECK(not_offered.status() == Status::unauthorized);
    login = {};
    const std::string made_up = answer_to(R"(Digest realm="httpbin", nonce="7.0123")", login);
    const Answer foreign = co_await client.send(with_credentials(login.target, made_up));
    CHECK(foreign.status() == Status::unauthorized);
    CHECK(foreign.header("www-authenticate").find("stale=false") != std::string_view::npos);
    login.target = login.uri = "/digest-auth/any/ada/pass";
    const Answer either = co_await log_in(client, login);
    CHECK(either.status() == Status::ok);
  });
}

TEST_CASE("a nonce goes stale after so many requests", "[httpbin][auth]") {
  run([](Client& client) -> Task<> {
    Login login;
    login.target = login.uri = "/digest-auth/auth/ada/pass/MD5/2";
    login.count = "00000002";
    const Answer second = co_await log_in(client, login);
    CHECK(second.status() == Status::ok);
    login.count = "00000003";
    const Answer third = co_await log_in(client, login);
    CHECK(third.status() == Status::unauthorized);
    CHECK(third.header("www-authenticate").find("stale=true") != std::string_view::npos);
    login.target = login.uri = "/digest-auth/auth/ada/pass/MD5/never";
    const Answer never = co_await log_in(client, login);
    CHECK(never.status() == Status::ok);
  });
}
