#pragma once

#include "h2_conformance_case.hpp"

/// RFC 9113 8: requests and their fields.
namespace gyre::test::h2 {

inline Topic exchanges() {
  return {
      "RFC 9113 8.1 messages",
      {
          {"GET", {get(1)}, "1:200(5) alive"},
          {"HEAD", {headers(1, request_fields("HEAD", "/"))}, "1:200(0) alive"},
          {"POST", {post(1, "/echo") + data(1, "text")}, "1:200(4) alive"},
          {"POST without a body", {headers(1, request_fields("POST", "/echo"))}, "1:200(0) alive"},
          {"GET with a body",
           {headers(1, request_fields("GET", "/echo"), end_headers) + data(1, "text")},
           "1:200(4) alive"},
          {"a method that nobody knows", {headers(1, request_fields("FROB", "/"))}, "1:200(5) alive"},
          {"OPTIONS *", {headers(1, request_fields("OPTIONS", "*"))}, "1:200(5) alive"},
          {"trailers", {post(1, "/echo") + data(1, "text", 0) + headers(1, Fields{{"x-sum", "1"}})}, "1:200(4) alive"},
          {"trailers without a body", {post(1, "/echo") + headers(1, Fields{{"x-sum", "1"}})}, "1:200(0) alive"},
          {"trailers that do not end the stream",
           {post(1, "/echo") + data(1, "text", 0) + headers(1, Fields{{"x-sum", "1"}}, end_headers)},
           "RST 1 PROTOCOL_ERROR alive"},
          {"trailers behind trailers",
           {post(1, "/hold") + headers(1, Fields{{"a", "b"}}) + headers(1, Fields{{"a", "b"}})},
           "GOAWAY STREAM_CLOSED ended"},
          {"Expect: 100-continue",
           {post(1, "/echo", {{"expect", "100-continue"}}), data(1, "text")},
           "1:100 1:200(4) alive"},
          {"another expectation", {post(1, "/echo", {{"expect", "miracles"}})}, "1:417(64) RST 1 NO_ERROR alive"},
          {"an answer before the end of the request", {post(1, "/ignore")}, "1:200(7) RST 1 NO_ERROR alive"},
          {"and the rest of the request comes all the same",
           {post(1, "/ignore"), data(1, "abc", 0) + data(1, "def") + get(3)},
           "1:200(7) RST 1 NO_ERROR 3:200(5) alive"},
          {"a body that is too large",
           {post(1, "/echo", {{"content-length", "99999999"}})},
           "1:413(63) RST 1 NO_ERROR alive"},
          {"requests at the same time", {held(1) + get(3) + held(5) + get(7)}, "3:200(5) 7:200(5) alive"},
          {"Content-Length", {post(1, "/echo", {{"content-length", "4"}}) + data(1, "text")}, "1:200(4) alive"},
          {"Content-Length of 0",
           {headers(1, request_fields("POST", "/echo", {{"content-length", "0"}}))},
           "1:200(0) alive"},
          {"Content-Length of 0 is answered at once",
           {post(1, "/echo", {{"content-length", "0"}}), data(1, "")},
           "1:200(0) RST 1 NO_ERROR alive"},
      }};
}

inline Topic lengths() {
  const std::string wrong = "RST 1 PROTOCOL_ERROR alive";
  const auto with = [](std::string_view length) { return post(1, "/echo", {{"content-length", std::string(length)}}); };
  return {
      "RFC 9113 8.1.1 malformed messages",
      {
          {"less body than said", {with("4") + data(1, "abc")}, wrong},
          {"more body than said", {with("1") + data(1, "text")}, wrong},
          {"more body than said, in two frames", {with("5") + data(1, "text", 0) + data(1, "text")}, wrong},
          {"less body than said, in two frames", {with("9") + data(1, "text", 0) + data(1, "text")}, wrong},
          {"less body than said, and trailers",
           {with("9") + data(1, "text", 0) + headers(1, Fields{{"a", "b"}})},
           wrong},
          {"a body though 0 was said", {post(1, "/hold", {{"content-length", "0"}}) + data(1, "x")}, wrong},
          {"no body though one was said", {headers(1, request_fields("GET", "/", {{"content-length", "4"}}))}, wrong},
          {"no body though one was said, and trailers", {with("4") + headers(1, Fields{{"a", "b"}})}, wrong},
          {"padding is no body", {with("4") + padded_data(1, "abc", 1, end_stream)}, wrong},
          {"twice the same",
           {post(1, "/echo", {{"content-length", "4"}, {"content-length", "4"}}) + data(1, "text")},
           wrong},
          {"twice, and different",
           {post(1, "/echo", {{"content-length", "4"}, {"content-length", "5"}}) + data(1, "text")},
           wrong},
          {"no number", {with("four") + data(1, "text")}, wrong},
          {"a sign", {with("+4") + data(1, "text")}, wrong},
          {"negative", {with("-4") + data(1, "text")}, wrong},
          {"a list", {with("4, 4") + data(1, "text")}, wrong},
          {"empty", {with("") + data(1, "text")}, wrong},
          {"more than 64 bits", {with("99999999999999999999999") + data(1, "text")}, wrong},
          {"hexadecimal", {with("0x4") + data(1, "text")}, wrong},
      }};
}

inline Topic fields() {
  const std::string wrong = "RST 1 PROTOCOL_ERROR alive";
  std::vector<Case> cases;
  const auto field = [&](const std::string& what, std::string name, std::string value, const std::string& outcome) {
    cases.push_back({what, {get(1, "/", {{std::move(name), std::move(value)}})}, outcome});
  };
  field("a name of all characters of a token", "!#$%&'*+-.^_`|~09az", "x", "1:200(5) alive");
  field("upper case", "X-Test", "x", wrong);
  field("upper case at last", "tesT", "x", wrong);
  field("an empty name", "", "x", wrong);
  constexpr char no_token[] = "\0\t\n\r \"(),/;<=>?@[\\]{}\x7f\x80\xff";
  for (const char c : std::string_view(no_token, sizeof no_token - 1)) {
    field("a name with character " + std::to_string(static_cast<unsigned char>(c)), std::string("a") + c + "b", "x",
          wrong);
  }
  field("a colon in a name", "a:b", "x", wrong);
  field("a colon at the end of a name", "ab:", "x", wrong);
  field("an empty value", "x", "", "1:200(5) alive");
  field("a value with bytes above 127", "x", "\x80\xff", "1:200(5) alive");
  field("a value with a tab and a blank", "x", "a\t b", "1:200(5) alive");
  for (const char c : std::string_view("\0\x01\x08\n\v\f\r\x1f\x7f", 9)) {
    field("a value with character " + std::to_string(static_cast<unsigned char>(c)), "x", std::string("a") + c + "b",
          wrong);
  }
  field("a value that begins with a blank", "x", " a", wrong);
  field("a value that begins with a tab", "x", "\ta", wrong);
  field("a value that ends with a blank", "x", "a ", wrong);
  field("a value that ends with a tab", "x", "a\t", wrong);
  field("a value that ends with CRLF", "x", "a\r\n", wrong);
  field("a value that is a blank", "x", " ", wrong);
  for (const char* name : {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"}) {
    field(name, name, "x", wrong);
    field(std::string(name) + ", empty", name, "", wrong);
  }
  field("Transfer-Encoding: chunked", "transfer-encoding", "chunked", wrong);
  field("HTTP2-Settings", "http2-settings", "AAMAAABkAAQCAAAAAAIAAAAA", "1:200(5) alive");
  field("TE: trailers", "te", "trailers", "1:200(5) alive");
  field("TE: gzip", "te", "gzip", wrong);
  field("TE: trailers, gzip", "te", "trailers, gzip", wrong);
  field("TE: trailers;q=0.5", "te", "trailers;q=0.5", wrong);
  field("TE, empty", "te", "", wrong);
  cases.push_back(
      {"crumbs of Cookie", {get(1, "/", {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}})}, "1:200(5) alive"});

  const auto trailer = [&](const std::string& what, std::string name, std::string value, const std::string& outcome) {
    cases.push_back({"trailers with " + what,
                     {post(1, "/echo") + data(1, "abc", 0) + headers(1, Fields{{std::move(name), std::move(value)}})},
                     outcome});
  };
  trailer(":method", ":method", "GET", wrong);
  trailer(":status", ":status", "200", wrong);
  trailer("an unknown pseudo-header field", ":x", "y", wrong);
  trailer("upper case", "X-Sum", "1", wrong);
  trailer("Connection", "connection", "close", wrong);
  trailer("TE", "te", "gzip", wrong);
  trailer("NUL", "x", std::string("a\0b", 3), wrong);
  trailer("Content-Length", "content-length", "3", wrong);
  trailer("Transfer-Encoding", "transfer-encoding", "chunked", wrong);
  trailer("Host", "host", "other.test", wrong);
  return {"RFC 9113 8.2 fields", std::move(cases)};
}

inline Topic pseudo_fields() {
  const std::string wrong = "RST 1 PROTOCOL_ERROR alive";
  std::vector<Case> cases;
  const auto request = [&](const std::string& what, const Fields& fields, const std::string& outcome) {
    cases.push_back({what, {headers(1, fields)}, outcome});
  };
  const std::pair<std::string, std::string> method{":method", "GET"};
  const std::pair<std::string, std::string> scheme{":scheme", "http"};
  const std::pair<std::string, std::string> path{":path", "/"};
  const std::pair<std::string, std::string> authority{":authority", "a.test"};
  const std::pair<std::string, std::string> host{"host", "a.test"};
  request("an unknown one", {method, scheme, path, authority, {":test", "x"}}, wrong);
  request("an empty one", {method, scheme, path, authority, {":", "x"}}, wrong);
  request("that of answers", {method, scheme, path, authority, {":status", "200"}}, wrong);
  request("behind a field", {method, scheme, path, {"x", "y"}, authority}, wrong);
  request(":method behind a field", {scheme, path, authority, {"x", "y"}, method}, wrong);
  request("in upper case", {{":METHOD", "GET"}, scheme, path, authority}, wrong);
  request("in another order", {authority, path, scheme, method}, "1:200(5) alive");
  request("no :method", {scheme, path, authority}, wrong);
  request("no :scheme", {method, path, authority}, wrong);
  request("no :path", {method, scheme, authority}, wrong);
  request("none at all", {{"x", "y"}}, wrong);
  cases.push_back({"no field at all", {headers(1, std::string_view())}, wrong});
  request(":method twice", {method, method, scheme, path, authority}, wrong);
  request(":scheme twice", {method, scheme, scheme, path, authority}, wrong);
  request(":path twice", {method, scheme, path, path, authority}, wrong);
  request(":authority twice", {method, scheme, path, authority, authority}, wrong);
  request("an empty :method", {{":method", ""}, scheme, path, authority}, wrong);
  request("a :method that is no token", {{":method", "GE T"}, scheme, path, authority}, wrong);
  request("an empty :scheme", {method, {":scheme", ""}, path, authority}, wrong);
  request("a :scheme that is none", {method, {":scheme", "ht tp"}, path, authority}, wrong);
  request(":scheme https in cleartext", {method, {":scheme", "https"}, path, authority}, "1:200(5) alive");
  request("an empty :path", {method, scheme, {":path", ""}, authority}, wrong);
  request("a :path without a slash", {method, scheme, {":path", "x"}, authority}, wrong);
  request("a :path with a blank", {method, scheme, {":path", "/ x"}, authority}, wrong);
  request("a :path with CR and LF", {method, scheme, {":path", "/\r\nX: y"}, authority}, wrong);
  request("a :path with a fragment", {method, scheme, {":path", "/#x"}, authority}, "1:400(57) alive");
  request("a :path that is a whole URI", {method, scheme, {":path", "http://b.test/"}, authority}, wrong);
  request("GET *", {method, scheme, {":path", "*"}, authority}, wrong);
  request("an :authority with a user", {method, scheme, path, {":authority", "user@a.test"}}, "1:400(57) alive");
  request("an :authority that is none", {method, scheme, path, {":authority", "a b"}}, wrong);
  request("an empty :authority", {method, scheme, path, {":authority", ""}}, wrong);
  request("neither :authority nor Host", {method, scheme, path}, wrong);
  request("Host in place of :authority", {method, scheme, path, host}, "1:200(5) alive");
  request("Host beside :authority", {method, scheme, path, authority, host}, "1:200(5) alive");
  request("Host that is another", {method, scheme, path, authority, {"host", "b.test"}}, wrong);
  request("Host twice", {method, scheme, path, host, host}, wrong);
  request("an empty Host", {method, scheme, path, {"host", ""}}, wrong);
  return {"RFC 9113 8.3 pseudo-header fields", std::move(cases)};
}

inline Topic tunnels() {
  const std::string wrong = "RST 1 PROTOCOL_ERROR alive";
  const std::pair<std::string, std::string> connect{":method", "CONNECT"};
  const std::pair<std::string, std::string> scheme{":scheme", "http"};
  const std::pair<std::string, std::string> path{":path", "/"};
  const std::pair<std::string, std::string> authority{":authority", "a.test:443"};
  return {"RFC 9113 8.5 CONNECT, RFC 8441",
          {
              {"CONNECT", {headers(1, Fields{connect, authority}, end_headers)}, "1:501(9) RST 1 NO_ERROR alive"},
              {"with a path", {headers(1, Fields{connect, path, authority}, end_headers)}, wrong},
              {"with a scheme", {headers(1, Fields{connect, scheme, authority}, end_headers)}, wrong},
              {"with both", {headers(1, Fields{connect, scheme, path, authority}, end_headers)}, wrong},
              {"without an authority", {headers(1, Fields{connect}, end_headers)}, wrong},
              {"with a protocol that is not offered",
               {headers(1, Fields{connect, {":protocol", "websocket"}, scheme, path, authority}, end_headers)},
               wrong},
              {"GET with a protocol",
               {headers(1, Fields{{":method", "GET"}, {":protocol", "websocket"}, scheme, path, authority})},
               wrong},
          }};
}

}  // namespace gyre::test::h2
