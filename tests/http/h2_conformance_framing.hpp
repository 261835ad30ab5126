#pragma once

#include "h2_conformance_case.hpp"

/// RFC 9113 3 to 5: the beginning, frames, streams.
namespace gyre::test::h2 {

inline const std::string magic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline Topic starting() {
  using enum Begin;
  return {
      "RFC 9113 3.4 preface",
      {
          {"preface and SETTINGS", {preface()}, "ACK alive", bare},
          {"and a request at once", {preface() + get(1)}, "ACK 1:200(5) alive", bare},
          {"and a request and the acknowledgement", {preface() + get(1) + settings_ack()}, "ACK 1:200(5) alive", bare},
          {"SETTINGS with values",
           {preface({{max_concurrent_streams, 7}, {initial_window_size, 3}}) + get(1)},
           "ACK 1:200(3)+ alive",
           bare},
          {"PING in place of SETTINGS", {magic + ping()}, "GOAWAY PROTOCOL_ERROR ended", bare},
          {"a request in place of SETTINGS", {magic + get(1)}, "GOAWAY PROTOCOL_ERROR ended", bare},
          {"an acknowledgement in place of SETTINGS", {magic + settings_ack()}, "GOAWAY PROTOCOL_ERROR ended", bare},
          {"an unknown frame in place of SETTINGS",
           {magic + frame(static_cast<Type>(77), 0, 0, "x")},
           "GOAWAY PROTOCOL_ERROR ended",
           bare},
          {"a second preface", {magic}, "GOAWAY FRAME_SIZE_ERROR ended"},
      }};
}

/// In cleartext these are HTTP/1.1, and over TLS they are not.
inline Topic starting_clear() {
  using enum Begin;
  return {"RFC 9113 3.4 preface, cleartext",
          {
              {"no preface at all", {"INVALID CONNECTION PREFACE\r\n\r\n"}, "HTTP/1.1 400 ended", bare},
              {"another end", {"PRI * HTTP/2.0\r\n\r\nSM\r\n\rX" + settings()}, "HTTP/1.1 505 ended", bare},
              {"another target", {"PRI / HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings()}, "HTTP/1.1 505 ended", bare},
          }};
}
inline Topic starting_secure() {
  using enum Begin;
  return {"RFC 9113 3.4 preface, TLS",
          {
              {"no preface at all", {"INVALID CONNECTION PREFACE\r\n\r\n"}, "GOAWAY PROTOCOL_ERROR ended", bare},
              {"another end", {"PRI * HTTP/2.0\r\n\r\nSM\r\n\rX" + settings()}, "GOAWAY PROTOCOL_ERROR ended", bare},
              {"HTTP/1.1", {"GET / HTTP/1.1\r\nHost: a\r\n\r\n"}, "GOAWAY PROTOCOL_ERROR ended", bare},
          }};
}

inline Topic frame_format() {
  const auto unknown = [](unsigned flags, std::uint32_t stream, std::string_view payload) {
    return frame(static_cast<Type>(0xc0), flags, stream, payload);
  };
  return {"RFC 9113 4.1 frame format, 5.5 extensions",
          {
              {"an unknown type", {unknown(0, 0, "12345678")}, "alive"},
              {"an unknown type with all flags", {unknown(255, 0, "")}, "alive"},
              {"an unknown type on a stream that is open", {held(1) + unknown(1, 1, "x")}, "alive"},
              {"an unknown type on an idle stream", {unknown(5, 101, "x")}, "alive"},
              {"an unknown type on a stream of the server", {unknown(0, 2, "x")}, "alive"},
              {"an unknown type within a header block",
               {headers(1, std::string_view(plain_block()), end_stream) + unknown(0, 1, "x") + continuation(1, "")},
               "GOAWAY PROTOCOL_ERROR ended"},
              {"an unknown type of the largest size", {unknown(0, 0, std::string(16'384, 'x'))}, "alive"},
              {"ALTSVC", {frame(static_cast<Type>(10), 0, 0, std::string(2, '\0'))}, "alive"},
              {"ORIGIN", {frame(static_cast<Type>(12), 0, 0, "")}, "alive"},
              {"PING with undefined flags", {ping(0xfe)}, "PONG alive"},
              {"SETTINGS with undefined flags", {frame(Type::settings, 0xfe, 0, "")}, "ACK alive"},
              {"GET with undefined flags",
               {headers(1, std::string_view(plain_block()), 0xd2U | end_stream | end_headers)},
               "1:200(5) alive"},
              {"DATA with undefined flags", {post(1, "/echo") + data(1, "abc", 0xf6U | end_stream)}, "1:200(3) alive"},
              {"RST_STREAM with undefined flags",
               {held(1) + frame(Type::rst_stream, 0xff, 1, number(8, 4)) + get(3)},
               "3:200(5) alive"},
              {"PING with the reserved bit", {reserved(ping())}, "PONG alive"},
              {"GET with the reserved bit", {reserved(get(1))}, "1:200(5) alive"},
              {"SETTINGS with the reserved bit", {reserved(settings())}, "ACK alive"},
              {"WINDOW_UPDATE with the reserved bit of its number", {window_update(0, 0x80000001U)}, "alive"},
          }};
}

inline Topic frame_size() {
  const std::string large(16'385, 'x');
  return {
      "RFC 9113 4.2 frame size",
      {
          {"DATA of 2^14 bytes", {post(1, "/echo") + data(1, std::string(16'384, 'd'))}, "1:200(16384) alive"},
          {"DATA of more", {post(1, "/echo") + data(1, large)}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"HEADERS of 2^14 bytes",
           {headers(
               1, std::string_view(plain_block() + literal("x", std::string(16'384 - plain_block().size() - 6, 'x'))))},
           "1:200(5) alive"},
          {"HEADERS of more", {headers(1, std::string_view(large))}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"CONTINUATION of more",
           {headers(1, std::string_view(plain_block()), end_stream) + continuation(1, large)},
           "GOAWAY FRAME_SIZE_ERROR ended"},
          {"an unknown type of more", {frame(static_cast<Type>(99), 0, 0, large)}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"SETTINGS of more", {frame_header(16'386, Type::settings, 0, 0)}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"the largest length there is", {frame_header(0xffffff, Type::data, 0, 1)}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"empty HEADERS",
           {headers(1, std::string_view(), end_stream) + continuation(1, plain_block())},
           "1:200(5) alive"},
      }};
}

inline Topic header_compression() {
  const std::string begun = headers(1, std::string_view(plain_block()), end_stream);
  std::vector<Case> cases = {
      {"a block that is no HPACK",
       {headers(1, std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))},
       "GOAWAY COMPRESSION_ERROR ended"},
      {"a block in a frame for each byte",
       {headers(1, std::string_view(plain_block()).substr(0, 1), end_stream) +
        continuation(1, std::string_view(plain_block()).substr(1, 1), 0) +
        continuation(1, std::string_view(plain_block()).substr(2))},
       "1:200(5) alive"},
      {"a refused request counts for the table",
       {headers(1, std::string_view(plain_block() + literal_with_indexing("connection", "close"))),
        headers(3, std::string_view(plain_block() + indexed(62)))},
       "RST 1 PROTOCOL_ERROR RST 3 PROTOCOL_ERROR alive"},
      {"the table is the same behind a block that was not looked at",
       {headers(1, std::string_view(plain_block() + literal("Bad", "x") + literal_with_indexing("x-a", "b"))),
        headers(3, std::string_view(plain_block() + indexed(62)))},
       "RST 1 PROTOCOL_ERROR 3:200(5) alive"},
      {"trailers count for the table",
       {post(1, "/echo") + data(1, "abc", 0) + headers(1, std::string_view(literal_with_indexing("x-a", "b"))),
        headers(3, std::string_view(plain_block() + indexed(62)))},
       "1:200(3) 3:200(5) alive"},
  };
  const std::vector<std::pair<std::string, std::string>> between = {
      {"DATA", data(1, "x")},
      {"HEADERS", headers(1, std::string_view(plain_block()))},
      {"HEADERS of another stream", get(3)},
      {"PRIORITY", priority(1)},
      {"PRIORITY of another stream", priority(3)},
      {"RST_STREAM", rst_stream(1, 8)},
      {"SETTINGS", settings()},
      {"an acknowledgement", settings_ack()},
      {"PING", ping()},
      {"GOAWAY", goaway(0, 0)},
      {"WINDOW_UPDATE", window_update(0, 1)},
      {"WINDOW_UPDATE of the stream", window_update(1, 1)},
      {"PUSH_PROMISE", frame(Type::push_promise, end_headers, 1, number(2, 4))},
      {"CONTINUATION of another stream", continuation(3, "")},
      {"CONTINUATION of no stream", continuation(0, "")},
      {"PRIORITY_UPDATE", priority_update(1, "u=1")},
  };
  for (const auto& [what, bytes] : between) {
    cases.push_back(
        {"within a header block: " + what, {begun + bytes + continuation(1, "")}, "GOAWAY PROTOCOL_ERROR ended"});
  }
  return {"RFC 9113 4.3 header compression", std::move(cases)};
}

inline Topic stream_numbers() {
  return {
      "RFC 9113 5.1.1 stream identifiers, 5.1.2 concurrency",
      {
          {"an even number", {get(2)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"a lower number, never opened", {held(5) + get(3)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"a lower number, never opened, far below", {held(1) + held(101) + get(51)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"a lower number, later", {get(5), get(3)}, "5:200(5) GOAWAY PROTOCOL_ERROR ended"},
          {"a lower number in one of several gaps",
           {get(3) + get(7) + get(11) + get(15), get(1)},
           "3:200(5) 7:200(5) 11:200(5) 15:200(5) GOAWAY PROTOCOL_ERROR ended"},
          {"DATA on a lower number, never opened", {get(5), data(3, "x")}, "5:200(5) GOAWAY STREAM_CLOSED ended"},
          {"WINDOW_UPDATE on a lower number, never opened", {get(5), window_update(3, 1)}, "5:200(5) alive"},
          {"the same number again", {get(1), get(1)}, "1:200(5) GOAWAY STREAM_CLOSED ended"},
          {"numbers with gaps", {get(1) + get(7) + get(9) + get(101)}, "1:200(5) 7:200(5) 9:200(5) 101:200(5) alive"},
          {"the highest number", {get(0x7fffffff)}, "2147483647:200(5) alive"},
          {"DATA on an idle stream of the server", {data(2, "x")}, "GOAWAY PROTOCOL_ERROR ended"},
          {"RST_STREAM of the server's", {rst_stream(2, 8)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"WINDOW_UPDATE of the server's", {window_update(2, 1)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"streams up to the limit",
           {[] {
             std::string all;
             for (std::uint32_t i = 0; i < 100; ++i) all += post(2 * i + 1, "/echo");
             for (std::uint32_t i = 0; i < 99; ++i) all += rst_stream(2 * i + 1, 8);
             return all + data(199, "abc");
           }()},
           "199:200(3) alive"},
          {"one stream too many",
           {[] {
              std::string all;
              for (std::uint32_t i = 0; i < 101; ++i) all += post(2 * i + 1, "/echo");
              for (std::uint32_t i = 0; i < 99; ++i) all += rst_stream(2 * i + 1, 8);
              return all;
            }(),
            data(199, "abc")},
           "RST 201 REFUSED_STREAM 199:200(3) alive"},
          {"a table entry in the head of a stream too many",
           {[] {
              std::string all;
              for (std::uint32_t i = 0; i < 100; ++i) all += post(2 * i + 1, "/echo");
              all += headers(201, std::string_view(plain_block() + literal_with_indexing("x-a", "b")));
              for (std::uint32_t i = 0; i < 100; ++i) all += rst_stream(2 * i + 1, 8);
              return all;
            }(),
            headers(203, std::string_view(plain_block() + indexed(62)))},
           "RST 201 REFUSED_STREAM 203:200(5) alive"},
      }};
}

inline Topic priorities() {
  const std::string own = "GOAWAY PROTOCOL_ERROR ended";
  return {
      "RFC 9113 5.3 and 6.3 priority, RFC 9218",
      {
          {"HEADERS with a priority", {weighted(1, 0)}, "1:200(5) alive"},
          {"HEADERS that depend on an idle stream", {weighted(1, 77)}, "1:200(5) alive"},
          {"HEADERS that depend on it alone", {weighted(1, 0x80000000U)}, "1:200(5) alive"},
          {"HEADERS that depend on themselves", {weighted(1, 1)}, own},
          {"HEADERS that depend on themselves alone", {weighted(1, 0x80000001U)}, own},
          {"HEADERS too short for a priority",
           {frame(Type::headers, end_headers | end_stream | with_priority, 1, "1234")},
           "GOAWAY FRAME_SIZE_ERROR ended"},
          {"PRIORITY on an idle stream", {priority(1) + get(1)}, "1:200(5) alive"},
          {"PRIORITY of weight 256", {frame(Type::priority, 0, 1, number(0, 4) + "\xff") + get(1)}, "1:200(5) alive"},
          {"PRIORITY that depends on another", {priority(1) + priority(3, 1) + get(3)}, "3:200(5) alive"},
          {"PRIORITY that depends on it alone", {priority(1, 0x80000000U) + get(1)}, "1:200(5) alive"},
          {"PRIORITY on a higher stream, then a lower one opens", {priority(5) + get(3)}, "3:200(5) alive"},
          {"PRIORITY on a stream of the server", {priority(2) + get(1)}, "1:200(5) alive"},
          {"PRIORITY on no stream", {priority(0)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"PRIORITY on itself, idle", {priority(1, 1)}, own},
          {"PRIORITY on itself alone, idle", {priority(1, 0x80000001U)}, own},
          {"PRIORITY on itself, open", {held(1) + priority(1, 1)}, own},
          {"PRIORITY of 4 bytes", {held(1) + frame(Type::priority, 0, 1, "1234")}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"PRIORITY of 6 bytes", {frame(Type::priority, 0, 1, "123456")}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"PRIORITY_UPDATE of a stream to come", {priority_update(1, "u=1") + get(1)}, "1:200(5) alive"},
          {"PRIORITY_UPDATE of an open stream", {held(1) + priority_update(1, "u=7, i")}, "alive"},
          {"PRIORITY_UPDATE of a closed stream", {get(1), priority_update(1, "u=1")}, "1:200(5) alive"},
          {"PRIORITY_UPDATE that is no structured field", {priority_update(1, "u=") + get(1)}, "1:200(5) alive"},
          {"PRIORITY_UPDATE of no stream", {priority_update(0, "u=1")}, "GOAWAY PROTOCOL_ERROR ended"},
          {"PRIORITY_UPDATE on a stream",
           {frame(Type::priority_update, 0, 1, number(1, 4) + "u=1")},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"PRIORITY_UPDATE too short", {frame(Type::priority_update, 0, 0, "123")}, "GOAWAY FRAME_SIZE_ERROR ended"},
          {"PRIORITY_UPDATE of a push that cannot be", {priority_update(2, "u=1")}, "GOAWAY PROTOCOL_ERROR ended"},
          {"the field Priority", {get(1, "/", {{"priority", "u=0, i"}})}, "1:200(5) alive"},
          {"the field Priority, malformed", {get(1, "/", {{"priority", "u=="}})}, "1:200(5) alive"},
      }};
}

}  // namespace gyre::test::h2
