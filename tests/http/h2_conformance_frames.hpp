#pragma once

#include "h2_conformance_case.hpp"

#include <array>

/// RFC 9113 5.1, 6 and 7: each state of a stream with each frame, and the definitions of the frames.
namespace gyre::test::h2 {

/// A state that stream 1 is brought into, and what each type of frame leads to there. An outcome without an end is that
/// of a connection that lives on.
struct StreamState {
  std::string name;
  std::vector<std::string> steps;
  std::string before;  ///< Of the outcome.
  struct Outcomes {
    std::string data, headers, trailers, rst_stream, window_update;
  } outcomes;
};

inline std::vector<StreamState> stream_states() {
  const std::string wrong = "GOAWAY PROTOCOL_ERROR ended";
  const std::string closed = "GOAWAY STREAM_CLOSED ended";
  const std::string half = "RST 1 PROTOCOL_ERROR alive";  // HEADERS that are trailers, but not the end
  return {
      {"idle", {}, "", {wrong, "1:200(5) alive", "RST 1 PROTOCOL_ERROR alive", wrong, wrong}},
      {"open", {held_post(1)}, "", {"alive", half, "alive", "alive", "alive"}},
      {"half-closed (remote)", {held(1)}, "", {closed, closed, closed, "alive", "alive"}},
      {"half-closed (local)",
       {post(1, "/ignore")},
       "1:200(7) RST 1 NO_ERROR ",
       {"alive", "alive", "alive", "alive", "alive"}},
      {"closed by both", {get(1)}, "1:200(5) ", {closed, closed, closed, "alive", "alive"}},
      {"reset by the client", {held_post(1) + rst_stream(1, 8)}, "", {closed, closed, closed, "alive", "alive"}},
      {"half-closed and reset by the client",
       {held(1) + rst_stream(1, 8)},
       "",
       {closed, closed, closed, "alive", "alive"}},
      {"reset by the server",
       {post(1, "/", {{"te", "x"}})},
       "RST 1 PROTOCOL_ERROR ",
       {"alive", "alive", "alive", "alive", "alive"}},
      {"ended by the client and reset by the server",
       {get(1, "/", {{"te", "x"}})},
       "RST 1 PROTOCOL_ERROR ",
       {"alive", "alive", "alive", "alive", "alive"}},
  };
}

inline Topic states() {
  const std::string wrong = "GOAWAY PROTOCOL_ERROR ended";
  std::vector<Case> cases;
  for (const StreamState& state : stream_states()) {
    const auto add = [&](const std::string& what, const std::string& bytes, const std::string& outcome) {
      Case one{state.name + ": " + what, state.steps, state.before + outcome};
      one.steps.push_back(bytes);
      cases.push_back(std::move(one));
    };
    const StreamState::Outcomes& to = state.outcomes;
    add("DATA", data(1, "x", 0), to.data);
    add("empty DATA", data(1, "", 0), to.data);
    add("HEADERS", headers(1, std::string_view(plain_block()), end_headers | (state.name == "idle" ? end_stream : 0)),
        to.headers);
    add("trailers", headers(1, Fields{{"x-sum", "1"}}), to.trailers);
    add("PRIORITY", priority(1), "alive");
    add("RST_STREAM", rst_stream(1, 8), to.rst_stream);
    add("SETTINGS", frame(Type::settings, 0, 1, ""), wrong);
    add("PUSH_PROMISE", frame(Type::push_promise, end_headers, 1, number(2, 4)), wrong);
    add("PING", frame(Type::ping, 0, 1, "12345678"), wrong);
    add("GOAWAY", frame(Type::goaway, 0, 1, number(0, 8)), wrong);
    add("WINDOW_UPDATE", window_update(1, 1), to.window_update);
    add("CONTINUATION", continuation(1, ""), wrong);
    add("PRIORITY_UPDATE", priority_update(1, "u=1"), "alive");
    add("an unknown type", frame(static_cast<Type>(200), 0, 1, "x"), "alive");
  }
  return {"RFC 9113 5.1 stream states", std::move(cases)};
}

/// Most of what a stream's window takes, and then it is reset.
inline std::string unread_body(std::uint32_t stream) {
  return post(stream, "/hold") + repeated(data(stream, std::string(16'384, 'x'), 0), 15) + rst_stream(stream, 8);
}

inline Topic data_frames() {
  const std::string hundred(100, 'd');
  return {"RFC 9113 6.1 DATA",
          {
              {"one frame", {post(1, "/echo") + data(1, "abc")}, "1:200(3) alive"},
              {"several", {post(1, "/echo") + data(1, "abc", 0) + data(1, "def", 0) + data(1, "g")}, "1:200(7) alive"},
              {"an empty one at last", {post(1, "/echo") + data(1, "abc", 0) + data(1, "")}, "1:200(3) alive"},
              {"an empty one alone", {post(1, "/echo") + data(1, "")}, "1:200(0) alive"},
              {"padding", {post(1, "/echo") + padded_data(1, "abc", 5, end_stream)}, "1:200(3) alive"},
              {"padding of 0", {post(1, "/echo") + padded_data(1, "abc", 0, end_stream)}, "1:200(3) alive"},
              {"the largest padding", {post(1, "/echo") + padded_data(1, "abc", 255, end_stream)}, "1:200(3) alive"},
              {"padding alone", {post(1, "/echo") + padded_data(1, "", 9, end_stream)}, "1:200(0) alive"},
              {"padding that is not 0",
               {post(1, "/echo") + frame(Type::data, padded | end_stream, 1, "\x02xyz")},
               "1:200(1) alive"},
              {"padding as long as the frame",
               {post(1, "/echo") + frame(Type::data, padded, 1, "\x04xyz")},
               "GOAWAY PROTOCOL_ERROR ended"},
              {"padding longer than the frame",
               {post(1, "/echo") + frame(Type::data, padded, 1, "\xffxyz")},
               "GOAWAY PROTOCOL_ERROR ended"},
              {"no room for the length of the padding",
               {post(1, "/echo") + frame(Type::data, padded, 1, "")},
               "GOAWAY FRAME_SIZE_ERROR ended"},
              {"no stream", {data(0, "x")}, "GOAWAY PROTOCOL_ERROR ended"},
              {"behind the end", {post(1, "/co/gate") + data(1, "x") + data(1, "y")}, "GOAWAY STREAM_CLOSED ended"},
              {"more than the stream's window",
               {post(1, "/hold") + repeated(data(1, std::string(16'384, 'x'), 0), 16), data(1, "x", 0)},
               "RST 1 FLOW_CONTROL_ERROR alive"},
              {"more than the connection's window",
               {[] {
                  std::string all;
                  for (std::uint32_t stream = 1; stream <= 7; stream += 2) {
                    all += post(stream, "/hold") + repeated(data(stream, std::string(16'384, 'x'), 0), 16);
                  }
                  return all + post(9, "/hold");
                }(),
                data(9, "x", 0)},
               "GOAWAY FLOW_CONTROL_ERROR ended"},
              {"bodies that nobody reads give their window back",
               {unread_body(1), unread_body(3), unread_body(5), unread_body(7), unread_body(9), unread_body(11),
                post(15, "/echo") + data(15, hundred)},
               "15:200(100) alive"},
              {"padding gives its window back",
               {post(1, "/echo") + repeated(padded_data(1, "d", 255, 0), 900),
                repeated(padded_data(1, "d", 255, 0), 900), repeated(padded_data(1, "d", 255, 0), 900),
                repeated(padded_data(1, "d", 255, 0), 900), repeated(padded_data(1, "d", 255, 0), 900), data(1, "d")},
               "1:200(4501) alive"},
              {"data on a stream that was reset gives its window back",
               {post(1, "/", {{"te", "x"}}) + repeated(data(1, std::string(16'384, 'x'), 0), 40),
                repeated(data(1, std::string(16'384, 'x'), 0), 40), post(3, "/echo") + data(3, hundred)},
               "RST 1 PROTOCOL_ERROR 3:200(100) alive"},
          }};
}

inline Topic headers_frames() {
  const std::string block = plain_block();
  const auto padded_headers = [](std::size_t padding, std::string_view bytes, std::size_t zeros) {
    return frame(Type::headers, padded | end_headers | end_stream, 1,
                 number(padding, 1).append(bytes).append(zeros, '\0'));
  };
  return {
      "RFC 9113 6.2 HEADERS, 6.6 PUSH_PROMISE, 6.10 CONTINUATION",
      {
          {"HEADERS", {get(1)}, "1:200(5) alive"},
          {"padding", {padded_headers(7, block, 7)}, "1:200(5) alive"},
          {"padding and priority",
           {frame(Type::headers, padded | end_headers | end_stream | with_priority, 1,
                  number(3, 1) + number(0, 4) + number(9, 1) + block + std::string(3, '\0'))},
           "1:200(5) alive"},
          {"padding, and the priority depends on itself",
           {frame(Type::headers, padded | end_headers | end_stream | with_priority, 1,
                  number(3, 1) + number(1, 4) + number(9, 1) + block + std::string(3, '\0'))},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"padding longer than the frame",
           {padded_headers(block.size() + 2, block, 0)},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"padding of the whole frame", {padded_headers(block.size() + 1, block, 0)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"no room for the length of the padding",
           {frame(Type::headers, padded | end_headers, 1, "")},
           "GOAWAY FRAME_SIZE_ERROR ended"},
          {"no stream", {get(0)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"a block that continues",
           {headers(1, std::string_view(block).substr(0, 9), end_stream) +
            continuation(1, std::string_view(block).substr(9))},
           "1:200(5) alive"},
          {"a block that continues twice",
           {headers(1, std::string_view(block).substr(0, 9), end_stream) +
            continuation(1, std::string_view(block).substr(9, 5), 0) +
            continuation(1, std::string_view(block).substr(14))},
           "1:200(5) alive"},
          {"a block that continues, padded",
           {frame(Type::headers, padded | end_stream, 1, number(4, 1).append(block.substr(0, 9)).append(4, '\0')) +
            continuation(1, std::string_view(block).substr(9))},
           "1:200(5) alive"},
          {"trailers that continue",
           {post(1, "/echo") + data(1, "abc", 0) + headers(1, Fields{{"a", "b"}}, end_stream) +
            continuation(1, h2_test::block({{"c", "d"}}))},
           "1:200(3) alive"},
          {"CONTINUATION out of nowhere", {continuation(1, block)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"CONTINUATION of no stream", {continuation(0, block)}, "GOAWAY PROTOCOL_ERROR ended"},
          {"CONTINUATION behind a complete block",
           {held(1) + continuation(1, h2_test::block({{"a", "b"}}))},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"CONTINUATION behind a complete CONTINUATION",
           {headers(1, std::string_view(block), 0) + continuation(1, "") + continuation(1, "")},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"CONTINUATION behind DATA",
           {held_post(1) + data(1, "x", 0) + continuation(1, "")},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"CONTINUATION that is empty and more",
           {headers(1, std::string_view(block), end_stream) + continuation(1, "", 0) + continuation(1, "")},
           "1:200(5) alive"},
          {"PUSH_PROMISE",
           {frame(Type::push_promise, end_headers, 1, number(2, 4) + block)},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"PUSH_PROMISE on a stream",
           {held(1) + frame(Type::push_promise, end_headers, 1, number(2, 4) + block)},
           "GOAWAY PROTOCOL_ERROR ended"},
          {"PUSH_PROMISE on no stream",
           {frame(Type::push_promise, end_headers, 0, number(2, 4) + block)},
           "GOAWAY PROTOCOL_ERROR ended"},
      }};
}

inline Topic settings_frames() {
  const std::string wrong = "GOAWAY PROTOCOL_ERROR ended";
  return {"RFC 9113 6.5 SETTINGS",
          {
              {"no entries", {settings()}, "ACK alive"},
              {"an acknowledgement that nobody waits for", {settings_ack()}, wrong},
              {"on a stream", {frame(Type::settings, 0, 1, "")}, wrong},
              {"on a stream that is open", {held(1) + frame(Type::settings, 0, 1, "")}, wrong},
              {"an acknowledgement with entries",
               {frame(Type::settings, ack, 0, number(0, 6))},
               "GOAWAY FRAME_SIZE_ERROR ended"},
              {"an acknowledgement of a byte", {frame(Type::settings, ack, 0, "x")}, "GOAWAY FRAME_SIZE_ERROR ended"},
              {"3 bytes", {frame(Type::settings, 0, 0, "123")}, "GOAWAY FRAME_SIZE_ERROR ended"},
              {"7 bytes", {frame(Type::settings, 0, 0, "1234567")}, "GOAWAY FRAME_SIZE_ERROR ended"},
              {"HEADER_TABLE_SIZE of 0", {settings({{header_table_size, 0}}) + get(1)}, "ACK 1:200(5) alive"},
              {"HEADER_TABLE_SIZE of everything",
               {settings({{header_table_size, 0xffffffffU}}) + get(1)},
               "ACK 1:200(5) alive"},
              {"ENABLE_PUSH of 0", {settings({{enable_push, 0}})}, "ACK alive"},
              {"ENABLE_PUSH of 1", {settings({{enable_push, 1}})}, "ACK alive"},
              {"ENABLE_PUSH of 2", {settings({{enable_push, 2}})}, wrong},
              {"ENABLE_PUSH of everything", {settings({{enable_push, 0xffffffffU}})}, wrong},
              {"MAX_CONCURRENT_STREAMS of 0", {settings({{max_concurrent_streams, 0}}) + get(1)}, "ACK 1:200(5) alive"},
              {"INITIAL_WINDOW_SIZE of 2^31-1",
               {settings({{initial_window_size, 0x7fffffff}}) + get(1)},
               "ACK 1:200(5) alive"},
              {"INITIAL_WINDOW_SIZE of 2^31",
               {settings({{initial_window_size, 0x80000000U}})},
               "GOAWAY FLOW_CONTROL_ERROR ended"},
              {"INITIAL_WINDOW_SIZE of everything",
               {settings({{initial_window_size, 0xffffffffU}})},
               "GOAWAY FLOW_CONTROL_ERROR ended"},
              {"MAX_FRAME_SIZE of 2^14-1", {settings({{max_frame_size, 16'383}})}, wrong},
              {"MAX_FRAME_SIZE of 0", {settings({{max_frame_size, 0}})}, wrong},
              {"MAX_FRAME_SIZE of 2^14", {settings({{max_frame_size, 16'384}})}, "ACK alive"},
              {"MAX_FRAME_SIZE of 2^24-1", {settings({{max_frame_size, 0xffffff}}) + get(1)}, "ACK 1:200(5) alive"},
              {"MAX_FRAME_SIZE of 2^24", {settings({{max_frame_size, 0x1000000}})}, wrong},
              {"MAX_HEADER_LIST_SIZE of 0", {settings({{max_header_list_size, 0}}) + get(1)}, "ACK 1:200(5) alive"},
              {"ENABLE_CONNECT_PROTOCOL of 1", {settings({{enable_connect_protocol, 1}})}, "ACK alive"},
              {"ENABLE_CONNECT_PROTOCOL of 2", {settings({{enable_connect_protocol, 2}})}, wrong},
              {"NO_RFC7540_PRIORITIES of 2", {settings({{no_rfc7540_priorities, 2}})}, wrong},
              {"unknown entries", {settings({{0x0a0a, 7}, {0, 1}, {0xffff, 0xffffffffU}, {7, 1}})}, "ACK alive"},
              {"as many entries as may be",
               {frame(Type::settings, 0, 0, repeated(number(0x0a0a, 2) + number(1, 4), 32))},
               "ACK alive"},
              {"the last of several values holds",
               {settings({{initial_window_size, 100}, {initial_window_size, 1}}) + get(1)},
               "ACK 1:200(1)+ alive"},
              {"several frames", {settings() + settings() + settings()}, "ACK ACK ACK alive"},
              {"a value holds from its acknowledgement on",
               {settings({{initial_window_size, 2}}), get(1), settings({{initial_window_size, 4}})},
               "ACK ACK 1:200(4)+ alive"},
          }};
}

inline Topic other_frames() {
  const std::string wrong = "GOAWAY PROTOCOL_ERROR ended";
  const std::string size = "GOAWAY FRAME_SIZE_ERROR ended";
  return {
      "RFC 9113 6.4 RST_STREAM, 6.7 PING, 6.8 GOAWAY, 7 error codes",
      {
          {"RST_STREAM", {held(1) + rst_stream(1, 8) + get(3)}, "3:200(5) alive"},
          {"RST_STREAM of a code that nobody knows", {held(1) + rst_stream(1, 0xff)}, "alive"},
          {"RST_STREAM of the highest code", {held(1) + rst_stream(1, 0xffffffffU)}, "alive"},
          {"RST_STREAM on no stream", {rst_stream(0, 8)}, wrong},
          {"RST_STREAM on an idle stream", {rst_stream(1, 8)}, wrong},
          {"RST_STREAM twice", {held(1) + rst_stream(1, 8) + rst_stream(1, 8)}, "alive"},
          {"RST_STREAM of 3 bytes", {held(1) + frame(Type::rst_stream, 0, 1, "123")}, size},
          {"RST_STREAM of 5 bytes", {held(1) + frame(Type::rst_stream, 0, 1, "12345")}, size},
          {"PING", {ping()}, "PONG alive"},
          {"an acknowledgement that nobody waits for", {ping(ack)}, "alive"},
          {"PING on a stream", {frame(Type::ping, 0, 1, "12345678")}, wrong},
          {"PING of 7 bytes", {frame(Type::ping, 0, 0, "1234567")}, size},
          {"PING of 6 bytes, acknowledged", {frame(Type::ping, ack, 0, "123456")}, size},
          {"PING of 9 bytes", {frame(Type::ping, 0, 0, "123456789")}, size},
          {"empty PING", {frame(Type::ping, 0, 0, "")}, size},
          {"GOAWAY on a stream", {frame(Type::goaway, 0, 1, number(0, 8))}, wrong},
          {"GOAWAY of 7 bytes", {frame(Type::goaway, 0, 0, "1234567")}, size},
          {"GOAWAY, and requests are still answered", {held(1) + goaway(0, 0) + get(3)}, "3:200(5) alive"},
          {"GOAWAY and nothing else", {goaway(0, 0)}, "ended"},
          {"GOAWAY of a code that nobody knows", {goaway(0, 0xff)}, "ended"},
          {"GOAWAY with a text", {held(1) + frame(Type::goaway, 0, 0, number(0, 8) + "a text for people")}, "alive"},
          {"GOAWAY twice with a higher number", {held(1) + goaway(0, 0) + goaway(2, 0)}, wrong},
      }};
}

inline Topic flow_control() {
  return {"RFC 9113 6.9 WINDOW_UPDATE, flow control",
          {
              {"the connection's", {window_update(0, 100)}, "alive"},
              {"a stream's", {held(1) + window_update(1, 100)}, "alive"},
              {"by 0 on the connection", {window_update(0, 0)}, "GOAWAY PROTOCOL_ERROR ended"},
              {"by 0 on a stream", {held(1) + window_update(1, 0)}, "GOAWAY PROTOCOL_ERROR ended"},
              {"by 0 on a closed stream", {get(1), window_update(1, 0)}, "1:200(5) alive"},
              {"of 3 bytes", {frame(Type::window_update, 0, 0, "123")}, "GOAWAY FRAME_SIZE_ERROR ended"},
              {"of 5 bytes", {frame(Type::window_update, 0, 0, "12345")}, "GOAWAY FRAME_SIZE_ERROR ended"},
              {"of 3 bytes on a stream",
               {held(1) + frame(Type::window_update, 0, 1, "123")},
               "GOAWAY FRAME_SIZE_ERROR ended"},
              {"the connection's beyond 2^31-1", {window_update(0, 0x7fffffff)}, "GOAWAY FLOW_CONTROL_ERROR ended"},
              {"the connection's beyond 2^31-1 in steps",
               {window_update(0, 0x7fff0000) + window_update(0, 1)},
               "GOAWAY FLOW_CONTROL_ERROR ended"},
              {"the connection's up to 2^31-1", {window_update(0, 0x7fff0000)}, "alive"},
              {"a stream's beyond 2^31-1", {held(1) + window_update(1, 0x7fffffff)}, "RST 1 FLOW_CONTROL_ERROR alive"},
              {"a stream's beyond 2^31-1 in steps",
               {held(1) + window_update(1, 0x7fff0000) + window_update(1, 1)},
               "RST 1 FLOW_CONTROL_ERROR alive"},
              {"a window of 1", {settings({{initial_window_size, 1}}), get(1)}, "ACK 1:200(1)+ alive"},
              {"a window of 0 lets heads pass", {settings({{initial_window_size, 0}}), get(1)}, "ACK 1:200(0)+ alive"},
              {"a window of 0 lets empty answers pass",
               {settings({{initial_window_size, 0}}), get(1, "/empty")},
               "ACK 1:204(0) alive"},
              {"SETTINGS open a stream's window",
               {settings({{initial_window_size, 0}}), get(1), settings({{initial_window_size, 3}}),
                settings({{initial_window_size, 9}})},
               "ACK ACK ACK 1:200(5) alive"},
              {"a window below 0",
               {settings({{initial_window_size, 3}}), get(1), settings({{initial_window_size, 1}}), window_update(1, 2),
                window_update(1, 1)},
               "ACK ACK 1:200(4)+ alive"},
              {"WINDOW_UPDATE opens a stream's window",
               {settings({{initial_window_size, 0}}), get(1), window_update(1, 2), window_update(1, 3)},
               "ACK 1:200(5) alive"},
              {"the connection's window",
               {settings({{initial_window_size, 0x7fffffff}}), get(1, "/big")},
               "ACK 1:200(65535)+ alive"},
              {"the connection's window, of all streams",
               {get(1, "/big"), get(3, "/"), window_update(0, 5)},
               "3:200(5) 1:200(65535)+ alive"},
              {"opened", {get(1, "/big"), window_update(0, 100'000), window_update(1, 100'000)}, "1:200(100000) alive"},
              {"SETTINGS do not change the connection's",
               {get(1, "/big"), settings({{initial_window_size, 200'000}}), window_update(0, 7)},
               "ACK 1:200(65542)+ alive"},
          }};
}

}  // namespace gyre::test::h2
