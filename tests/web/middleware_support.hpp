#pragma once

#include "../http/route_site.hpp"

#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/web/router.hpp>
#include <gyre/wire/field_lines.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Middleware in front of a server in simulation, asked by bytes.
namespace web_test {

/// One answer, taken apart.
struct Reply {
  int status = 0;
  std::string fields;
  std::string body;
  bool whole = false;  ///< Its body has come to its end.

  std::string field(std::string_view name) const {
    return std::string{gyre::wire::find_field_line(fields, name).value_or(std::string_view{})};
  }
};

/// Cuts the first answer off the bytes.
inline Reply take_reply(std::string_view& bytes) {
  Reply reply;
  const std::size_t line = bytes.find("\r\n");
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) {
    bytes = {};
    return reply;
  }
  reply.status = std::stoi(std::string{bytes.substr(9, 3)});
  reply.fields = bytes.substr(line + 2, head - line);
  bytes.remove_prefix(head + 4);
  if (reply.field("Transfer-Encoding") == "chunked") {
    for (;;) {
      const std::size_t end = bytes.find("\r\n");
      if (end == std::string_view::npos) return reply;
      const std::size_t size = std::stoul(std::string{bytes.substr(0, end)}, nullptr, 16);
      if (size == 0) {
        const std::size_t last = bytes.find("\r\n\r\n");  // behind the trailers
        reply.whole = last != std::string_view::npos;
        bytes.remove_prefix(reply.whole ? last + 4 : bytes.size());
        break;
      }
      if (bytes.size() < end + 2 + size + 2) return reply;
      reply.body += bytes.substr(end + 2, size);
      bytes.remove_prefix(end + 2 + size + 2);
    }
  } else {
    const std::string length = reply.field("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    reply.body = bytes.substr(0, size);
    reply.whole = reply.body.size() == size;
    bytes.remove_prefix(reply.body.size());
  }
  return reply;
}

struct AskOptions {
  gyre::ServerOptions server = {};
  std::uint64_t seed = 1;
  bool split_chunks = false;
};

/// Everything that a server of `router` sends for `bytes` on one connection, until it closes.
inline std::string raw_answer(gyre::Router& router, std::string_view bytes, const AskOptions& options = {}) {
  gyre::SimLoop loop{{.seed = options.seed, .split_chunks = options.split_chunks}};
  std::string answer;
  auto client = [&answer, bytes](gyre::test::RouteSite& site) -> gyre::Task<> { answer = co_await site.ask(bytes); };
  gyre::test::with_routes(loop, router, client, options.server);
  return answer;
}

inline std::vector<Reply> replies(gyre::Router& router, std::string_view bytes, const AskOptions& options = {}) {
  const std::string answer = raw_answer(router, bytes, options);
  std::vector<Reply> list;
  for (std::string_view rest = answer; !rest.empty();) list.push_back(take_reply(rest));
  return list;
}

/// The first answer.
inline Reply reply(gyre::Router& router, std::string_view bytes, const AskOptions& options = {}) {
  const std::vector<Reply> list = replies(router, bytes, options);
  REQUIRE(!list.empty());
  return list.front();
}

/// Whether the connection can be used again after that request.
inline bool keeps_connection(gyre::Router& router, std::string_view bytes) {
  return replies(router, std::string{bytes} + gyre::test::request("GET /none")).size() == 2;
}

inline std::string encoded(gyre::Coding coding, std::string_view text) {
  gyre::Encoder encoder{coding};
  std::string coded(text.size() + 1024, '\0');
  const gyre::CodingStep step = encoder.step(text, coded, gyre::EncoderEnd::finish);
  REQUIRE(step.done);
  coded.resize(step.made);
  return coded;
}

/// What has been coded so far; "?" for what is not the coding.
inline std::string decoded(gyre::Coding coding, std::string_view coded) {
  gyre::Decoder decoder{coding};
  std::string text;
  char room[1000];
  for (;;) {
    const gyre::Result<gyre::CodingStep> step = decoder.step(coded, room);
    if (!step) return "?";
    if (step->used == 0 && step->made == 0) return text;
    coded.remove_prefix(step->used);
    text.append(room, step->made);
  }
}

inline std::string post(std::string_view path, std::string_view fields, std::string_view body) {
  return gyre::test::request("POST " + std::string{path},
                             std::string{fields} + "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

inline std::string post_chunked(std::string_view path, std::string_view fields, std::string_view body,
                                std::size_t chunk = 100) {
  std::string text;
  char size[20];
  for (; !body.empty(); body.remove_prefix(std::min(chunk, body.size()))) {
    const std::string_view piece = body.substr(0, chunk);
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    ((text += size) += piece) += "\r\n";
  }
  return gyre::test::request("POST " + std::string{path}, std::string{fields} + "Transfer-Encoding: chunked\r\n",
                             text + "0\r\n\r\n");
}

/// Text that shrinks, but not as much as a bomb.
inline std::string prose(std::size_t size) {
  std::string text;
  for (std::uint32_t x = 1; text.size() < size;) {
    x = x * 1664525U + 1013904223U;
    text += "line " + std::to_string(x) + " of a long page\n";
  }
  text.resize(size);
  return text;
}

}  // namespace web_test
