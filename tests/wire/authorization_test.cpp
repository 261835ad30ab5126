#include <gyre/wire/authorization.hpp>
#include <gyre/wire/challenge.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

std::string error_name(Error error) { return "(" + std::string(name(error.code())) + ")"; }

std::string basic(std::string_view field) {
  std::vector<char> buffer(field.size());
  const Result<BasicCredentials> result = parse_basic(field, buffer);
  return result ? std::string(result->user) + "|" + std::string(result->password) : error_name(result.error());
}

std::string bearer(std::string_view field) {
  const Result<std::string_view> result = parse_bearer(field);
  return result ? std::string(*result) : error_name(result.error());
}

std::string walk(std::string_view text) {
  std::string result;
  AuthParameters parameters{text};
  while (parameters.next()) (((result += parameters.name()) += '=') += parameters.value()) += '|';
  return parameters.is_bad() ? result + "bad" : result;
}

}  // namespace

TEST_CASE("Basic credentials", "[wire][authorization]") {
  struct Row {
    std::string_view field;
    std::string_view result;
  };
  const Row rows[] = {
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin|open sesame"},  // RFC 7617 2
      {"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin|open sesame"},
      {"BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin|open sesame"},
      {"Basic dGVzdDoxMjPCow==", "test|123\xc2\xa3"},  // RFC 7617 2.1
      {"Basic Og==", "|"},
      {"Basic YTpiOmM=", "a|b:c"},
      {"Basic", "(bad_message)"},
      {"Basic ", "(bad_message)"},
      {"Basic YQ==", "(bad_message)"},  // no colon
      {"Basic YTpi\nOmM=", "(bad_message)"},
      {"Basic YTpiCg==", "(bad_message)"},  // a line feed in the password
      {"Basic YQA6Yg==", "(bad_message)"},  // a NUL in the user
      {"Basic YTp/", "(bad_message)"},      // a DEL
      {"Basic Og", "(bad_message)"},        // not padded
      {"Basic Oh==", "(bad_message)"},      // bits that do not count
      {"Basic realm=\"x\"", "(bad_message)"},
      {"Basic Og== x", "(bad_message)"},
      {"Bearer abc", "(unsupported)"},
      {"BasicOg==", "(bad_message)"},
      {"Basic\tOg==", "(bad_message)"},
      {"", "(bad_message)"},
      {"=", "(bad_message)"},
  };
  for (const Row& row : rows) {
    INFO(row.field);
    CHECK(basic(row.field) == row.result);
  }
  char small[2];
  CHECK(parse_basic("Basic YTpi", small).error() == Errc::limit_exceeded);
}

TEST_CASE("Bearer credentials", "[wire][authorization]") {
  CHECK(bearer("Bearer mF_9.B5f-4.1JqM") == "mF_9.B5f-4.1JqM");
  CHECK(bearer("bearer  a+/~==") == "a+/~==");
  for (const std::string_view field : {"Bearer"sv, "Bearer "sv, "Bearer ="sv, "Bearer a b"sv, "Bearer a,b"sv,
                                       "Bearer a=b"sv, "Bearer \"a\""sv, "Bearer a\xc3\xa4"sv, "Bearer token=a"sv}) {
    INFO(field);
    CHECK(bearer(field) == "(bad_message)");
  }
  CHECK(bearer("Basic Og==") == "(unsupported)");
}

TEST_CASE("parameters of credentials", "[wire][authorization]") {
  CHECK(walk("") == "");
  CHECK(walk("a=1, b=\"x, y\" ,c = \"\"") == "a=1|b=\"x, y\"|c=\"\"|");
  CHECK(walk(",,a\t=\t1,,") == "a=1|");
  CHECK(walk("a") == "bad");
  CHECK(walk("a=") == "bad");
  CHECK(walk("=1") == "bad");
  CHECK(walk("a=1 b=2") == "bad");
  CHECK(walk("a=1;b=2") == "bad");
  CHECK(walk("a=1, b=\"x") == "a=1|bad");
  CHECK(walk("a=a/b") == "bad");
}

TEST_CASE("challenges are written", "[wire][authorization]") {
  std::string out;
  const ChallengeParameter basic_parameters[] = {{"realm", "a \"b\" \\c"}, {"charset", "UTF-8"}};
  REQUIRE(append_challenge(out, "Basic", basic_parameters));
  const ChallengeParameter digest_parameters[] = {{"realm", "x"},
                                                  {"algorithm", "SHA-256", ChallengeParameter::Form::token}};
  REQUIRE(append_challenge(out, "Digest", digest_parameters));
  REQUIRE(append_challenge(out, "Negotiate", {}));
  CHECK(out == R"(Basic realm="a \"b\" \\c", charset="UTF-8", Digest realm="x", algorithm=SHA-256, Negotiate)");

  const std::string before = out;
  for (const ChallengeParameter& bad : {ChallengeParameter{"realm", "a\r\nX: y"}, ChallengeParameter{"realm", "\0"sv},
                                        ChallengeParameter{"re alm", "x"}, ChallengeParameter{"", "x"},
                                        ChallengeParameter{"stale", "a b", ChallengeParameter::Form::token},
                                        ChallengeParameter{"stale", "", ChallengeParameter::Form::token}}) {
    const ChallengeParameter parameters[] = {{"good", "x"}, bad};
    CHECK(append_challenge(out, "Basic", parameters).error() == Errc::invalid_argument);
    CHECK(out == before);
  }
  CHECK(append_challenge(out, "Ba sic", {}).error() == Errc::invalid_argument);
  CHECK(out == before);
}

TEST_CASE("secrets are compared", "[wire][authorization]") {
  CHECK(equal_secrets("", ""));
  CHECK(equal_secrets("abc", "abc"));
  CHECK_FALSE(equal_secrets("abc", "abd"));
  CHECK_FALSE(equal_secrets("abc", "xbc"));
  CHECK_FALSE(equal_secrets("abc", "ab"));
  CHECK_FALSE(equal_secrets("\x80", std::string_view("\0", 1)));
}
