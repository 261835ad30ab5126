#pragma once

#include "raw_case.hpp"

/// The four forms of a request target, and what is none (RFC 9112 3.2).
namespace gyre::test::raw {

#define HOST "Host: a\r\n"
#define REST " HTTP/1.1\r\nHost: a\r\n\r\n"
#define LATE "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"

inline constexpr RawCase raw_targets[] = {
    // origin form
    {"a path", "GET /a/b/c" REST ""sv, {200}, open, {.host = "a"}},
    {"a query", "GET /a?b=c&d" REST ""sv, {200}, open},
    {"an empty query", "GET /a?" REST ""sv, {200}, open},
    {"two question marks", "GET /a?b?c" REST ""sv, {200}, open},
    {"two slashes before a name are a path, not a host", "GET //b/c" REST ""sv, {200}, open, {.host = "a"}},
    {"a URL in a path", "GET /http://b/c" REST ""sv, {200}, open, {.host = "a"}},
    {"an at sign in a path", "GET /@b:80/" REST ""sv, {200}, open, {.host = "a"}},
    {"escapes are the router's", "GET /%2e%2E/%zz?%00" REST ""sv, {200}, open},
    {"characters that browsers do not escape", "GET /a\\b?{\"x\":[1|2]}^`<>" REST ""sv, {200}, open},
    {"a fragment", "GET /a#b" REST LATE ""sv, {400}, closed},
    {"a fragment in a query", "GET /a?b#c" REST ""sv, {400}, closed},
    {"an empty fragment", "GET /a#" REST ""sv, {400}, closed},
    {"bytes beyond ASCII in a path", "GET /gr\xc3\xbc\xc3\x9f" REST ""sv, {400}, closed},
    {"bytes beyond ASCII in a query", "GET /?\xff" REST ""sv, {400}, closed},
    {"a space in a path", "GET /a b" REST LATE ""sv, {400}, closed},
    {"a tab in a path", "GET /a\tb" REST ""sv, {400}, closed},
    {"NUL in a path", "GET /a\0b" REST ""sv, {400}, closed},
    {"NUL in a query", "GET /?a\0b" REST ""sv, {400}, closed},
    {"DEL in a path", "GET /a\x7f" REST ""sv, {400}, closed},
    {"CR in a path", "GET /a\rb" REST ""sv, {400}, closed},
    {"LF in a path", "GET /a\nb" REST ""sv, {400}, closed},
    {"a head in the target", "GET /a HTTP/1.1\r\nHost: b\r\nX: HTTP/1.1\r\n\r\n"sv, {200}, open, {.host = "b"}},
    {"a relative path", "GET a/b" REST LATE ""sv, {400}, closed},
    {"a dot segment without a slash", "GET ../a" REST ""sv, {400}, closed},
    {"a query alone", "GET ?a" REST ""sv, {400}, closed},
    {"a backslash for a slash", "GET \\a" REST ""sv, {400}, closed},
    {"an escaped slash for a slash", "GET %2Fa" REST ""sv, {400}, closed},
    // absolute form
    {"an absolute target", "GET http://b/c?d" REST ""sv, {200}, open, {.host = "b"}},
    {"its authority wins over Host",
     "GET http://b:81/ HTTP/1.1\r\nHost: c:82\r\n\r\n"sv,
     {200},
     open,
     {.host = "b:81"}},
    {"its scheme in other letters", "GET HtTp://B/" REST ""sv, {200}, open, {.host = "B"}},
    {"its scheme is https, as behind a proxy", "GET https://b/" REST ""sv, {200}, open, {.host = "b"}},
    {"an absolute target without a path", "GET http://b" REST ""sv, {200}, open, {.host = "b"}},
    {"an absolute target with a query and no path", "GET http://b?c" REST ""sv, {200}, open, {.host = "b"}},
    {"an absolute target with POST",
     "POST http://b/echo HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nhi"sv,
     {200},
     open,
     {.body = "hi", .host = "b"}},
    {"an absolute target of an IPv6 address", "GET http://[::1]:80/" REST ""sv, {200}, open, {.host = "[::1]:80"}},
    {"an absolute target with an empty port", "GET http://b:/" REST ""sv, {200}, open},
    {"an absolute target in HTTP/1.0 needs no Host", "GET http://b/ HTTP/1.0\r\n\r\n"sv, {200}, closed, {.host = "b"}},
    {"an absolute target needs Host all the same", "GET http://b/ HTTP/1.1\r\n\r\n"sv, {400}, closed},
    {"an absolute target and a bad Host", "GET http://b/ HTTP/1.1\r\nHost: a/b\r\n\r\n"sv, {400}, closed},
    {"an absolute target and an empty Host", "GET http://b/ HTTP/1.1\r\nHost:\r\n\r\n"sv, {400}, closed},
    {"an absolute target and two Hosts", "GET http://b/ HTTP/1.1\r\n" HOST HOST "\r\n"sv, {400}, closed},
    {"an absolute target without a host", "GET http:///c" REST ""sv, {400}, closed},
    {"a scheme and no more", "GET http://" REST ""sv, {400}, closed},
    {"an absolute target of a query", "GET http://?c" REST ""sv, {400}, closed},
    {"an absolute target of a port", "GET http://:80/" REST ""sv, {400}, closed},
    {"an absolute target with a port of letters", "GET http://b:x/" REST ""sv, {400}, closed},
    {"an absolute target with a port too high", "GET http://b:65536/" REST ""sv, {400}, closed},
    {"an absolute target with a user and a password", "GET http://u:p@b/" REST LATE ""sv, {400}, closed},
    {"an absolute target with a user", "GET http://u@b/" REST ""sv, {400}, closed},
    {"an absolute target with a bad IPv6 address", "GET http://[::1/" REST ""sv, {400}, closed},
    {"an absolute target with a bad escape in its host", "GET http://b%2/" REST ""sv, {400}, closed},
    {"an absolute target with a fragment", "GET http://b/#c" REST ""sv, {400}, closed},
    {"an absolute target with one slash", "GET http:/b" REST ""sv, {400}, closed},
    {"an absolute target without slashes", "GET http:b" REST ""sv, {400}, closed},
    {"an absolute target with backslashes", "GET http:\\\\b\\" REST ""sv, {400}, closed},
    {"another scheme", "GET ftp://b/" REST ""sv, {400}, closed},
    {"the scheme of WebSockets", "GET ws://b/" REST ""sv, {400}, closed},
    {"a scheme that begins as ours", "GET httpx://b/" REST ""sv, {400}, closed},
    {"a scheme without a name", "GET ://b/" REST ""sv, {400}, closed},
    // asterisk form
    {"OPTIONS *", "OPTIONS *" REST ""sv, {200}, open, {.host = "a"}},
    {"OPTIONS * in HTTP/1.0", "OPTIONS * HTTP/1.0\r\n\r\n"sv, {200}, closed},
    {"OPTIONS of an absolute target without a path", "OPTIONS http://b" REST ""sv, {200}, open, {.host = "b"}},
    {"GET *", "GET *" REST LATE ""sv, {400}, closed},
    {"HEAD *", "HEAD *" REST ""sv, {400}, closed},
    {"POST *", "POST *" REST ""sv, {400}, closed},
    {"an unknown method with *", "options *" REST ""sv, {400}, closed},
    {"OPTIONS with two asterisks", "OPTIONS **" REST ""sv, {400}, closed},
    {"OPTIONS * with a query", "OPTIONS *?a" REST ""sv, {400}, closed},
    // authority form: the service has no tunnel
    {"CONNECT", "CONNECT b:443" REST ""sv, {501}, open, {.host = "b:443"}},
    {"CONNECT to an IPv6 address", "CONNECT [::1]:443" REST ""sv, {501}, open, {.host = "[::1]:443"}},
    {"CONNECT in HTTP/1.0", "CONNECT b:443 HTTP/1.0\r\n\r\n"sv, {501}, closed, {.host = "b:443"}},
    {"CONNECT without Host", "CONNECT b:443 HTTP/1.1\r\n\r\n"sv, {400}, closed},
    {"CONNECT without a port", "CONNECT b" REST LATE ""sv, {400}, closed},
    {"CONNECT with an empty port", "CONNECT b:" REST ""sv, {400}, closed},
    {"CONNECT with a port too high", "CONNECT b:65536" REST ""sv, {400}, closed},
    {"CONNECT with a port alone", "CONNECT :443" REST ""sv, {400}, closed},
    {"CONNECT with a user", "CONNECT u@b:443" REST ""sv, {400}, closed},
    {"CONNECT with a path behind the port", "CONNECT b:443/" REST ""sv, {400}, closed},
    {"CONNECT with a path", "CONNECT /" REST ""sv, {400}, closed},
    {"CONNECT with an absolute target", "CONNECT http://b:80/" REST ""sv, {400}, closed},
    {"CONNECT *", "CONNECT *" REST ""sv, {400}, closed},
    {"GET with a host and a port", "GET b:80" REST ""sv, {400}, closed},
    {"GET with a host", "GET example.com" REST ""sv, {400}, closed},
};

#undef HOST
#undef REST
#undef LATE

}  // namespace gyre::test::raw
