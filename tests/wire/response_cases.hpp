#pragma once

#include "head_cases.hpp"

namespace response_cases {

using namespace std::string_view_literals;
using enum gyre::wire::HeadError;

#define OK "HTTP/1.1 200 OK\r\n"
#define END "\r\n"

inline constexpr HeadCase accepted[] = {
    {"the smallest head", OK END ""sv, none},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n" END ""sv, none},
    {"no reason", "HTTP/1.1 200 \r\n" END ""sv, none},
    {"a reason of several words", "HTTP/1.1 404 Not Found Here\r\n" END ""sv, none},
    {"a reason of blanks", "HTTP/1.1 404   \t \r\n" END ""sv, none},
    {"obs-text in the reason", "HTTP/1.1 200 gr\xc3\xbc\xc3\x9f\xff\r\n" END ""sv, none},
    {"digits in the reason", "HTTP/1.1 200 200 300\r\n" END ""sv, none},
    {"a reason longer than two vectors", "HTTP/1.1 511 Network Authentication Required, Please\r\n" END ""sv, none},
    {"the lowest code", "HTTP/1.1 100 Continue\r\n" END ""sv, none},
    {"the highest code", "HTTP/1.1 599 \r\n" END ""sv, none},
    {"a code that nobody registered", "HTTP/1.1 299 Odd\r\n" END ""sv, none},
    {"fields", OK "Server: x\r\nDate: y\r\n" END ""sv, none},
    {"bytes behind the head", OK END "HTTP/1.1\n\0"sv, none},
    {"blanks around a value", OK "X: \t a \t \r\n" END ""sv, none},
    {"an empty value", OK "X:\r\n" END ""sv, none},
    {"obs-text in a value", OK "X: \x80\xff\r\n" END ""sv, none},
    {"odd token characters in a name", OK "!#$%&'*+-.^_`|~: a\r\n" END ""sv, none},
    {"the same field twice", OK "Set-Cookie: a\r\nSet-Cookie: b\r\n" END ""sv, none},
    {"Content-Length", OK "Content-Length: 5\r\n" END "hello"sv, none},
    {"Content-Length with leading zeros", OK "Content-Length: 0005\r\n" END ""sv, none},
    {"the largest Content-Length", OK "Content-Length: 18446744073709551615\r\n" END ""sv, none},
    {"Content-Length where there is no body", "HTTP/1.1 304 \r\nContent-Length: 5\r\n" END ""sv, none},
    {"chunked", OK "Transfer-Encoding: chunked\r\n" END ""sv, none},
    {"chunked in another case", OK "transfer-encoding: CHUNKED\r\n" END ""sv, none},
    {"Connection: close", OK "Connection: close\r\n" END ""sv, none},
    {"a list in Connection", OK "Connection: Keep-Alive ,, x-y\r\n" END ""sv, none},
    {"upgrade", "HTTP/1.1 101 \r\nConnection: upgrade\r\nUpgrade: websocket\r\n" END ""sv, none},
    {"fields of requests mean nothing", OK "Host: a b\r\nHost: c\r\nExpect: x\r\nExpect: y\r\n" END ""sv, none},
    {"Proxy-Connection", OK "Proxy-Connection: a b\r\n" END ""sv, none},
};

inline constexpr HeadCase rejected[] = {
    // bytes
    {"an empty line before the head", "\r\n" OK END ""sv, extra_empty_line},
    {"LF before the head", "\n" OK END ""sv, bare_lf},
    {"a status line that ends with LF", "HTTP/1.1 200 OK\n" END ""sv, bare_lf},
    {"a field line that ends with LF", OK "X: a\n" END ""sv, bare_lf},
    {"a head that ends with LF", OK "\n"sv, bare_lf},
    {"LF in the reason", "HTTP/1.1 200 O\nK\r\n" END ""sv, bare_lf},
    {"CR in the reason", "HTTP/1.1 200 O\rK\r\n" END ""sv, bare_cr},
    {"CR CR LF", "HTTP/1.1 200 OK\r\r\n" END ""sv, bare_cr},
    {"CR in a value", OK "X: a\rb\r\n" END ""sv, bare_cr},
    {"CR instead of the last empty line", OK "\rX"sv, bare_cr},
    {"NUL in the reason", "HTTP/1.1 200 O\0K\r\n" END ""sv, control_character},
    {"DEL in the reason", "HTTP/1.1 200 O\x7fK\r\n" END ""sv, control_character},
    {"NUL in a value", OK "X: a\0b\r\n" END ""sv, control_character},
    // status line
    {"no space behind the code", "HTTP/1.1 200\r\n" END ""sv, bad_status_line},
    {"no code", "HTTP/1.1\r\n" END ""sv, bad_status_line},
    {"a space and no code", "HTTP/1.1 \r\n" END ""sv, bad_status_line},
    {"a tab behind the code", "HTTP/1.1 200\tOK\r\n" END ""sv, bad_status_line},
    {"two spaces before the code", "HTTP/1.1  200 OK\r\n" END ""sv, bad_status},
    {"a code of two digits", "HTTP/1.1 20 OK\r\n" END ""sv, bad_status},
    {"a code of four digits", "HTTP/1.1 2000 OK\r\n" END ""sv, bad_status},
    {"a code with a leading zero", "HTTP/1.1 0200 OK\r\n" END ""sv, bad_status},
    {"a code that is no number", "HTTP/1.1 2x0 OK\r\n" END ""sv, bad_status},
    {"a code with a sign", "HTTP/1.1 +20 OK\r\n" END ""sv, bad_status},
    {"a code below 100", "HTTP/1.1 099 OK\r\n" END ""sv, bad_status},
    {"code 000", "HTTP/1.1 000 OK\r\n" END ""sv, bad_status},
    {"a code above 599", "HTTP/1.1 600 OK\r\n" END ""sv, bad_status},
    {"code 999", "HTTP/1.1 999 OK\r\n" END ""sv, bad_status},
    {"a code with a fraction", "HTTP/1.1 404.1 OK\r\n" END ""sv, bad_status},
    {"a tab behind the version", "HTTP/1.1\t200 OK\r\n" END ""sv, bad_version},
    {"a blank before the version", " HTTP/1.1 200 OK\r\n" END ""sv, bad_version},
    {"lower-case version", "http/1.1 200 OK\r\n" END ""sv, bad_version},
    {"another protocol", "ICY 200 OK\r\n" END ""sv, bad_version},
    {"HTTP without a version", "HTTP 200 OK\r\n" END ""sv, bad_version},
    {"HTTP/1.10", "HTTP/1.10 200 OK\r\n" END ""sv, bad_version},
    {"HTTP/2.0", "HTTP/2.0 200 OK\r\n" END ""sv, unsupported_version},
    {"HTTP/1.2", "HTTP/1.2 200 OK\r\n" END ""sv, unsupported_version},
    {"HTTP/0.9", "<html>\r\n" END ""sv, bad_version},
    {"a request", "GET / HTTP/1.1\r\n" END ""sv, bad_version},
    // field lines
    {"a folded line", OK "X: a\r\n b\r\n" END ""sv, obs_fold},
    {"a fold behind the status line", OK " X: a\r\n" END ""sv, obs_fold},
    {"a fold of framing", OK "Transfer-Encoding:\r\n\tchunked\r\n" END ""sv, obs_fold},
    {"no colon", OK "Xab\r\n" END ""sv, missing_colon},
    {"an empty name", OK ": a\r\n" END ""sv, empty_field_name},
    {"a space before the colon", OK "X : a\r\n" END ""sv, space_before_colon},
    {"a space before the colon of framing", OK "Content-Length : 5\r\n" END ""sv, space_before_colon},
    {"a space in a name", OK "X Y: a\r\n" END ""sv, bad_field_name},
    {"a name beyond ASCII", OK "X\xc3\xbc: a\r\n" END ""sv, bad_field_name},
    // framing
    {"Content-Length empty", OK "Content-Length:\r\n" END ""sv, bad_content_length},
    {"Content-Length signed", OK "Content-Length: +5\r\n" END ""sv, bad_content_length},
    {"Content-Length as a list", OK "Content-Length: 5, 5\r\n" END ""sv, bad_content_length},
    {"Content-Length too large", OK "Content-Length: 18446744073709551616\r\n" END ""sv, bad_content_length},
    {"two equal Content-Lengths", OK "Content-Length: 5\r\nContent-Length: 5\r\n" END ""sv, duplicate_content_length},
    {"two Content-Lengths", OK "Content-Length: 5\r\ncontent-length: 6\r\n" END ""sv, duplicate_content_length},
    {"two where there is no body", "HTTP/1.1 304 \r\nContent-Length: 5\r\nContent-Length: 6\r\n" END ""sv,
     duplicate_content_length},
    {"both, length first", OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END ""sv,
     length_and_transfer_encoding},
    {"both, coding first", OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" END ""sv,
     length_and_transfer_encoding},
    {"chunked twice", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END ""sv,
     duplicate_transfer_encoding},
    {"chunked twice in a list", OK "Transfer-Encoding: chunked, chunked\r\n" END ""sv, bad_transfer_encoding},
    {"chunked not last", OK "Transfer-Encoding: chunked, gzip\r\n" END ""sv, bad_transfer_encoding},
    {"no chunked", OK "Transfer-Encoding: gzip\r\n" END ""sv, bad_transfer_encoding},
    {"an empty coding", OK "Transfer-Encoding:\r\n" END ""sv, bad_transfer_encoding},
    {"chunked with a parameter", OK "Transfer-Encoding: chunked;a=b\r\n" END ""sv, bad_transfer_encoding},
    {"gzip before chunked", OK "Transfer-Encoding: gzip, chunked\r\n" END ""sv, unsupported_transfer_coding},
    {"chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" END ""sv, transfer_encoding_in_1_0},
    // other fields
    {"Connection with a blank inside", OK "Connection: keep alive\r\n" END ""sv, bad_connection},
};

#undef OK
#undef END

}  // namespace response_cases
