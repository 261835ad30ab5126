#pragma once

#include "raw_case.hpp"

/// Several requests on one connection: answers in order, nothing behind the last (RFC 9112 9.3.2).
namespace gyre::test::raw {

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD(target) "HEAD " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define SLOW GET("/co/sleep")
#define NOTHING GET("/empty")
#define SAME GET("/unmodified")
#define POST(length, body) "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " length "\r\n\r\n" body
#define COPOST(length, body) "POST /co/echo HTTP/1.1\r\nHost: a\r\nContent-Length: " length "\r\n\r\n" body
#define CLOSE "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define LAST "GET / HTTP/1.0\r\n\r\n"

inline constexpr RawCase raw_pipelines[] = {
    // order
    {"two requests", GET("/") NOTHING ""sv, {200, 204}, open},
    {"three requests with different answers", NOTHING GET("/") SAME ""sv, {204, 200, 304}, open},
    {"sixteen requests",
     NOTHING GET("/") SAME GET("/") NOTHING GET("/") SAME GET("/") NOTHING GET("/") SAME GET("/") NOTHING GET("/")
         SAME GET("/a") ""sv,
     {204, 200, 304, 200, 204, 200, 304, 200, 204, 200, 304, 200, 204, 200, 304, 200},
     open},
    {"a slow request before a quick one", SLOW NOTHING ""sv, {200, 204}, open},
    {"a slow request between quick ones", SAME SLOW NOTHING GET("/") ""sv, {304, 200, 204, 200}, open},
    {"slow requests before a quick one", SLOW SLOW SLOW NOTHING ""sv, {200, 200, 200, 204}, open},
    {"two slow requests with quick ones between", SLOW SAME SLOW NOTHING ""sv, {200, 304, 200, 204}, open},
    {"a slow HEAD before GET", HEAD("/co/sleep") GET("/") ""sv, {200, 200}, open, {.body = "hello"}},
    {"HEAD between requests",
     GET("/") HEAD("/") NOTHING HEAD("/co/sleep") GET("/") ""sv,
     {200, 200, 204, 200, 200},
     open,
     {.body = "hello"}},
    {"a coroutine that throws before others",
     GET("/co/throw") NOTHING GET("/throw") SAME ""sv,
     {500, 204, 500, 304},
     open},
    {"OPTIONS and TRACE among the others",
     SLOW "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" NOTHING "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n" SAME ""sv,
     {200, 200, 204, 200, 304},
     open},
    // bodies
    {"two bodies", POST("2", "ab") POST("3", "cde") ""sv, {200, 200}, open, {.body = "cde"}},
    {"a body behind a slow request", SLOW POST("2", "ab") NOTHING ""sv, {200, 200, 204}, open},
    {"a slow request behind a body", POST("2", "ab") SLOW POST("0", "") SAME ""sv, {200, 200, 200, 304}, open},
    {"a body for a coroutine behind a slow request", SLOW COPOST("4", "abcd") ""sv, {200, 200}, open, {.body = "abcd"}},
    {"bodies for coroutines", COPOST("1", "x") COPOST("2", "yz") NOTHING ""sv, {200, 200, 204}, open},
    {"an unsafe method between safe ones",
     SLOW "DELETE /empty HTTP/1.1\r\nHost: a\r\n\r\n" SLOW SAME ""sv,
     {200, 204, 200, 304},
     open},
    {"a body of GET behind a slow request",
     SLOW "GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab" NOTHING ""sv,
     {200, 200, 204},
     open},
    {"an empty line behind a body, as old clients send it", POST("2", "ab") "\r\n" NOTHING ""sv, {200, 204}, open},
    {"two empty lines behind a body", POST("2", "ab") "\r\n\r\n" NOTHING ""sv, {200, 400}, closed},
    {"LF behind a body", POST("2", "ab") "\n" NOTHING ""sv, {200, 400}, closed},
    {"an empty line between requests",
     GET("/") "\r\n" NOTHING "\r\n"
              ""sv,
     {200, 204},
     open},
    {"two empty lines between requests", GET("/") "\r\n\r\n" NOTHING ""sv, {200, 400}, closed},
    // the last one
    {"nothing behind Connection: close is answered", CLOSE NOTHING ""sv, {200}, closed},
    {"Connection: close behind others", NOTHING GET("/") CLOSE SAME ""sv, {204, 200, 200}, closed},
    {"Connection: close behind a slow request", SLOW CLOSE SAME ""sv, {200, 200}, closed},
    {"a slow request with Connection: close",
     NOTHING "GET /co/sleep HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" SAME ""sv,
     {204, 200},
     closed},
    {"garbage behind Connection: close", CLOSE "\0\xff\n"sv, {200}, closed},
    {"a body behind Connection: close is none", CLOSE POST("2", "ab") ""sv, {200}, closed},
    {"a body with Connection: close",
     "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab" NOTHING ""sv,
     {200},
     closed,
     {.body = "ab"}},
    {"HTTP/1.0 behind others", NOTHING SLOW LAST SAME ""sv, {204, 200, 200}, closed},
    {"204 with Connection: close",
     "GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" SAME ""sv,
     {204},
     closed},
    {"HEAD with Connection: close", "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" SAME ""sv, {200}, closed},
    // errors
    {"garbage behind a request", GET("/") "GARBAGE\r\n\r\n" NOTHING ""sv, {200, 400}, closed},
    {"garbage behind several requests", GET("/") SAME NOTHING "\0\0\0\0"sv, {200, 304, 204, 400}, closed},
    {"garbage behind a slow request", SLOW "GARBAGE\r\n\r\n" NOTHING ""sv, {200, 400}, closed},
    {"garbage behind slow and quick requests",
     SAME SLOW NOTHING SLOW "GET /\r\n" NOTHING ""sv,
     {304, 200, 204, 200, 400},
     closed},
    {"two errors: only the first is answered",
     GET("/") "GARBAGE\r\n\r\nGET * HTTP/3.0\r\n\r\n"
              ""sv,
     {200, 400},
     closed},
    {"a request without Host behind a slow one", SLOW "GET / HTTP/1.1\r\n\r\n" NOTHING ""sv, {200, 400}, closed},
    {"another version behind a slow request",
     SLOW "GET / HTTP/2.0\r\nHost: a\r\n\r\n" NOTHING ""sv,
     {200, 505},
     closed},
    {"another coding behind a slow request",
     SLOW "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" NOTHING ""sv,
     {200, 501},
     closed},
    {"a length and a coding behind a slow request",
     SLOW "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NOTHING ""sv,
     {200, 400},
     closed},
    {"another expectation behind a slow request",
     SLOW "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n" NOTHING ""sv,
     {200, 417},
     closed},
    {"a body that is too large behind a slow request", SLOW POST("18446744073709551615", "x") ""sv, {200, 413}, closed},
    {"a bad length behind a body", POST("2", "ab") POST("+2", "cd") NOTHING ""sv, {200, 400}, closed},
    {"a length that is too short makes garbage", POST("4", "abcd\x01") NOTHING ""sv, {200, 400}, closed},
    {"a length that is too short for a line makes garbage", POST("2", "ab cd\r\n") NOTHING ""sv, {200, 400}, closed},
    {"an error behind HEAD has content",
     HEAD("/") "GARBAGE\r\n\r\n"
               ""sv,
     {200, 400},
     closed},
    {"an error behind a slow body",
     COPOST("2", "ab") SLOW "GARBAGE\r\n\r\n"
                            ""sv,
     {200, 200, 400},
     closed},
    // the beginning of more
    {"half a request behind a request", GET("/") "GET / HT"sv, {200}, waiting},
    {"half an empty line behind a request", NOTHING "\r"sv, {204}, waiting},
    {"half a body behind requests", NOTHING SAME POST("5", "ab") ""sv, {204, 304, 400}, cut_off},
};

#undef GET
#undef HEAD
#undef SLOW
#undef NOTHING
#undef SAME
#undef POST
#undef COPOST
#undef CLOSE
#undef LAST

}  // namespace gyre::test::raw
