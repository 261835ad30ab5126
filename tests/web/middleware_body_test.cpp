#include "middleware_support.hpp"

#include <gyre/web/middleware/body_limit.hpp>
#include <gyre/web/middleware/decompression.hpp>
#include <gyre/web/middleware/recover.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using gyre::Body;
using gyre::BodyWriter;
using gyre::Coding;
using gyre::decompression;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::Task;
using web_test::encoded;
using web_test::keeps_connection;
using web_test::post;
using web_test::post_chunked;
using web_test::prose;
using web_test::reply;
using web_test::Reply;

namespace {

constexpr Coding codings[] = {Coding::deflate, Coding::gzip, Coding::brotli, Coding::zstd};

/// Handlers of each kind: plain, task, reader, and one that answers while it reads.
void add_echoes(Router& router) {
  router.post("/plain", [](const Request& request) { return std::string{request.body()}; })
      .post("/task", [](Request& request) -> Task<std::string> { co_return std::string{request.body()}; })
      .post("/borrowed", [](const Request& request) { return request.body(); })
      .post("/read",
            [](Body body) -> Task<std::string> {
              std::string text;
              for (;;) {
                const gyre::Result<std::string_view> piece = co_await body.read();
                if (piece.value().empty()) co_return text;
                text += *piece;
              }
            })
      .post("/size",
            [](Body body) -> Task<std::string> {
              for (;;) {
                const gyre::Result<std::string_view> piece = co_await body.read();
                if (piece.value().empty()) break;
              }
              co_return body.size() ? std::to_string(*body.size()) : "unknown";
            })
      .post("/stream", [](Body body) {
        return Response::stream([body](BodyWriter& out) mutable -> Task<> {
          for (;;) {
            const gyre::Result<std::string_view> piece = co_await body.read();
            if (piece.value().empty()) co_return;
            co_await out.write(*piece);
          }
        });
      });
}

constexpr std::string_view echoes[] = {"/plain", "/task", "/borrowed", "/read", "/stream"};

std::string coding_field(std::string_view coding) { return "Content-Encoding: " + std::string{coding} + "\r\n"; }

}  // namespace

TEST_CASE("a packed body reaches every kind of handler unpacked", "[web][middleware][decompression]") {
  Router router;
  router.use(decompression());
  add_echoes(router);
  for (const Coding coding : codings) {
    for (const std::size_t size : {0U, 5U, 3000U, 400'000U}) {
      const std::string text = prose(size);
      const std::string coded = encoded(coding, text);
      for (const std::string_view path : echoes) {
        INFO(name(coding) << " " << size << " " << path);
        const Reply announced = reply(router, post(path, coding_field(name(coding)), coded));
        CHECK(announced.status == 200);
        CHECK((announced.body == text));
        CHECK(announced.whole);
        const web_test::AskOptions split{.seed = size + 1, .split_chunks = true};
        CHECK((reply(router, post_chunked(path, coding_field(name(coding)), coded, 37), split).body == text));
      }
    }
  }
  const std::string coded = encoded(Coding::gzip, "text");
  CHECK(keeps_connection(router, post("/plain", coding_field("gzip"), coded)));
  CHECK(keeps_connection(router, post_chunked("/read", coding_field("gzip"), coded)));
  CHECK(reply(router, post("/size", coding_field("gzip"), coded)).body == "unknown");
  CHECK(reply(router, post("/size", {}, coded)).body == std::to_string(coded.size()));
}

TEST_CASE("which codings are taken", "[web][middleware][decompression]") {
  Router router;
  router.use(decompression({.codings = {Coding::gzip, Coding::brotli}}));
  add_echoes(router);
  const std::string coded = encoded(Coding::gzip, "text");
  struct Row {
    std::string_view field;
    int status;
  };
  const Row rows[] = {{"gzip", 200},     {"GZip", 200}, {"x-gzip", 200},   {"identity, gzip", 200}, {"gzip, gzip", 415},
                      {"gzip, br", 415}, {"zstd", 415}, {"compress", 415}, {"gzip;q=1", 415},       {"nonsense", 415}};
  for (const Row& row : rows) {
    for (const std::string_view path : {"/plain", "/read"}) {
      INFO(row.field << " " << path);
      const Reply answer = reply(router, post(path, coding_field(row.field), coded));
      CHECK(answer.status == row.status);
      CHECK(answer.field("Accept-Encoding") == (row.status == 415 ? "gzip, br" : ""));
    }
  }
  CHECK(reply(router, post("/plain", coding_field("identity"), "as it is")).body == "as it is");
  CHECK(reply(router, post("/plain", "", "as it is")).body == "as it is");
  CHECK(reply(router, post("/plain", coding_field("gzip"), "")).status == 200);  // no body, no coding
  CHECK(reply(router, post("/missing", coding_field("zstd"), "x")).status == 404);
  const std::string twice = coding_field("gzip") + coding_field("br");
  CHECK(reply(router, post("/plain", twice, coded)).status == 415);
}

TEST_CASE("a body that is not what it says is refused, and ends the connection if it was on its way",
          "[web][middleware][decompression]") {
  Router router;
  router.use(decompression());
  add_echoes(router);
  for (const Coding coding : codings) {
    const std::string good = encoded(coding, prose(5000));
    const std::string cut = good.substr(0, good.size() / 2);
    const std::string longer = good + "trailing bytes";
    for (const std::string_view path : {"/plain", "/task", "/read"}) {
      INFO(name(coding) << " " << path);
      const std::string field = coding_field(name(coding));
      for (const std::string& bad : {std::string{"no such thing, only text"}, cut, longer}) {
        CHECK(reply(router, post(path, field, bad)).status == 400);
        CHECK(reply(router, post_chunked(path, field, bad)).status == 400);
        CHECK(!keeps_connection(router, post_chunked(path, field, bad)));
      }
      CHECK(keeps_connection(router, post("/plain", field, cut)));  // all of it was there
    }
  }
}

TEST_CASE("decoded bytes count against the limit of the body", "[web][middleware][decompression]") {
  web_test::AskOptions options;
  options.server.limits.body = 100'000;
  Router router;
  router.use(decompression());
  add_echoes(router);
  router.post("/larger", [](const Request& request) { return std::to_string(request.body().size()); },
              {.body = 200'000});
  for (const Coding coding : codings) {
    const std::string fits = encoded(coding, prose(100'000));
    const std::string over = encoded(coding, prose(100'001));
    const std::string field = coding_field(name(coding));
    for (const std::string_view path : {"/plain", "/task", "/read"}) {
      INFO(name(coding) << " " << path);
      CHECK(reply(router, post(path, field, fits), options).status == 200);
      CHECK(reply(router, post(path, field, over), options).status == 413);
      CHECK(reply(router, post_chunked(path, field, fits), options).status == 200);
      CHECK(reply(router, post_chunked(path, field, over), options).status == 413);
    }
    CHECK(reply(router, post("/larger", field, over), options).body == "100001");
  }
}

TEST_CASE("a bomb is found by how much it grows", "[web][middleware][decompression]") {
  Router router;
  router.use(decompression({.ratio = 100}));
  add_echoes(router);
  Router patient;
  patient.use(decompression({.ratio = 100'000}));
  add_echoes(patient);
  const std::string zeros(900'000, '0');
  for (const Coding coding : codings) {
    const std::string bomb = encoded(coding, zeros);
    const std::string field = coding_field(name(coding));
    INFO(name(coding) << " " << bomb.size());
    for (const std::string_view path : {"/plain", "/task", "/read"}) {
      CHECK(reply(router, post(path, field, bomb)).status == 413);
      CHECK(reply(router, post_chunked(path, field, bomb)).status == 413);
      CHECK(reply(patient, post(path, field, bomb)).status == 200);
    }
    const std::string small = encoded(coding, std::string(60'000, '0'));
    CHECK(reply(router, post("/plain", field, small)).status == 200);
  }
  CHECK_THROWS_AS(decompression({.ratio = 0}), gyre::SetupError);
  CHECK_THROWS_AS(decompression({.codings = {Coding::identity}}), gyre::SetupError);
}

TEST_CASE("a body in memory is decoded in turns, however little it stands for", "[web][middleware][decompression]") {
  int turns = 0;
  int turns_when_held = 0;
  int turns_when_decoded = 0;
  Router router;
  router.use(
      [&](Request& asked, gyre::Next next) -> Task<Response> {
        const gyre::Result<void> collected = co_await asked.collect();
        collected.value();
        turns_when_held = turns;
        co_return co_await next(asked);
      },
      decompression());
  router.post("/", [&](const Request& asked) {
    turns_when_decoded = turns;
    return std::to_string(asked.body().size());
  });
  const std::string member = encoded(Coding::gzip, "");
  std::string members;
  while (members.size() < 500'000) members += member;
  gyre::SimLoop loop;
  std::string answer;
  bool done = false;
  auto count = [&]() -> Task<> {
    while (!done) {
      co_await gyre::sleep_until(gyre::TimePoint{});
      ++turns;
    }
  };
  gyre::test::with_routes(loop, router, [&](gyre::test::RouteSite& site) -> Task<> {
    gyre::Context& context = co_await gyre::this_context();
    gyre::Scope scope{context};
    scope.spawn(count());
    answer = co_await site.ask(post("/", coding_field("gzip") + "Connection: close\r\n", members));
    done = true;
    co_await scope.join();
  });
  CHECK(answer.ends_with("\r\n\r\n0"));
  CHECK(turns_when_decoded - turns_when_held >= 500'000 / (64 * 1024));
}

TEST_CASE("a body that breaks while an answer is streamed cuts the answer", "[web][middleware][decompression]") {
  Router router;
  router.use(decompression());
  add_echoes(router);
  const std::string good = encoded(Coding::gzip, prose(50'000));
  const std::string answer =
      web_test::raw_answer(router, post("/stream", coding_field("gzip"), good.substr(0, good.size() - 10)));
  CHECK(answer.find("\r\n0\r\n") == std::string::npos);
}

TEST_CASE("an expected 100 is sent when the body is first read", "[web][middleware][decompression]") {
  Router router;
  router.use(decompression());
  add_echoes(router);
  const std::string coded = encoded(Coding::gzip, "text");
  for (const std::string_view path : {"/plain", "/read"}) {
    gyre::SimLoop loop;
    std::string answer;
    gyre::test::with_routes(loop, router, [&](gyre::test::RouteSite& site) -> Task<> {
      gyre::test::ClientStream stream = co_await site.connect();
      const std::string bytes =
          post(path, coding_field("gzip") + "Expect: 100-continue\r\nConnection: close\r\n", coded);
      const std::size_t head = bytes.find("\r\n\r\n") + 4;
      co_await gyre::test::send(stream, std::string_view{bytes}.substr(0, head));
      answer = co_await gyre::test::read_until(stream, "\r\n\r\n");
      co_await gyre::test::send(stream, std::string_view{bytes}.substr(head));
      answer += co_await gyre::test::read_to_end(stream);
    });
    INFO(path);
    CHECK(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
    CHECK(answer.ends_with("\r\n\r\ntext"));
  }
}

TEST_CASE("a limit for some routes", "[web][middleware][body_limit]") {
  Router router;
  router.use(gyre::body_limit(1000));
  add_echoes(router);
  struct Row {
    std::size_t size;
    int status;
  };
  for (const Row& row : {Row{0, 200}, Row{1000, 200}, Row{1001, 413}, Row{90'000, 413}}) {
    for (const std::string_view path : echoes) {
      INFO(row.size << " " << path);
      const std::string body = prose(row.size);
      CHECK(reply(router, post(path, {}, body)).status == row.status);
      if (path == "/stream" && row.status == 413) continue;  // it has answered before it read
      CHECK(reply(router, post_chunked(path, {}, body)).status == row.status);
    }
  }
  CHECK(keeps_connection(router, post("/plain", {}, prose(1001))));
  CHECK(!keeps_connection(router, post_chunked("/plain", {}, prose(5000))));
  CHECK(!keeps_connection(router, post_chunked("/read", {}, prose(5000))));
}

TEST_CASE("the lowest limit counts, on either side of a decoder", "[web][middleware][body_limit]") {
  Router outside;
  outside.use(gyre::body_limit(2000), gyre::body_limit(1 << 20), decompression());
  add_echoes(outside);
  Router inside;
  inside.use(decompression(), gyre::body_limit(2000));
  add_echoes(inside);
  const std::string field = coding_field("gzip");
  for (Router* router : {&outside, &inside}) {
    for (const std::string_view path : {"/plain", "/read"}) {
      INFO((router == &inside ? "inside " : "outside ") << path);
      CHECK(reply(*router, post(path, field, encoded(Coding::gzip, prose(2000)))).status == 200);
      CHECK(reply(*router, post(path, field, encoded(Coding::gzip, prose(2001)))).status == 413);
      CHECK(reply(*router, post_chunked(path, field, encoded(Coding::gzip, prose(2001)))).status == 413);
    }
  }
}

TEST_CASE("a body's own failure stays its own behind recover", "[web][middleware][recover]") {
  Router router;
  router.use(gyre::recover(), gyre::body_limit(1000), decompression());
  add_echoes(router);
  CHECK(reply(router, post_chunked("/plain", {}, prose(5000))).status == 413);
  CHECK(reply(router, post_chunked("/read", {}, prose(5000))).status == 413);
  CHECK(reply(router, post_chunked("/read", coding_field("gzip"), "no gzip")).status == 400);
  const std::string broken = gyre::test::request("POST /read", "Transfer-Encoding: chunked\r\n", "nonsense\r\n");
  CHECK(reply(router, broken).status == 400);
}
