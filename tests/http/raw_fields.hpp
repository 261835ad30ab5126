#pragma once

#include "raw_case.hpp"

/// Field lines (RFC 9112 2.2, 5).
namespace gyre::test::raw {

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define MARK "GET /co/x HTTP/1.1\r\nHost: a\r\n"
#define END "\r\n\r\n"
#define LATE "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"

inline constexpr RawCase raw_fields[] = {
    // values
    {"a value", MARK "X-Mark: b" END ""sv, {200}, open, {.body = "waited /co/x b"}},
    {"no blank behind the colon", MARK "X-Mark:b" END ""sv, {200}, open, {.body = "waited /co/x b"}},
    {"spaces and tabs around a value", MARK "X-Mark: \t b \t" END ""sv, {200}, open, {.body = "waited /co/x b"}},
    {"a tab alone before a value", MARK "X-Mark:\tb" END ""sv, {200}, open, {.body = "waited /co/x b"}},
    {"spaces and tabs inside a value", MARK "X-Mark: b \t c" END ""sv, {200}, open, {.body = "waited /co/x b \t c"}},
    {"an empty value", MARK "X-Mark:" END ""sv, {200}, open, {.body = "waited /co/x "}},
    {"a value of blanks", MARK "X-Mark: \t " END ""sv, {200}, open, {.body = "waited /co/x "}},
    {"colons in a value", MARK "X-Mark: b:c::d" END ""sv, {200}, open, {.body = "waited /co/x b:c::d"}},
    {"a colon at the begin of a value", MARK "X-Mark::b" END ""sv, {200}, open, {.body = "waited /co/x :b"}},
    {"bytes beyond ASCII in a value",
     MARK "X-Mark: \x80\xff\xc3\xbc" END ""sv,
     {200},
     open,
     {.body = "waited /co/x \x80\xff\xc3\xbc"}},
    {"a no-break space is no blank",
     MARK "X-Mark: \xa0"
          "b" END ""sv,
     {200},
     open,
     {.body = "waited /co/x \xa0"
              "b"}},
    {"escapes in a value are not decoded",
     MARK "X-Mark: %0d%0aX:%00" END ""sv,
     {200},
     open,
     {.body = "waited /co/x %0d%0aX:%00"}},
    {"quotes in a value need not be closed", MARK "X-Mark: \"b" END ""sv, {200}, open, {.body = "waited /co/x \"b"}},
    {"a field twice", MARK "X-Mark: b\r\nX-Mark: c" END ""sv, {200}, open, {.body = "waited /co/x b"}},
    {"a name in other letters", MARK "x-mARK: b" END ""sv, {200}, open, {.body = "waited /co/x b"}},
    {"NUL in a value", GET "X: a\0b" END LATE ""sv, {400}, closed},
    {"NUL at the end of a value", GET "X: a\0" END ""sv, {400}, closed},
    {"SOH in a value", GET "X: a\x01" END ""sv, {400}, closed},
    {"BEL in a value", GET "X: a\x07" END ""sv, {400}, closed},
    {"a backspace in a value", GET "X: a\x08" END ""sv, {400}, closed},
    {"a vertical tab in a value", GET "X: a\x0b" END ""sv, {400}, closed},
    {"a form feed in a value", GET "X: a\x0c" END ""sv, {400}, closed},
    {"SO in a value", GET "X: a\x0e" END ""sv, {400}, closed},
    {"ESC in a value", GET "X: a\x1b[1m" END ""sv, {400}, closed},
    {"US in a value", GET "X: a\x1f" END ""sv, {400}, closed},
    {"DEL in a value", GET "X: a\x7f" END ""sv, {400}, closed},
    {"a control character in a value of HTTP/1.0", "GET / HTTP/1.0\r\nX: a\x01" END ""sv, {400}, closed},
    {"a control character in a value of a request that is not plain",
     "X http://a/ HTTP/1.1\r\nHost: a\r\nX: \x0b" END ""sv,
     {400},
     closed},
    // names
    {"every token character in a name", GET "!#$%&'*+-.^_`|~09AZaz: a" END ""sv, {200}, open},
    {"a long name", GET "A-Name-That-Is-Longer-Than-Any-Vector-Of-The-Scanner: a" END ""sv, {200}, open},
    {"a name of one character", GET "X: a" END ""sv, {200}, open},
    {"no colon", GET "Xab" END LATE ""sv, {400}, closed},
    {"no colon in the only line", "GET / HTTP/1.1\r\nHost a" END ""sv, {400}, closed},
    {"an empty name", GET ": a" END ""sv, {400}, closed},
    {"a colon alone", GET ":" END ""sv, {400}, closed},
    {"a space before the colon", GET "X : a" END LATE ""sv, {400}, closed},
    {"a tab before the colon", GET "X\t: a" END ""sv, {400}, closed},
    {"a space in a name", GET "X Y: a" END ""sv, {400}, closed},
    {"a tab in a name", GET "X\tY: a" END ""sv, {400}, closed},
    {"a parenthesis in a name", GET "X(: a" END ""sv, {400}, closed},
    {"a comma in a name", GET "X,Y: a" END ""sv, {400}, closed},
    {"a slash in a name", GET "X/Y: a" END ""sv, {400}, closed},
    {"a semicolon in a name", GET "X;Y: a" END ""sv, {400}, closed},
    {"an angle bracket in a name", GET "<X>: a" END ""sv, {400}, closed},
    {"an equals sign in a name", GET "X=Y: a" END ""sv, {400}, closed},
    {"a question mark in a name", GET "X?: a" END ""sv, {400}, closed},
    {"an at sign in a name", GET "X@Y: a" END ""sv, {400}, closed},
    {"a bracket in a name", GET "X[0]: a" END ""sv, {400}, closed},
    {"a bracket behind sixteen characters of a name", GET "A-Name-Of-Sixteen[: a" END ""sv, {400}, closed},
    {"a backslash in a name", GET "X\\Y: a" END ""sv, {400}, closed},
    {"braces in a name", GET "{X}: a" END ""sv, {400}, closed},
    {"a quoted name", GET "\"X\": a" END ""sv, {400}, closed},
    {"bytes beyond ASCII in a name", GET "X\xc3\xbc: a" END ""sv, {400}, closed},
    {"a no-break space before the colon", GET "X\xa0: a" END ""sv, {400}, closed},
    {"NUL in a name", GET "X\0: a" END ""sv, {400}, closed},
    {"NUL before a name", GET "\0X: a" END ""sv, {400}, closed},
    {"DEL in a name", GET "X\x7f: a" END ""sv, {400}, closed},
    {"CR in a name", GET "X\rY: a" END ""sv, {400}, closed},
    {"LF in a name", GET "X\nY: a" END ""sv, {400}, closed},
    // lines
    {"a folded line", GET "X: a\r\n b" END LATE ""sv, {400}, closed},
    {"a line folded with a tab", GET "X: a\r\n\tb" END ""sv, {400}, closed},
    {"a folded line behind an empty value", GET "X:\r\n a" END ""sv, {400}, closed},
    {"a line folded twice", GET "X: a\r\n b\r\n c" END ""sv, {400}, closed},
    {"a fold of nothing", GET "X: a\r\n " END ""sv, {400}, closed},
    {"a fold that looks like a field", GET "X: a\r\n Transfer-Encoding: chunked" END ""sv, {400}, closed},
    {"a fold behind the request line", "GET / HTTP/1.1\r\n Host: a" END ""sv, {400}, closed},
    {"a tab behind the request line", "GET / HTTP/1.1\r\n\tHost: a" END ""sv, {400}, closed},
    {"a folded line in HTTP/1.0", "GET / HTTP/1.0\r\nX: a\r\n b" END ""sv, {400}, closed},
    {"a field line that ends with LF", GET "X: a\nY: b" END LATE ""sv, {400}, closed},
    {"the last field line ends with LF", GET "X: a\n\r\n"sv, {400}, closed},
    {"a head that ends with LF", GET "X: a\r\n\n"sv, {400}, closed},
    {"a head that ends with LF LF", GET "X: a\n\n"sv, {400}, closed},
    {"CR in a value", GET "X: a\rb" END LATE ""sv, {400}, closed},
    {"CR CR LF at a line's end", GET "X: a\r" END ""sv, {400}, closed},
    {"LF CR at a line's end", GET "X: a\n\rY: b" END ""sv, {400}, closed},
    {"a field behind CR", GET "X: a\rY: b" END ""sv, {400}, closed},
    {"CR for the empty line", GET "X: a\r\n\rGET / HTTP/1.1\r\n" END ""sv, {400}, closed},
    {"a head without its end", GET "X: a\r\n"sv, {}, waiting},
    {"a head with half its end", GET "X: a\r\n\r"sv, {}, waiting},
    {"half a field line", GET "X: a"sv, {}, waiting},
    {"half a field name", GET "Content-Le"sv, {}, waiting},
    // fields that mean nothing to a server
    {"Proxy-Connection is no Connection", GET "Proxy-Connection: close" END ""sv, {200}, open},
    {"Proxy-Connection has the grammar of Connection", GET "Proxy-Connection: a b; \"c" END LATE ""sv, {400}, closed},
    {"Keep-Alive is not asked", GET "Keep-Alive: timeout=0, max=0" END ""sv, {200}, open},
    {"TE", GET "TE: trailers, deflate;q=0.5" END ""sv, {200}, open},
    {"Trailer without trailers", GET "Trailer: X" END ""sv, {200}, open},
    {"Max-Forwards", "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0" END ""sv, {200}, open},
    {"names that nearly are of the framing",
     GET "Content-Lengthy: x\r\nTransfer-Encodin: y\r\nXHost: z" END ""sv,
     {200},
     open},
    {"names of the server's own variables",
     MARK "REMOTE_ADDR: b\r\nREMOTE-ADDR: b\r\nX-Mark: c" END ""sv,
     {200},
     open,
     {.body = "waited /co/x c"}},
    {"a pseudo-header of HTTP/2", GET ":path: /b" END ""sv, {400}, closed},
};

#undef GET
#undef MARK
#undef END
#undef LATE

}  // namespace gyre::test::raw
