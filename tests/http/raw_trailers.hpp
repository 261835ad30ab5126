#pragma once

#include "raw_case.hpp"

#include <string>
#include <vector>

/// Chunk extensions, trailers, and the limits of chunked bodies (RFC 9112 7.1.1, 7.1.2, RFC 9110 6.5.1).
namespace gyre::test::raw {

#define HEAD "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#define HELLO "\r\nhello\r\n"
#define LAST "0\r\n\r\n"
#define END "\r\n\r\n"
#define NEXT "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n"

inline constexpr RawCase raw_extensions[] = {
    {"an extension", HEAD "5;a=b" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an extension without a value", HEAD "5;a" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an extension with a quoted value", HEAD "5;a=\"b c\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an extension with an empty quoted value", HEAD "5;a=\"\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"several extensions", HEAD "5;a;b=c;d=\"e\";f" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an extension of the last chunk", HEAD "5" HELLO "0;a=b\r\n\r\n" NEXT ""sv, {200, 204}, open},
    {"extensions of every chunk", HEAD "1;a\r\nx\r\n1;b=c\r\ny\r\n0;d=\"e\"\r\n\r\n"sv, {200}, open, {.body = "xy"}},
    {"every token character in an extension",
     HEAD "5;!#$%&'*+-.^_`|~09AZaz=!#$%&'*+-.^_`|~09AZaz" HELLO LAST ""sv,
     {200},
     open,
     {.body = "hello"}},
    {"a semicolon in quotes", HEAD "5;a=\"b;c=d\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an escaped quote in quotes", HEAD "5;a=\"b\\\"c\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an escaped backslash at the end of quotes", HEAD "5;a=\"b\\\\\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"a tab in quotes", HEAD "5;a=\"b\tc\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"bytes beyond ASCII in quotes", HEAD "5;a=\"\xc3\xbc\"" HELLO LAST ""sv, {200}, open, {.body = "hello"}},
    {"an extension without a name", HEAD "5;" HELLO LAST NEXT ""sv, {400}, closed},
    {"two semicolons", HEAD "5;;a" HELLO LAST ""sv, {400}, closed},
    {"a semicolon behind an extension", HEAD "5;a=b;" HELLO LAST ""sv, {400}, closed},
    {"a semicolon behind the last chunk", HEAD "5" HELLO "0;\r\n\r\n" NEXT ""sv, {400}, closed},
    {"a value without a name", HEAD "5;=b" HELLO LAST ""sv, {400}, closed},
    {"an equals sign without a value", HEAD "5;a=" HELLO LAST ""sv, {400}, closed},
    {"an equals sign before a semicolon", HEAD "5;a=;b" HELLO LAST ""sv, {400}, closed},
    {"two equals signs", HEAD "5;a==b" HELLO LAST ""sv, {400}, closed},
    {"two values", HEAD "5;a=b=c" HELLO LAST ""sv, {400}, closed},
    {"a comma between extensions", HEAD "5;a,b" HELLO LAST ""sv, {400}, closed},
    {"a space before the semicolon", HEAD "5 ;a=b" HELLO LAST NEXT ""sv, {400}, closed},
    {"a tab before the semicolon", HEAD "5\t;a=b" HELLO LAST ""sv, {400}, closed},
    {"a space behind the semicolon", HEAD "5; a=b" HELLO LAST ""sv, {400}, closed},
    {"a space before the equals sign", HEAD "5;a =b" HELLO LAST ""sv, {400}, closed},
    {"a space behind the equals sign", HEAD "5;a= b" HELLO LAST ""sv, {400}, closed},
    {"a space behind an extension", HEAD "5;a=b " HELLO LAST ""sv, {400}, closed},
    {"a space behind quotes", HEAD "5;a=\"b\" " HELLO LAST ""sv, {400}, closed},
    {"a space between quotes and a semicolon", HEAD "5;a=\"b\" ;c" HELLO LAST ""sv, {400}, closed},
    {"a space before quotes", HEAD "5;a= \"b\"" HELLO LAST ""sv, {400}, closed},
    {"a space inside a value", HEAD "5;a=b c" HELLO LAST ""sv, {400}, closed},
    {"a space before the semicolon of the last chunk", HEAD "5" HELLO "0 ;a\r\n\r\n" NEXT ""sv, {400}, closed},
    {"a parenthesis in a name", HEAD "5;a(=b" HELLO LAST ""sv, {400}, closed},
    {"a slash in a value", HEAD "5;a=b/c" HELLO LAST ""sv, {400}, closed},
    {"a quoted name", HEAD "5;\"a\"=b" HELLO LAST ""sv, {400}, closed},
    {"quotes that are not closed", HEAD "5;a=\"b" HELLO LAST ""sv, {400}, closed},
    {"quotes that an escape keeps open", HEAD "5;a=\"b\\\"" HELLO LAST ""sv, {400}, closed},
    {"a quote alone", HEAD "5;a=\"" HELLO LAST ""sv, {400}, closed},
    {"letters behind quotes", HEAD "5;a=\"b\"c" HELLO LAST ""sv, {400}, closed},
    {"quotes behind letters", HEAD "5;a=b\"c\"" HELLO LAST ""sv, {400}, closed},
    {"bytes beyond ASCII without quotes", HEAD "5;a=\xc3\xbc" HELLO LAST ""sv, {400}, closed},
    {"NUL in an extension", HEAD "5;a\0" HELLO LAST ""sv, {400}, closed},
    {"NUL in quotes", HEAD "5;a=\"\0\"" HELLO LAST ""sv, {400}, closed},
    {"ESC in quotes", HEAD "5;a=\"\x1b\"" HELLO LAST ""sv, {400}, closed},
    {"DEL in quotes", HEAD "5;a=\"\x7f\"" HELLO LAST ""sv, {400}, closed},
    {"an escaped control character in quotes", HEAD "5;a=\"\\\x01\"" HELLO LAST ""sv, {400}, closed},
    {"LF in an extension", HEAD "5;a\nb" HELLO LAST NEXT ""sv, {400}, closed},
    {"CR in an extension", HEAD "5;a\rb" HELLO LAST NEXT ""sv, {400}, closed},
    {"an extension that ends with LF", HEAD "5;a\nhello\r\n" LAST NEXT ""sv, {400}, closed},
    {"LF in quotes", HEAD "5;a=\"b\nc\"" HELLO LAST ""sv, {400}, closed},
    {"CR in quotes", HEAD "5;a=\"b\rc\"" HELLO LAST ""sv, {400}, closed},
    {"CR LF in quotes", HEAD "5;a=\"b\r\nc\"" HELLO LAST ""sv, {400}, closed},
    {"an escaped CR LF in quotes", HEAD "5;a=\"b\\\r\nc\"" HELLO LAST ""sv, {400}, closed},
    {"LF behind the semicolon, as an extension that hides a request",
     HEAD "2;\nxx\r\n20\r\n" LAST NEXT "\r\n" LAST ""sv,
     {400},
     closed},
};

inline constexpr RawCase raw_trailers[] = {
    {"a trailer", HEAD "5" HELLO "0\r\nX: y" END ""sv, {200}, open, {.body = "hello"}},
    {"trailers", HEAD "5" HELLO "0\r\nX: y\r\nZ: z" END NEXT ""sv, {200, 204}, open},
    {"a trailer behind no chunk", HEAD "0\r\nX: y" END NEXT ""sv, {200, 204}, open},
    {"a trailer that was announced",
     "POST /echo HTTP/1.1\r\nHost: a\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n5" HELLO "0\r\nX: y" END ""sv,
     {200},
     open,
     {.body = "hello"}},
    {"the same trailer twice", HEAD "0\r\nX: y\r\nx: z" END ""sv, {200}, open},
    {"an empty trailer", HEAD "0\r\nX:" END ""sv, {200}, open},
    {"blanks around a trailer's value", HEAD "0\r\nX: \t y \t" END ""sv, {200}, open},
    {"bytes beyond ASCII in a trailer's value", HEAD "0\r\nX: \xc3\xbc" END ""sv, {200}, open},
    {"a trailer is no field of the request",
     "POST /co/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Mark: y" END ""sv,
     {200},
     open,
     {.body = "waited /co/x "}},
    {"half a trailer", HEAD "0\r\nX: y"sv, {400}, cut_off},
    {"a trailer without the empty line", HEAD "0\r\nX: y\r\n"sv, {400}, cut_off},
    {"a trailer with half an empty line", HEAD "0\r\nX: y\r\n\r"sv, {400}, cut_off},
    {"garbage behind trailers", HEAD "0\r\nX: y" END "GARBAGE" END NEXT ""sv, {200, 400}, closed},
    // the grammar
    {"a request for a trailer", HEAD "0\r\n" NEXT ""sv, {400}, closed},
    {"a trailer without a colon", HEAD "0\r\nXy" END NEXT ""sv, {400}, closed},
    {"a trailer without a name", HEAD "0\r\n: y" END ""sv, {400}, closed},
    {"a space before a trailer's colon", HEAD "0\r\nX : y" END NEXT ""sv, {400}, closed},
    {"a tab before a trailer's colon", HEAD "0\r\nX\t: y" END ""sv, {400}, closed},
    {"a space in a trailer's name", HEAD "0\r\nX Y: y" END ""sv, {400}, closed},
    {"a parenthesis in a trailer's name", HEAD "0\r\nX(: y" END ""sv, {400}, closed},
    {"bytes beyond ASCII in a trailer's name", HEAD "0\r\nX\xc3\xbc: y" END ""sv, {400}, closed},
    {"a space before a trailer", HEAD "0\r\n X: y" END ""sv, {400}, closed},
    {"a folded trailer", HEAD "0\r\nX: y\r\n z" END NEXT ""sv, {400}, closed},
    {"a trailer folded with a tab", HEAD "0\r\nX: y\r\n\tz" END ""sv, {400}, closed},
    {"NUL in a trailer", HEAD "0\r\nX: y\0" END ""sv, {400}, closed},
    {"NUL in a trailer's name", HEAD "0\r\nX\0: y" END ""sv, {400}, closed},
    {"a vertical tab in a trailer", HEAD "0\r\nX: \vy" END ""sv, {400}, closed},
    {"DEL in a trailer", HEAD "0\r\nX: y\x7f" END ""sv, {400}, closed},
    {"CR in a trailer", HEAD "0\r\nX: y\rz" END NEXT ""sv, {400}, closed},
    {"a trailer that ends with LF", HEAD "0\r\nX: y\nZ: z" END NEXT ""sv, {400}, closed},
    {"a trailer that ends with CR CR LF", HEAD "0\r\nX: y\r" END ""sv, {400}, closed},
    {"trailers that end with LF", HEAD "0\r\nX: y\r\n\n" NEXT ""sv, {400}, closed},
    {"trailers that end with CR", HEAD "0\r\nX: y\r\n\r" NEXT ""sv, {400}, closed},
    // what must not come late
    {"Transfer-Encoding", HEAD "5" HELLO "0\r\nTransfer-Encoding: chunked" END NEXT ""sv, {400}, closed},
    {"Content-Length", HEAD "5" HELLO "0\r\nContent-Length: 5" END NEXT ""sv, {400}, closed},
    {"Content-Length in other letters", HEAD "0\r\ncontent-LENGTH: 0" END NEXT ""sv, {400}, closed},
    {"Content-Length behind another trailer", HEAD "0\r\nX: y\r\nContent-Length: 0" END NEXT ""sv, {400}, closed},
    {"Host", HEAD "0\r\nHost: b" END NEXT ""sv, {400}, closed},
    {"Connection", HEAD "0\r\nConnection: close" END NEXT ""sv, {400}, closed},
    {"TE", HEAD "0\r\nTE: trailers" END NEXT ""sv, {400}, closed},
    {"Trailer", HEAD "0\r\nTrailer: X" END NEXT ""sv, {400}, closed},
    {"Upgrade", HEAD "0\r\nUpgrade: x" END NEXT ""sv, {400}, closed},
    {"Expect", HEAD "0\r\nExpect: 100-continue" END NEXT ""sv, {400}, closed},
    {"Authorization", HEAD "0\r\nAuthorization: Basic YTpi" END NEXT ""sv, {400}, closed},
    {"Cookie", HEAD "0\r\nCookie: a=b" END NEXT ""sv, {400}, closed},
    {"Set-Cookie", HEAD "0\r\nSet-Cookie: a=b" END NEXT ""sv, {400}, closed},
    {"Content-Type", HEAD "0\r\nContent-Type: text/html" END NEXT ""sv, {400}, closed},
    {"Content-Encoding", HEAD "0\r\nContent-Encoding: gzip" END NEXT ""sv, {400}, closed},
    {"Content-Range", HEAD "0\r\nContent-Range: bytes 0-1/2" END NEXT ""sv, {400}, closed},
    {"Cache-Control", HEAD "0\r\nCache-Control: no-store" END NEXT ""sv, {400}, closed},
    {"a forbidden trailer behind a slow request",
     "GET /co/sleep HTTP/1.1\r\nHost: a\r\n\r\n" HEAD "0\r\nContent-Length: 0" END NEXT ""sv,
     {200, 400},
     closed},
};

/// Body 16.
inline constexpr RawCase raw_small_chunks[] = {
    {"a chunk at the limit", HEAD "10\r\n0123456789abcdef\r\n" LAST ""sv, {200}, open, small},
    {"a chunk over the limit", HEAD "11\r\n0123456789abcdef!\r\n" LAST NEXT ""sv, {413}, closed, small},
    {"a chunk over the limit by its announcement", HEAD "11\r\n"sv, {413}, closed, small},
    {"a chunk over the limit with an extension", HEAD "11;a=b\r\n"sv, {413}, closed, small},
    {"chunks at the limit", HEAD "8\r\n01234567\r\n8\r\n89abcdef\r\n" LAST NEXT ""sv, {200, 204}, open, small},
    {"chunks over the limit", HEAD "8\r\n01234567\r\n9\r\n89abcdef!\r\n" LAST NEXT ""sv, {413}, closed, small},
    {"chunks over the limit by the announcement", HEAD "8\r\n01234567\r\n9\r\n"sv, {413}, closed, small},
    {"one byte behind the limit", HEAD "10\r\n0123456789abcdef\r\n1\r\n"sv, {413}, closed, small},
    {"an error before the limit", HEAD "5 \r\nhello\r\n11\r\n"sv, {400}, closed, small},
    {"an error behind the limit", HEAD "11\r\n x\r\n\n"sv, {413}, closed, small},
    {"a trailer does not count as body", HEAD "10\r\n0123456789abcdef\r\n0\r\nX: y" END ""sv, {200}, open, small},
    {"chunks over the limit that are expected",
     "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n"sv,
     {100, 413},
     closed,
     small},
    {"chunks over the limit of HEAD are refused without content",
     "HEAD /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n"sv,
     {413},
     closed,
     small},
    {"chunks over the limit behind a request", NEXT HEAD "11\r\n"sv, {204, 413}, closed, small},
    {"each body has its own limit",
     HEAD "10\r\n0123456789abcdef\r\n" LAST HEAD "10\r\n0123456789abcdef\r\n" LAST ""sv,
     {200, 200},
     open,
     small},
};

/// The chunked bodies that are too long to be written down; the table views them.
struct LongBodies {
  static std::string times(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t index = 0; index < count; ++index) all += text;
    return all;
  }
  static std::string chunked(std::string_view path, std::string_view body) {
    return "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
           std::string{body};
  }
  /// `count` chunks of a byte, each with an extension of `bytes` bytes.
  static std::string extended(std::size_t count, std::size_t bytes) {
    return chunked("/empty", times(count, "1;a=" + std::string(bytes - 3, 'b') + "\r\nx\r\n") + LAST);
  }
  static std::string with_trailers(std::string_view lines) {
    return chunked("/empty", "0\r\n" + std::string{lines} + "\r\n");
  }

  std::string longest_extension = extended(1, 4096);
  std::string extension_too_long = extended(1, 4097);
  std::string quotes_too_long = chunked("/empty", "1;a=\"" + std::string(4200, 'b') + "\"\r\nx\r\n" LAST);
  std::string endless_extension = chunked("/empty", "1;a=" + std::string(4200, 'b'));
  std::string longest_extensions = extended(4, 4096);
  std::string too_many_extensions =
      chunked("/empty", times(4, "1;a=" + std::string(4093, 'b') + "\r\nx\r\n") + "1;a\r\nx\r\n" LAST);
  std::string many_short_extensions = extended(1638, 10);
  std::string too_many_short_extensions = extended(1639, 10);
  std::string endless_size = chunked("/empty", std::string(5000, '0'));
  std::string many_chunks = chunked("/echo", times(2000, "1\r\nx\r\n") + LAST);
  std::string many_bytes = std::string(2000, 'x');
  std::string large_chunk = chunked("/empty", "20000\r\n" + std::string(0x20000, 'x') + "\r\n" LAST);
  std::string largest_body = chunked("/empty", times(16, "10000\r\n" + std::string(0x10000, 'x') + "\r\n") + LAST);
  std::string body_too_large =
      chunked("/empty", times(16, "10000\r\n" + std::string(0x10000, 'x') + "\r\n") + "1\r\nx\r\n" LAST);
  std::string longest_trailer = with_trailers("X: " + std::string(8187, 'y') + "\r\n");
  std::string trailer_too_long = with_trailers("X: " + std::string(8188, 'y') + "\r\n");
  std::string endless_trailer = chunked("/empty", "0\r\nX: " + std::string(8300, 'y'));
  std::string endless_trailer_name = chunked("/empty", "0\r\n" + std::string(8300, 'y'));
  std::string trailers_too_long = with_trailers(times(10, "X: " + std::string(900, 'y') + "\r\n"));
  std::string most_trailers = with_trailers(times(100, "X: y\r\n"));
  std::string too_many_trailers = with_trailers(times(101, "X: y\r\n"));
};

/// With the defaults: an extension 4 KiB and 16 KiB in all, trailers 8 KiB and 100, body 1 MiB.
inline std::vector<RawCase> raw_chunk_limits(const LongBodies& body) {
  return {
      {"the longest extension", body.longest_extension, {204}, open},
      {"an extension that is too long", body.extension_too_long, {400}, closed},
      {"a quoted extension that is too long", body.quotes_too_long, {400}, closed},
      {"an extension without end", body.endless_extension, {400}, closed},
      {"the longest extensions", body.longest_extensions, {204}, open},
      {"an extension too many behind the longest", body.too_many_extensions, {400}, closed},
      {"many short extensions", body.many_short_extensions, {204}, open},
      {"too many short extensions", body.too_many_short_extensions, {400}, closed},
      {"a size without end", body.endless_size, {400}, closed},
      {"many chunks", body.many_chunks, {200}, open, {.body = body.many_bytes}},
      {"a large chunk", body.large_chunk, {204}, open},
      {"the largest body", body.largest_body, {204}, open},
      {"a body that is too large by a byte", body.body_too_large, {413}, closed},
      {"the longest trailer", body.longest_trailer, {204}, open},
      {"a trailer that is too long", body.trailer_too_long, {431}, closed},
      {"a trailer without end", body.endless_trailer, {431}, closed},
      {"a trailer's name without end", body.endless_trailer_name, {431}, closed},
      {"trailers that are too long together", body.trailers_too_long, {431}, closed},
      {"the most trailers", body.most_trailers, {204}, open},
      {"one trailer too many", body.too_many_trailers, {431}, closed},
  };
}

#undef HEAD
#undef HELLO
#undef LAST
#undef END
#undef NEXT

}  // namespace gyre::test::raw
