#pragma once

#include "raw_case.hpp"

#include <string>
#include <vector>

/// The limits of heads and bodies with a length, at their edges (docs/limits.md).
namespace gyre::test::raw {

/// The texts that are too long to be written down; the table views them.
struct LongTexts {
  static std::string line_of(std::size_t size, std::string_view version = " HTTP/1.1\r\n") {
    return "GET /" + std::string(size - 5 - version.size(), 'a') + std::string{version};
  }
  /// A request whose header block has `size` bytes, with one long value.
  static std::string block_of(std::size_t size) {
    return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(size - 16, 'a') + "\r\n\r\n";
  }
  static std::string fields(std::size_t count, std::string_view line = "X: y\r\n") {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t index = 1; index < count; ++index) text += line;
    return text + "\r\n";
  }
  static std::string body_of(std::size_t size) {
    return "POST /empty HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'b');
  }

  std::string rest = "Host: a\r\n\r\n";
  std::string longest_line = line_of(8192) + rest;
  std::string line_too_long = line_of(8193) + rest;
  std::string old_line_too_long = line_of(8193, " HTTP/1.0\r\n") + rest;
  std::string endless_line = "GET /" + std::string(9000, 'a');
  std::string endless_method = std::string(9000, 'A');
  std::string long_line_of_garbage = "GET / " + std::string(9000, 'x') + "\r\n" + rest;
  std::string absolute_line_too_long = "GET http://a" + line_of(8193 - 7).substr(4) + rest;
  std::string largest_block = block_of(32768);
  std::string block_too_large = block_of(32769);
  std::string endless_value = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(33000, 'a');
  std::string endless_name = "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(33000, 'a');
  std::string long_host = "GET / HTTP/1.1\r\nHost: " + std::string(30000, 'a') + "\r\n\r\n";
  std::string many_long_fields = fields(50, "X: " + std::string(700, 'a') + "\r\n");
  std::string most_fields = fields(100);
  std::string too_many_fields = fields(101);
  std::string too_many_empty_fields = fields(101, "X:\r\n");
  std::string hundred_hosts = fields(100, "Host: a\r\n");
  std::string behind_a_request = "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n" + line_too_long;
  std::string largest_body = body_of(1 << 20);
  std::string body_too_large = body_of((1 << 20) + 1);
};

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST /echo HTTP/1.1\r\nHost: a\r\n"
#define LATE "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/// With the defaults.
inline std::vector<RawCase> raw_default_limits(const LongTexts& text) {
  return {
      {"the longest request line", text.longest_line, {200}, open},
      {"a request line that is too long", text.line_too_long, {414}, closed},
      {"a request line of HTTP/1.0 that is too long", text.old_line_too_long, {414}, closed},
      {"an absolute target that is too long", text.absolute_line_too_long, {414}, closed},
      {"a request line without end", text.endless_line, {414}, closed},
      {"a method without end", text.endless_method, {414}, closed},
      {"a long line that is no request line", text.long_line_of_garbage, {414}, closed},
      {"a line that is too long behind a request", text.behind_a_request, {204, 414}, closed},
      {"the largest header block", text.largest_block, {200}, open},
      {"a header block that is too large", text.block_too_large, {431}, closed},
      {"a value without end", text.endless_value, {431}, closed},
      {"a name without end", text.endless_name, {431}, closed},
      {"a long Host is a host", text.long_host, {200}, open},
      {"many long fields", text.many_long_fields, {431}, closed},
      {"the most fields", text.most_fields, {200}, open},
      {"one field too many", text.too_many_fields, {431}, closed},
      {"one empty field too many", text.too_many_empty_fields, {431}, closed},
      {"a hundred Hosts are not too many fields, but Hosts", text.hundred_hosts, {400}, closed},
      {"the largest body", text.largest_body, {204}, open},
      {"a body that is too large", text.body_too_large, {413}, closed},
  };
}

/// Request line 64, header block 256, 8 fields, body 16.
inline constexpr RawCase raw_small_limits[] = {
    {"64 bytes of a request line",
     "GET /" TEN TEN TEN TEN "12345678 HTTP/1.1\r\nHost: a\r\n\r\n"sv,
     {200},
     open,
     small},
    {"65 bytes of a request line",
     "GET /" TEN TEN TEN TEN "123456789 HTTP/1.1\r\nHost: a\r\n\r\n" LATE ""sv,
     {414},
     closed,
     small},
    {"65 bytes without the line's end", "GET /" TEN TEN TEN TEN TEN TEN ""sv, {414}, closed, small},
    {"an empty line before the request does not count",
     "\r\nGET /" TEN TEN TEN TEN "12345678 HTTP/1.1\r\nHost: a\r\n\r\n"sv,
     {200},
     open,
     small},
    {"65 bytes of another version",
     "GET /" TEN TEN TEN TEN "123456789 HTTP/2.0\r\nHost: a\r\n\r\n"sv,
     {414},
     closed,
     small},
    {"a bad byte behind the limit is not seen", "GET /" TEN TEN TEN TEN TEN TEN "\0"sv, {414}, closed, small},
    {"a bad byte before the limit is", "GET /\0" TEN TEN TEN TEN TEN TEN ""sv, {400}, closed, small},
    {"8 fields", GET "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nG: 7\r\n\r\n"sv, {200}, open, small},
    {"9 fields",
     GET "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nG: 7\r\nI: 8\r\n\r\n" LATE ""sv,
     {431},
     closed,
     small},
    {"9 fields of a request that is not plain",
     "X / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG:\r\nI:\r\n\r\n"sv,
     {431},
     closed,
     small},
    {"256 bytes of header block",
     GET "X: " HUNDRED TEN TEN "\r\nY: " HUNDRED TEN "12345\r\n\r\n"sv,
     {200},
     open,
     small},
    {"257 bytes of header block",
     GET "X: " HUNDRED TEN TEN "\r\nY: " HUNDRED TEN "123456\r\n\r\n"sv,
     {431},
     closed,
     small},
    {"257 bytes of a line that goes on", GET "X: " HUNDRED HUNDRED TEN TEN TEN TEN "12345678"sv, {431}, closed, small},
    {"a body at the limit",
     POST "Content-Length: 16\r\n\r\n" TEN "123456"sv,
     {200},
     open,
     {.body = TEN "123456", .preset = Preset::small}},
    {"a body over the limit", POST "Content-Length: 17\r\n\r\n" TEN "1234567" LATE ""sv, {413}, closed, small},
    {"a body over the limit by its announcement", POST "Content-Length: 17\r\n\r\n"sv, {413}, closed, small},
    {"a body over the limit with zeros", POST "Content-Length: 000000017\r\n\r\n"sv, {413}, closed, small},
    {"a body over the limit that is expected",
     POST "Expect: 100-continue\r\nContent-Length: 17\r\n\r\n"sv,
     {413},
     closed,
     small},
    {"a body at the limit that is expected",
     POST "Expect: 100-continue\r\nContent-Length: 16\r\n\r\n"sv,
     {100, 400},
     cut_off,
     small},
    {"a body over the limit of HTTP/1.0", "POST /echo HTTP/1.0\r\nContent-Length: 17\r\n\r\n"sv, {413}, closed, small},
    {"a body over the limit of GET", GET "Content-Length: 17\r\n\r\n"sv, {413}, closed, small},
    {"a body over the limit of HEAD is refused without content",
     "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\n\r\n"sv,
     {413},
     closed,
     {.body = "", .preset = Preset::small}},
    {"a body over the limit behind a request",
     GET "\r\n" POST "Content-Length: 17\r\n\r\n"sv,
     {200, 413},
     closed,
     small},
    {"two bodies at the limit",
     POST "Content-Length: 16\r\n\r\n" TEN "123456" POST "Content-Length: 16\r\n\r\n" TEN "123456"sv,
     {200, 200},
     open,
     small},
};

#undef GET
#undef POST
#undef LATE
#undef TEN
#undef HUNDRED

}  // namespace gyre::test::raw
