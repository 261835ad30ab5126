#pragma once

#include "raw_case.hpp"

/// Bytes before a request, and the request line but for its target (RFC 9112 2.2, 2.3, 3).
namespace gyre::test::raw {

#define HOST "Host: a\r\n"
#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define END "\r\n"
#define LATE "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"

inline constexpr RawCase raw_methods[] = {
    {"GET", GET END ""sv, {200}, open, {.body = "hello"}},
    {"HEAD", "HEAD / HTTP/1.1\r\n" HOST END ""sv, {200}, open, {.body = ""}},
    {"POST without a body", "POST /echo HTTP/1.1\r\n" HOST END ""sv, {200}, open, {.body = ""}},
    {"PUT", "PUT / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"DELETE", "DELETE / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"PATCH", "PATCH / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"OPTIONS", "OPTIONS / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"TRACE", "TRACE / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"a registered method that nobody knows", "PROPFIND / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"a method of one letter", "X / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"a long method", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"every token character in a method", "!#$%&'*+-.^_`|~09AZaz / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"methods are case-sensitive: get is another one", "get / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"head in small letters is not HEAD: it gets content",
     "head / HTTP/1.1\r\n" HOST END ""sv,
     {200},
     open,
     {.body = "hello"}},
    {"HEADER is not HEAD: it gets content", "HEADER / HTTP/1.1\r\n" HOST END ""sv, {200}, open, {.body = "hello"}},
    {"no method", " / HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"neither a method nor a space", "/ HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"a method alone", "GET\r\n" HOST END ""sv, {400}, closed},
    {"a method and a space", "GET \r\n" HOST END ""sv, {400}, closed},
    {"a method with a parenthesis", "GE(T / HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"a method with a colon", "GET: / HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"a method with a comma", "GET,POST / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a quoted method", "\"GET\" / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a method in brackets", "[GET] / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a method with an at sign", "G@T / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a method with an equals sign", "G=T / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a method beyond ASCII", "G\xc3\x8bT / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"NUL in a method", "G\0T / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"ESC in a method", "G\x1bT / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a byte order mark before the method", "\xef\xbb\xbfGET / HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
};

inline constexpr RawCase raw_lines[] = {
    // before the request
    {"nothing at all", ""sv, {}, open},
    {"one empty line before a request", "\r\n" GET END ""sv, {200}, open},
    {"one empty line and no request yet", "\r\n"sv, {}, open},
    {"half an empty line", "\r"sv, {}, waiting},
    {"one empty line before HTTP/1.0", "\r\nGET / HTTP/1.0\r\n" END ""sv, {200}, closed},
    {"one empty line before an unknown method", "\r\nX / HTTP/1.1\r\n" HOST END ""sv, {200}, open},
    {"two empty lines before a request", "\r\n\r\n" GET END ""sv, {400}, closed},
    {"three empty lines before a request", "\r\n\r\n\r\n" GET END ""sv, {400}, closed},
    {"an empty line that ends with LF", "\n" GET END ""sv, {400}, closed},
    {"two empty lines that end with LF", "\n\n" GET END ""sv, {400}, closed},
    {"CR before a request", "\r" GET END ""sv, {400}, closed},
    {"CR CR LF before a request", "\r\r\n" GET END ""sv, {400}, closed},
    {"LF behind an empty line", "\r\n\n" GET END ""sv, {400}, closed},
    {"a line of a space before a request", " \r\n" GET END ""sv, {400}, closed},
    {"a tab before a request", "\t" GET END ""sv, {400}, closed},
    {"NUL before a request", "\0" GET END ""sv, {400}, closed},
    // separators
    {"two spaces behind the method", "GET  / HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"two spaces behind the target", "GET /  HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"a tab behind the method", "GET\t/ HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a tab behind the target", "GET /\tHTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a vertical tab behind the method", "GET\v/ HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a form feed behind the target", "GET /\fHTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"CR behind the target", "GET /\rHTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"NUL behind the method", "GET\0/ HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a no-break space behind the method", "GET\xa0/ HTTP/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a space behind the version", "GET / HTTP/1.1 \r\n" HOST END LATE ""sv, {400}, closed},
    {"a tab behind the version", "GET / HTTP/1.1\t\r\n" HOST END ""sv, {400}, closed},
    {"a word behind the version", "GET / HTTP/1.1 x\r\n" HOST END ""sv, {400}, closed},
    {"no target", "GET HTTP/1.1\r\n" HOST END LATE ""sv, {400}, closed},
    {"no version: the simple request of HTTP/0.9", "GET /\r\n"sv, {400}, closed},
    {"no version, but fields", "GET /\r\n" HOST END LATE ""sv, {400}, closed},
    {"a space instead of a version", "GET / \r\n" HOST END ""sv, {400}, closed},
    // the line's end
    {"a request line that ends with LF", "GET / HTTP/1.1\n" HOST END LATE ""sv, {400}, closed},
    {"every line ends with LF", "GET / HTTP/1.1\nHost: a\n\n"sv, {400}, closed},
    {"a request line that ends with CR", "GET / HTTP/1.1\r" HOST END ""sv, {400}, closed},
    {"a request line that ends with CR CR LF", "GET / HTTP/1.1\r\r\n" HOST END ""sv, {400}, closed},
    {"a request line that ends with LF CR", "GET / HTTP/1.1\n\r" HOST END ""sv, {400}, closed},
    {"half a request line", "GET / HTT"sv, {}, waiting},
    {"a request line and half its end", "GET / HTTP/1.1\r"sv, {}, waiting},
    {"a request line and no more", "GET / HTTP/1.1\r\n"sv, {}, waiting},
    // other protocols
    {"the first bytes of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"sv, {400}, closed},
    {"an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n"sv, {400}, closed},
    {"SMTP", "EHLO example.com\r\n"sv, {400}, closed},
    {"Redis", "*1\r\n$4\r\nPING\r\n"sv, {400}, closed},
    {"the PROXY protocol in text", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" GET END ""sv, {400}, closed},
    {"the PROXY protocol in binary", "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\0"sv, {400}, closed},
    {"RTSP", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"sv, {400}, closed},
    {"SIP", "OPTIONS sip:a SIP/2.0\r\n\r\n"sv, {400}, closed},
    {"an HTTP response", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"sv, {400}, closed},
    {"bytes of no protocol", "\xff\xfe\xfd\r\n\r\n"sv, {400}, closed},
};

inline constexpr RawCase raw_versions[] = {
    {"HTTP/1.0", "GET / HTTP/1.0\r\n" HOST END LATE ""sv, {200}, closed},
    {"HTTP/1.2", "GET / HTTP/1.2\r\n" HOST END LATE ""sv, {505}, closed},
    {"HTTP/1.9", "GET / HTTP/1.9\r\n" HOST END LATE ""sv, {505}, closed},
    {"HTTP/0.9 by name", "GET / HTTP/0.9\r\n" HOST END LATE ""sv, {505}, closed},
    {"HTTP/0.0", "GET / HTTP/0.0\r\n" HOST END ""sv, {505}, closed},
    {"HTTP/2.0", "GET / HTTP/2.0\r\n" HOST END LATE ""sv, {505}, closed},
    {"HTTP/3.0", "GET / HTTP/3.0\r\n" HOST END ""sv, {505}, closed},
    {"HTTP/9.9", "GET / HTTP/9.9\r\n" HOST END ""sv, {505}, closed},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"sv, {505}, closed},
    {"a version that is not ours without Host", "GET / HTTP/2.0\r\n\r\n"sv, {505}, closed},
    {"HTTP/2 without a minor version", "GET / HTTP/2\r\n" HOST END ""sv, {400}, closed},
    {"HTTP/1 without a minor version", "GET / HTTP/1\r\n" HOST END ""sv, {400}, closed},
    {"a minor version of no digits", "GET / HTTP/1.\r\n" HOST END ""sv, {400}, closed},
    {"a major version of no digits", "GET / HTTP/.1\r\n" HOST END ""sv, {400}, closed},
    {"a minor version of two digits", "GET / HTTP/1.32\r\n" HOST END LATE ""sv, {400}, closed},
    {"a minor version with a zero behind", "GET / HTTP/1.10\r\n" HOST END ""sv, {400}, closed},
    {"a minor version with a zero before", "GET / HTTP/1.01\r\n" HOST END ""sv, {400}, closed},
    {"a major version with a zero before", "GET / HTTP/01.1\r\n" HOST END ""sv, {400}, closed},
    {"a major version of two digits", "GET / HTTP/11.1\r\n" HOST END ""sv, {400}, closed},
    {"three numbers", "GET / HTTP/1.1.1\r\n" HOST END ""sv, {400}, closed},
    {"a letter behind the version", "GET / HTTP/1.1x\r\n" HOST END ""sv, {400}, closed},
    {"a semicolon behind the version", "GET / HTTP/1.1;a=b\r\n" HOST END ""sv, {400}, closed},
    {"NUL behind the version", "GET / HTTP/1.1\0\r\n" HOST END ""sv, {400}, closed},
    {"small letters", "GET / http/1.1\r\n" HOST END ""sv, {400}, closed},
    {"mixed letters", "GET / Http/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a comma in the version", "GET / HTTP/1,1\r\n" HOST END ""sv, {400}, closed},
    {"letters in the version", "GET / HTTP/x.y\r\n" HOST END ""sv, {400}, closed},
    {"digits beyond ASCII", "GET / HTTP/1.\xd9\xa1\r\n" HOST END ""sv, {400}, closed},
    {"a signed version", "GET / HTTP/+1.1\r\n" HOST END ""sv, {400}, closed},
    {"a negative version", "GET / HTTP/1.-1\r\n" HOST END ""sv, {400}, closed},
    {"a space before the slash", "GET / HTTP /1.1\r\n" HOST END ""sv, {400}, closed},
    {"a space behind the slash", "GET / HTTP/ 1.1\r\n" HOST END ""sv, {400}, closed},
    {"no slash", "GET / HTTP1.1\r\n" HOST END ""sv, {400}, closed},
    {"a backslash", "GET / HTTP\\1.1\r\n" HOST END ""sv, {400}, closed},
    {"two slashes", "GET / HTTP//1.1\r\n" HOST END ""sv, {400}, closed},
    {"another protocol's name", "GET / ICY/1.1\r\n" HOST END ""sv, {400}, closed},
    {"HTTPS as a protocol", "GET / HTTPS/1.1\r\n" HOST END ""sv, {400}, closed},
    {"a truncated name", "GET / HTT/1.1\r\n" HOST END ""sv, {400}, closed},
};

#undef HOST
#undef GET
#undef END
#undef LATE

}  // namespace gyre::test::raw
