#pragma once

#include "raw_case.hpp"

/// Host: exactly once in HTTP/1.1, at most once in HTTP/1.0, and a host (RFC 9112 3.2, RFC 9110 7.2, RFC 3986 3.2).
namespace gyre::test::raw {

#define LINE "GET / HTTP/1.1\r\n"
#define OLD "GET / HTTP/1.0\r\n"
#define END "\r\n\r\n"
#define LATE "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"

inline constexpr RawCase raw_hosts[] = {
    // how often
    {"no Host", LINE "\r\n" LATE ""sv, {400}, closed},
    {"no Host, but other fields", LINE "X: a" END LATE ""sv, {400}, closed},
    {"no Host, but a field that ends as it", LINE "X-Forwarded-Host: a" END ""sv, {400}, closed},
    {"no Host, but a field that begins as it", LINE "Hostname: a" END ""sv, {400}, closed},
    {"two equal Hosts", LINE "Host: a\r\nHost: a" END LATE ""sv, {400}, closed},
    {"two Hosts", LINE "Host: a\r\nHost: b" END LATE ""sv, {400}, closed},
    {"two Hosts in other letters", LINE "HOST: a\r\nhost: b" END ""sv, {400}, closed},
    {"two Hosts far from each other", LINE "Host: a\r\nX: y\r\nZ: z\r\nHost: b" END ""sv, {400}, closed},
    {"two Hosts, the first empty", LINE "Host:\r\nHost: a" END ""sv, {400}, closed},
    {"two Hosts, the second empty", LINE "Host: a\r\nHost:" END ""sv, {400}, closed},
    {"three Hosts", LINE "Host: a\r\nHost: a\r\nHost: a" END ""sv, {400}, closed},
    {"HTTP/1.0 without Host", OLD "\r\n"sv, {200}, closed, {.host = ""}},
    {"HTTP/1.0 with Host", OLD "Host: a" END ""sv, {200}, closed, {.host = "a"}},
    {"HTTP/1.0 with two Hosts", OLD "Host: a\r\nHost: a" END ""sv, {400}, closed},
    {"HTTP/1.0 with a bad Host", OLD "Host: a b" END ""sv, {400}, closed},
    {"HTTP/1.0 with an empty Host", OLD "Host:" END ""sv, {200}, closed},
    // how it is written
    {"Host in small letters", LINE "host: a" END ""sv, {200}, open, {.host = "a"}},
    {"Host in capital letters", LINE "HOST: a" END ""sv, {200}, open, {.host = "a"}},
    {"no blank behind the colon", LINE "Host:a" END ""sv, {200}, open, {.host = "a"}},
    {"blanks around the value", LINE "Host: \t a\t " END ""sv, {200}, open, {.host = "a"}},
    {"Host behind other fields", LINE "X: y\r\nZ: z\r\nHost: a" END ""sv, {200}, open, {.host = "a"}},
    {"a space before the colon of Host", LINE "Host : a" END ""sv, {400}, closed},
    {"a tab before the colon of Host", LINE "Host\t: a" END ""sv, {400}, closed},
    {"a space before Host", LINE " Host: a" END ""sv, {400}, closed},
    {"a folded Host", LINE "Host:\r\n a" END ""sv, {400}, closed},
    {"an empty Host", LINE "Host:" END ""sv, {200}, open, {.host = ""}},
    {"a Host of blanks", LINE "Host: \t " END ""sv, {200}, open, {.host = ""}},
    // names
    {"a name with dots and hyphens", LINE "Host: www.ex-ample.com" END ""sv, {200}, open, {.host = "www.ex-ample.com"}},
    {"a name with a dot at its end", LINE "Host: example.com." END ""sv, {200}, open},
    {"a name with an underscore", LINE "Host: a_b" END ""sv, {200}, open},
    {"a name of digits", LINE "Host: 123" END ""sv, {200}, open},
    {"a name with an escape", LINE "Host: a%20b" END ""sv, {200}, open, {.host = "a%20b"}},
    {"a name of the rarer characters", LINE "Host: ~!$&'()*+;=" END ""sv, {200}, open},
    {"a name with a space", LINE "Host: a b" END LATE ""sv, {400}, closed},
    {"a name with a tab", LINE "Host: a\tb" END ""sv, {400}, closed},
    {"two names with a comma and a space", LINE "Host: a, b" END ""sv, {400}, closed},
    {"a name with a path", LINE "Host: a/b" END LATE ""sv, {400}, closed},
    {"a name with a query", LINE "Host: a?b" END ""sv, {400}, closed},
    {"a name with a fragment", LINE "Host: a#b" END ""sv, {400}, closed},
    {"a name with a backslash", LINE "Host: a\\b" END ""sv, {400}, closed},
    {"a URL", LINE "Host: http://a" END ""sv, {400}, closed},
    {"a name with a user", LINE "Host: u@a" END LATE ""sv, {400}, closed},
    {"a name with a user and a password", LINE "Host: u:p@a" END ""sv, {400}, closed},
    {"a name with an empty user", LINE "Host: @a" END ""sv, {400}, closed},
    {"a quoted name", LINE "Host: \"a\"" END ""sv, {400}, closed},
    {"a name with angle brackets", LINE "Host: <a>" END ""sv, {400}, closed},
    {"a name with a bar", LINE "Host: a|b" END ""sv, {400}, closed},
    {"a name with a caret", LINE "Host: a^b" END ""sv, {400}, closed},
    {"a name with a backtick", LINE "Host: a`b" END ""sv, {400}, closed},
    {"a name with braces", LINE "Host: {a}" END ""sv, {400}, closed},
    {"a name beyond ASCII",
     LINE "Host: b\xc3\xbc"
          "cher" END ""sv,
     {400},
     closed},
    {"a name with NUL", LINE "Host: a\0b" END ""sv, {400}, closed},
    {"a name with half an escape", LINE "Host: a%2" END ""sv, {400}, closed},
    {"a name with a bad escape", LINE "Host: a%zz" END ""sv, {400}, closed},
    {"a name with a percent sign at its end", LINE "Host: a%" END ""sv, {400}, closed},
    // ports
    {"a port", LINE "Host: a:80" END ""sv, {200}, open, {.host = "a:80"}},
    {"the highest port", LINE "Host: a:65535" END ""sv, {200}, open},
    {"an empty port", LINE "Host: a:" END ""sv, {200}, open},
    {"a port with zeros before it", LINE "Host: a:00080" END ""sv, {200}, open},
    {"a port too high", LINE "Host: a:65536" END LATE ""sv, {400}, closed},
    {"a port that overflows", LINE "Host: a:4294967376" END ""sv, {400}, closed},
    {"a port far too high", LINE "Host: a:99999999999999999999999" END ""sv, {400}, closed},
    {"a port with a letter", LINE "Host: a:8x" END ""sv, {400}, closed},
    {"a port in hexadecimal", LINE "Host: a:0x50" END ""sv, {400}, closed},
    {"a port with a plus", LINE "Host: a:+80" END ""sv, {400}, closed},
    {"a port with a minus", LINE "Host: a:-1" END ""sv, {400}, closed},
    {"a port behind a space", LINE "Host: a: 80" END ""sv, {400}, closed},
    {"two ports", LINE "Host: a:80:80" END ""sv, {400}, closed},
    {"two colons", LINE "Host: a::80" END ""sv, {400}, closed},
    {"a port alone", LINE "Host: :80" END LATE ""sv, {400}, closed},
    {"a colon alone", LINE "Host: :" END ""sv, {400}, closed},
    // addresses
    {"an IPv4 address", LINE "Host: 127.0.0.1:8080" END ""sv, {200}, open, {.host = "127.0.0.1:8080"}},
    {"an IPv6 address", LINE "Host: [2001:db8::1]:8080" END ""sv, {200}, open, {.host = "[2001:db8::1]:8080"}},
    {"an IPv6 address of nothing but zeros", LINE "Host: [::]" END ""sv, {200}, open},
    {"an IPv6 address with all groups", LINE "Host: [1:2:3:4:5:6:7:8]" END ""sv, {200}, open},
    {"an IPv6 address, compressed at its end", LINE "Host: [1:2:3:4:5:6:7::]" END ""sv, {200}, open},
    {"an IPv6 address with an IPv4 address in it", LINE "Host: [::ffff:127.0.0.1]" END ""sv, {200}, open},
    {"an IPv6 address with an empty port", LINE "Host: [::1]:" END ""sv, {200}, open},
    {"an address of the future", LINE "Host: [v1f.a:b]" END ""sv, {200}, open},
    {"an IPv6 address without brackets", LINE "Host: ::1" END ""sv, {400}, closed},
    {"an IPv6 address with groups and no brackets", LINE "Host: 2001:db8::1" END ""sv, {400}, closed},
    {"an open bracket", LINE "Host: [::1" END LATE ""sv, {400}, closed},
    {"a closing bracket", LINE "Host: ::1]" END ""sv, {400}, closed},
    {"empty brackets", LINE "Host: []" END ""sv, {400}, closed},
    {"a name in brackets", LINE "Host: [a.example]" END ""sv, {400}, closed},
    {"an IPv4 address in brackets", LINE "Host: [127.0.0.1]" END ""sv, {400}, closed},
    {"too few groups", LINE "Host: [1:2:3]" END ""sv, {400}, closed},
    {"too many groups", LINE "Host: [1:2:3:4:5:6:7:8:9]" END ""sv, {400}, closed},
    {"all groups and a compression", LINE "Host: [1:2:3:4:5:6:7:8::]" END ""sv, {400}, closed},
    {"two compressions", LINE "Host: [1::2::3]" END ""sv, {400}, closed},
    {"three colons", LINE "Host: [:::1]" END ""sv, {400}, closed},
    {"one colon at the end", LINE "Host: [1::2:]" END ""sv, {400}, closed},
    {"a group of five digits", LINE "Host: [12345::]" END ""sv, {400}, closed},
    {"a group of no hexadecimal digits", LINE "Host: [g::1]" END ""sv, {400}, closed},
    {"an IPv4 part that is too short", LINE "Host: [::1.2.3]" END ""sv, {400}, closed},
    {"an IPv4 part that is too long", LINE "Host: [::1.2.3.4.5]" END ""sv, {400}, closed},
    {"an IPv4 part that is too high", LINE "Host: [::256.0.0.1]" END ""sv, {400}, closed},
    {"an IPv4 part with a zero before it", LINE "Host: [::01.2.3.4]" END ""sv, {400}, closed},
    {"a zone", LINE "Host: [fe80::1%eth0]" END ""sv, {400}, closed},
    {"a zone with an escape", LINE "Host: [fe80::1%25eth0]" END ""sv, {400}, closed},
    {"letters behind the brackets", LINE "Host: [::1]a" END ""sv, {400}, closed},
    {"a bad port behind the brackets", LINE "Host: [::1]:x" END ""sv, {400}, closed},
    {"an address of the future without a version", LINE "Host: [v.a]" END ""sv, {400}, closed},
    {"an address of the future without an address", LINE "Host: [v1.]" END ""sv, {400}, closed},
};

#undef LINE
#undef OLD
#undef END
#undef LATE

}  // namespace gyre::test::raw
