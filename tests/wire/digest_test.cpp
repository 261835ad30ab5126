#include <gyre/wire/digest.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

// The example of RFC 7616 3.9.1, without its algorithm and response.
constexpr std::string_view example =
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

/// Not a hash: shows what it was asked to hash. Long messages are cut.
std::size_t echo(std::string_view message, std::span<char, digest_digits_max> digits) {
  const std::size_t size = std::min(message.size(), digits.size());
  std::copy_n(message.begin(), size, digits.begin());
  return size;
}

/// The hashes that the example needs, as another implementation computed them: MD5, then SHA-256.
std::size_t known_hash(std::string_view message, std::span<char, digest_digits_max> digits) {
  struct Row {
    std::string_view message;
    std::string_view digits;
  };
  static constexpr Row rows[] = {
      {"Mufasa:http-auth@example.org:Circle of Life", "3d78807defe7de2157e2b0b6573a855f"},
      {"GET:/dir/index.html", "39aff3a2bab6126f332b942af96d3366"},
      {"3d78807defe7de2157e2b0b6573a855f:7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:"
       "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth:39aff3a2bab6126f332b942af96d3366",
       "8ca523f5e9506fed4657c9700eebdbec"},
  };
  const auto* row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.message == message; });
  return row == std::end(rows) ? 0 : echo(row->digits, digits);
}

std::size_t known_sha256(std::string_view message, std::span<char, digest_digits_max> digits) {
  if (message == "Mufasa:http-auth@example.org:Circle of Life") {
    return echo("7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232", digits);
  }
  if (message == "GET:/dir/index.html") {
    return echo("9a3fdae9a622fe8de177c24fa9c070f2b181ec85e15dcbdc32e10c82ad450b04", digits);
  }
  if (message ==
      "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232:7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:"
      "00000001:f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth:"
      "9a3fdae9a622fe8de177c24fa9c070f2b181ec85e15dcbdc32e10c82ad450b04") {
    return echo("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", digits);
  }
  return 0;
}

}  // namespace

TEST_CASE("Digest credentials, and the response of RFC 7616 3.9.1", "[wire][digest]") {
  const std::string md5 = std::string(example) + ", algorithm=MD5, response=\"8ca523f5e9506fed4657c9700eebdbec\"";
  const DigestCredentials credentials = parse_digest(md5, {}).value();  // nothing is escaped: no buffer
  CHECK(credentials.user == "Mufasa");
  CHECK(credentials.realm == "http-auth@example.org");
  CHECK(credentials.uri == "/dir/index.html");
  CHECK(credentials.algorithm == "MD5");
  CHECK(credentials.nonce_count == "00000001");
  CHECK(credentials.count == 1);
  CHECK(credentials.qop == DigestQop::auth);
  CHECK(credentials.opaque == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS");
  CHECK_FALSE(credentials.is_session());
  CHECK_FALSE(credentials.user_is_hashed);
  const std::string secret = digest_secret("Mufasa", "http-auth@example.org", "Circle of Life", known_hash);
  CHECK(digest_response(credentials, {.secret = secret, .method = "GET"}, known_hash) == credentials.response);

  const std::string sha = std::string(example) +
                          ", algorithm=SHA-256, response="
                          "\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"";
  const DigestCredentials newer = parse_digest(sha, {}).value();
  const std::string newer_secret = digest_secret("Mufasa", "http-auth@example.org", "Circle of Life", known_sha256);
  CHECK(digest_response(newer, {.secret = newer_secret, .method = "GET"}, known_sha256) == newer.response);
}

TEST_CASE("what is hashed with a session and with content", "[wire][digest]") {
  const std::string_view field =
      "Digest username=u, realm=r, nonce=n, uri=\"/\", response=0, cnonce=c, nc=0000000a, qop=auth-int, "
      "algorithm=MD5-SESS";
  const DigestCredentials credentials = parse_digest(field, {}).value();
  CHECK(credentials.is_session());
  CHECK(credentials.count == 10);
  CHECK(digest_secret("u", "", "p:q", echo) == "u::p:q");
  CHECK(digest_response(credentials, {.secret = "S", .method = "PUT", .content_hash = "B"}, echo) ==
        "S:n:c:n:0000000a:c:auth-int:PUT:/:B");
}

TEST_CASE("escaped and extended values of Digest", "[wire][digest]") {
  const std::string rest =
      ", realm=\"a\\\"b\", nonce=\"\\n\\o\", uri=\"/\", response=\"ff\", cnonce=c, nc=00000001, qop=\"auth\"";
  std::vector<char> buffer(400);
  const std::string quoted = "digest username=\"x\\\\y\"" + rest;
  const DigestCredentials first = parse_digest(quoted, buffer).value();
  CHECK(first.user == "x\\y");
  CHECK(first.realm == "a\"b");
  CHECK(first.nonce == "no");
  const std::string extended = "Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, userhash=false" + rest;
  CHECK(parse_digest(extended, buffer).value().user == "J\xc3\xa4s\xc3\xb8n Doe");
  const std::string hashed = "Digest username=0123, userhash=true" + rest;
  CHECK(parse_digest(hashed, buffer).value().user_is_hashed);
  CHECK(parse_digest(quoted, std::span(buffer).first(3)).error() == Errc::limit_exceeded);
  for (const char* user :
       {"", "username=a, username*=UTF-8''a", "username*=UTF-8''a, userhash=true", "username*=latin1''a",
        "username*=UTF-8'a", "username*=UTF-8''%4", "username*=UTF-8''%00", "username=a, username=a"}) {
    INFO(user);
    CHECK(parse_digest("Digest " + std::string(user) + rest, buffer).error() == Errc::bad_message);
  }
}

TEST_CASE("Digest credentials that lack something or are not as the RFC has them", "[wire][digest]") {
  const std::vector<std::string> parts = {"username=u", "realm=r",  "nonce=n",     "uri=\"/\"",
                                          "response=0", "cnonce=c", "nc=00000001", "qop=auth"};
  const auto joined = [](const std::vector<std::string>& texts) {
    std::string field = "Digest ";
    for (const std::string& text : texts) field += text + ", ";
    return field;
  };
  CHECK(parse_digest(joined(parts), {}).has_value());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    INFO(parts[i]);
    std::vector<std::string> fewer = parts;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(parse_digest(joined(fewer), {}).error() == Errc::bad_message);
    std::vector<std::string> more = parts;
    more.push_back(parts[i]);
    CHECK(parse_digest(joined(more), {}).error() == Errc::bad_message);
  }
  struct Row {
    std::size_t part;
    std::string text;
  };
  for (const Row& row :
       {Row{6, "nc=1"}, Row{6, "nc=000000001"}, Row{6, "nc=0000000g"}, Row{7, "qop=other"}, Row{7, "qop=AUTH"},
        Row{4, "response=FF"}, Row{4, "response=\"\""}, Row{4, "response=xyz"}, Row{1, "realm=\"r"}, Row{1, "realm"}}) {
    INFO(row.text);
    std::vector<std::string> changed = parts;
    changed[row.part] = row.text;
    CHECK(parse_digest(joined(changed), {}).error() == Errc::bad_message);
  }
  CHECK(parse_digest("Basic Og==", {}).error() == Errc::unsupported);
  CHECK(parse_digest("Digest", {}).error() == Errc::bad_message);
  CHECK(parse_digest("", {}).error() == Errc::bad_message);
}
