#include <gyre/wire/authority.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/method.hpp>
#include <gyre/wire/status.hpp>
#include <gyre/wire/token_list.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

TEST_CASE("methods have names, and names are exact", "[wire][method]") {
  for (int i = 0; i < static_cast<int>(Method::other); ++i) {
    const auto method = static_cast<Method>(i);
    CHECK(parse_method(name(method)) == method);
  }
  CHECK(name(Method::delete_) == "DELETE");
  CHECK(name(Method::other).empty());
  for (const char* text : {"", "get", "Get", "GETT", "GE", "PROPFIND", "OPTION", "CONNECTS", "POSt", "TRACe"}) {
    CHECK(parse_method(text) == Method::other);
  }
}

TEST_CASE("methods are safe or idempotent as RFC 9110 says", "[wire][method]") {
  CHECK(is_safe(Method::get));
  CHECK(is_safe(Method::head));
  CHECK(is_safe(Method::options));
  CHECK(is_safe(Method::trace));
  CHECK_FALSE(is_safe(Method::post));
  CHECK_FALSE(is_safe(Method::delete_));
  CHECK_FALSE(is_safe(Method::other));
  CHECK(is_idempotent(Method::put));
  CHECK(is_idempotent(Method::delete_));
  CHECK(is_idempotent(Method::get));
  CHECK_FALSE(is_idempotent(Method::post));
  CHECK_FALSE(is_idempotent(Method::patch));
  CHECK_FALSE(is_idempotent(Method::connect));
  CHECK_FALSE(is_idempotent(Method::other));
}

TEST_CASE("statuses have codes, reasons and kinds", "[wire][status]") {
  CHECK(code(Status::not_found) == 404);
  CHECK(reason(Status::ok) == "OK");
  CHECK(reason(Status::unprocessable_content) == "Unprocessable Content");
  CHECK(reason(Status::content_too_large) == "Content Too Large");
  CHECK(reason(Status::network_authentication_required) == "Network Authentication Required");
  CHECK(reason(Status::client_closed_request) == "Client Closed Request");
  CHECK(reason(Status{299}).empty());
  CHECK(reason(Status{0}).empty());
  CHECK(reason(Status{600}).empty());
  CHECK(reason(Status{65535}).empty());
  CHECK(is_informational(Status::continue_));
  CHECK(is_success(Status::created));
  CHECK(is_redirection(Status::found));
  CHECK(is_error(Status::gone));
  CHECK(is_error(Status::bad_gateway));
  CHECK_FALSE(is_error(Status::ok));
  CHECK(allows_body(Status::ok));
  CHECK(allows_body(Status::reset_content));
  CHECK_FALSE(allows_body(Status::continue_));
  CHECK_FALSE(allows_body(Status::no_content));
  CHECK_FALSE(allows_body(Status::not_modified));
}

TEST_CASE("every known field is found under its name in any case", "[wire][fields]") {
  for (unsigned i = 1; i < field_id_count; ++i) {
    const auto id = static_cast<FieldId>(i);
    std::string text(name(id));
    INFO(text);
    CHECK(field_id(text) == id);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    CHECK(field_id(text) == id);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    CHECK(field_id(text) == id);
    CHECK(field_id(text + "x") == FieldId::unknown);
    CHECK(field_id(text.substr(1)) == FieldId::unknown);
    for (std::size_t place = 0; place < text.size(); ++place) {
      std::string other = text;
      other[place] = other[place] == 'q' ? 'z' : 'q';
      if (field_id(other) == id) FAIL_CHECK(other);
      other[place] = static_cast<char>(text[place] & 0x1f);  // only bits that case ignores, but no letter
      if (field_id(other) != FieldId::unknown) FAIL_CHECK("control at " << place);
    }
  }
  CHECK(name(FieldId::unknown).empty());
  CHECK(name(static_cast<FieldId>(255)).empty());
  CHECK(name(FieldId::etag) == "ETag");
  CHECK(name(FieldId::www_authenticate) == "WWW-Authenticate");
  CHECK(name(FieldId::if_unmodified_since) == "If-Unmodified-Since");
  CHECK(field_id("") == FieldId::unknown);
  CHECK(field_id(std::string(1000, 'a')) == FieldId::unknown);
}

TEST_CASE("texts are compared without the case of ASCII letters, and of nothing else", "[wire][fields]") {
  CHECK(equal_ignoring_case("", ""));
  CHECK(equal_ignoring_case("Keep-Alive", "kEEP-aLIVE"));
  CHECK_FALSE(equal_ignoring_case("close", "closed"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("\xc0", "\xe0"));
  CHECK_FALSE(equal_ignoring_case("0", "\x10"));
}

TEST_CASE("tokens are made of token characters", "[wire][fields]") {
  CHECK(is_token("GET"));
  CHECK(is_token("!#$%&'*+-.^_`|~09azAZ"));
  CHECK_FALSE(is_token(""));
  const std::string_view separators = "\"(),/:;<=>?@[\\]{} \t\r\n\0\x7f\x80\xff"sv;
  for (const char c : separators) {
    INFO(static_cast<int>(c));
    CHECK_FALSE(is_token(std::string("a") + c));
  }
}

TEST_CASE("field values hold no controls but HTAB", "[wire][fields]") {
  CHECK(is_field_value(""));
  CHECK(is_field_value("text/plain; charset=utf-8"));
  CHECK(is_field_value("a\tb"));
  CHECK(is_field_value("\x80\xff gr\xc3\xbc\xc3\x9f"));
  for (int byte = 0; byte < 256; ++byte) {
    const bool allowed = (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    for (const std::size_t place : {0, 3, 15, 16, 31, 32, 40}) {
      std::string text(41, 'a');
      text[place] = static_cast<char>(byte);
      if (is_field_value(text) != allowed) FAIL_CHECK("byte " << byte << " at " << place);
    }
  }
  CHECK_FALSE(is_field_value("a\r\nSet-Cookie: b"));
}

TEST_CASE("a list gives its elements without blanks and without empty ones", "[wire][fields]") {
  std::string elements;
  for (TokenList list{" ,a ,\tb b,, c\t, "}; list.next();) (elements += list.element()) += '|';
  CHECK(elements == "a|b b|c|");
  CHECK_FALSE(TokenList{""}.next());
  CHECK_FALSE(TokenList{" , ,"}.next());
}

TEST_CASE("authorities are a host with an optional port", "[wire][authority]") {
  for (const char* text :
       {"a", "a.b-c", "127.0.0.1", "a_b~!$&'()*+,;=", "%41", "[::]", "[::1]", "[1::]", "[1:2:3:4:5:6:7:8]",
        "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "[1::3:4:5:6:7:8]", "[::ffff:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]",
        "[FFFF::abcd]", "[v1.a:b]", "999.999.999.999"}) {
    INFO(text);
    const auto authority = parse_authority(text);
    REQUIRE(authority);
    CHECK(authority->host == text);
    CHECK_FALSE(authority->port);
  }
  CHECK(parse_authority("a:80")->port == 80);
  CHECK(parse_authority("a:0")->port == 0);
  CHECK(parse_authority("a:00080")->port == 80);
  CHECK(parse_authority("[::1]:65535")->port == 65535);
  CHECK(parse_authority("[::1]:65535")->host == "[::1]");
  CHECK_FALSE(parse_authority("a:")->port);
}

TEST_CASE("what is no authority is refused", "[wire][authority]") {
  for (const char* text : {"",
                           ":",
                           ":80",
                           "a b",
                           "a/b",
                           "a?b",
                           "a#b",
                           "u@a",
                           "a:b",
                           "a:80:80",
                           "a:65536",
                           "a:99999999999999999999",
                           "a:-1",
                           "a: 80",
                           "%",
                           "%4",
                           "%4g",
                           "a%",
                           "[",
                           "]",
                           "[]",
                           "[]:80",
                           "[::1",
                           "::1",
                           "[:::]",
                           "[::1::]",
                           "[1]",
                           "[1:2:3:4:5:6:7]",
                           "[1:2:3:4:5:6:7:8:9]",
                           "[1:2:3:4:5:6:7:8::]",
                           "[12345::]",
                           "[1:]",
                           "[:1]",
                           "[g::]",
                           "[::1.2.3]",
                           "[::1.2.3.256]",
                           "[::1.2.3.04]",
                           "[::1.2.3.4.5]",
                           "[1.2.3.4]",
                           "[::1.2.3.4:5]",
                           "[1:2:3:4:5:6:7:1.2.3.4]",
                           "[fe80::1%25eth0]",
                           "[::1]x",
                           "[v.a]",
                           "[v1.]",
                           "[v1]",
                           "[vg.a]",
                           "\"a\"",
                           "b\xc3\xbc"
                           "cher",
                           "a\\b",
                           "<a>"}) {
    INFO(text);
    CHECK_FALSE(parse_authority(text));
  }
}
