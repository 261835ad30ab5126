#include "middleware_support.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/middleware/compression.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using gyre::BodyWriter;
using gyre::Coding;
using gyre::compression;
using gyre::CompressionFlush;
using gyre::Response;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using gyre::test::request;
using web_test::decoded;
using web_test::prose;
using web_test::Reply;
using web_test::reply;
using namespace std::chrono_literals;

namespace {

const std::string page = prose(5000);

Response page_with(std::string_view name, std::string_view value) { return Response{page}.with(name, value); }

/// A page of each kind.
void add_pages(Router& router) {
  router.get("/page", [] { return Response{page}; })
      .get("/small", [] { return Response{page.substr(0, 1023)}; })
      .get("/edge", [] { return Response{page.substr(0, 1024)}; })
      .get("/json", [] { return Response{page}.with_content_type("application/problem+json"); })
      .get("/image", [] { return Response{page}.with_content_type("image/png"); })
      .get("/untyped", [] { return Response{page}.with_content_type(""); })
      .get("/tagged", [] { return page_with("ETag", "\"abc\""); })
      .get("/weak", [] { return page_with("ETag", "W/\"abc\""); })
      .get("/coded", [] { return page_with("Content-Encoding", "x-mine"); })
      .get("/digest", [] { return page_with("Repr-Digest", "sha-256=:AAAA:"); })
      .get("/as-it-is", [] { return page_with("Cache-Control", "max-age=5, no-transform"); })
      .get("/part", [] { return Response{Status::partial_content, page}; })
      .get("/unmodified", [] { return Response{Status::not_modified}.with("ETag", "\"abc\""); })
      .get("/none", [] { return Status::no_content; })
      .get("/varied", [] { return page_with("Vary", "Origin, accept-encoding"); })
      .get("/ranges", [] { return page_with("Accept-Ranges", "bytes"); })
      .get("/error", [] { return Response{Status::internal_server_error, page}; })
      .get("/stream", [] {
        Response response = Response::stream([](BodyWriter& out) -> Task<> {
          for (std::string_view rest = page; !rest.empty();
               rest.remove_prefix(std::min<std::size_t>(rest.size(), 700))) {
            co_await out.write(rest.substr(0, 700));
          }
          out.add_trailer("X-Sum", "7");
        });
        response.set_content_type("text/plain");
        return response;
      });
}

Reply get(Router& router, std::string_view path, std::string_view accept) {
  const std::string fields = accept.empty() ? "" : "Accept-Encoding: " + std::string{accept} + "\r\n";
  return reply(router, request("GET " + std::string{path}, fields));
}

}  // namespace

TEST_CASE("which coding a client gets", "[web][middleware][compression]") {
  Router router;
  router.use(compression());
  add_pages(router);
  struct Row {
    std::string_view accept;
    std::string_view coding;
  };
  const Row rows[] = {
      {"", ""},
      {"gzip", "gzip"},
      {"GZIP", "gzip"},
      {"x-gzip", "gzip"},
      {"gzip, br, zstd", "zstd"},
      {"gzip, br", "br"},
      {"gzip;q=0.9, br;q=0.8", "gzip"},
      {"gzip;q=0", ""},
      {"*", "zstd"},
      {"*, zstd;q=0", "br"},
      {"deflate", ""},
      {"compress, lzma", ""},
      {"identity", ""},
      {"identity, gzip;q=0.5", ""},
      {"gzip;q=1.5", ""},
      {"gzip;;q", ""},
      {"identity;q=0, gzip", "gzip"},
      {"identity;q=0, lzma", ""},
      {"*;q=0", ""},
  };
  for (const Row& row : rows) {
    const Reply answer = get(router, "/page", row.accept);
    INFO(row.accept);
    CHECK(answer.status == 200);
    CHECK(answer.field("Content-Encoding") == row.coding);
    CHECK(answer.field("Vary") == "Accept-Encoding");
    CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    const Coding coding = gyre::parse_coding(row.coding).value_or(Coding::identity);
    CHECK((coding == Coding::identity ? answer.body : decoded(coding, answer.body)) == page);
  }
  CHECK(reply(router, request("GET /page", "Accept-Encoding: lzma\r\nAccept-Encoding: gzip\r\n"))
            .field("Content-Encoding") == "gzip");
}

TEST_CASE("which answers are packed", "[web][middleware][compression]") {
  Router router;
  router.use(compression({.codings = {Coding::gzip}}));
  add_pages(router);
  struct Row {
    std::string_view path;
    int status;
    std::string_view coding;
    std::string_view vary;
    std::string_view tag = {};
  };
  const Row rows[] = {
      {"/page", 200, "gzip", "Accept-Encoding"},
      {"/small", 200, "", ""},
      {"/edge", 200, "gzip", "Accept-Encoding"},
      {"/json", 200, "gzip", "Accept-Encoding"},
      {"/image", 200, "", ""},
      {"/untyped", 200, "", ""},
      {"/tagged", 200, "gzip", "Accept-Encoding", "W/\"abc\""},
      {"/weak", 200, "gzip", "Accept-Encoding", "W/\"abc\""},
      {"/coded", 200, "x-mine", ""},
      {"/digest", 200, "", ""},
      {"/as-it-is", 200, "", ""},
      {"/part", 206, "", ""},
      {"/unmodified", 304, "", "Accept-Encoding", "W/\"abc\""},
      {"/none", 204, "", ""},
      {"/varied", 200, "gzip", "Origin, accept-encoding"},
      {"/ranges", 200, "gzip", "Accept-Encoding"},
      {"/error", 500, "gzip", "Accept-Encoding"},
      {"/missing", 404, "", ""},
      {"/stream", 200, "gzip", "Accept-Encoding"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    const Reply answer = get(router, row.path, "gzip");
    CHECK(answer.status == row.status);
    CHECK(answer.field("Content-Encoding") == row.coding);
    CHECK(answer.field("Vary") == row.vary);
    CHECK(answer.field("ETag") == row.tag);
    CHECK(answer.field("Accept-Ranges") == "");
    CHECK(answer.whole);
    if (row.coding == "gzip") CHECK((decoded(Coding::gzip, answer.body) == page || row.path == "/edge"));

    const Reply plain = get(router, row.path, "");
    CHECK(plain.field("Content-Encoding") == (row.coding == "x-mine" ? "x-mine" : ""));
    CHECK(plain.field("Vary") == row.vary);
    CHECK(plain.field("ETag") == (row.path == "/tagged" || row.path == "/unmodified" ? "\"abc\"" : row.tag));
  }
}

TEST_CASE("a client that rules identity out gets any type packed", "[web][middleware][compression]") {
  Router router;
  router.use(compression());
  add_pages(router);
  CHECK(get(router, "/image", "gzip, identity;q=0").field("Content-Encoding") == "gzip");
  CHECK(get(router, "/small", "gzip, *;q=0").field("Content-Encoding") == "gzip");
  CHECK(get(router, "/as-it-is", "gzip, *;q=0").field("Content-Encoding") == "");
}

TEST_CASE("HEAD has the fields of GET", "[web][middleware][compression]") {
  Router router;
  router.use(compression());
  add_pages(router);
  for (const std::string_view path : {"/page", "/stream", "/small", "/tagged"}) {
    INFO(path);
    const Reply of_get = get(router, path, "br");
    const Reply of_head = reply(router, request("HEAD " + std::string{path}, "Accept-Encoding: br\r\n"));
    CHECK(of_head.fields == of_get.fields);
    CHECK(of_head.body == "");
  }
}

TEST_CASE("HEAD of a file, which is not read, has the fields of GET", "[web][middleware][compression]") {
  Router router;
  router.use(compression());
  router.get("/{size}", [](gyre::Path<std::size_t> size, const gyre::Request& asked) {
    Response response{page.substr(0, *size)};
    if (asked.method() == gyre::Method::head) {
      response = Response::stream(*size, [](BodyWriter&) -> Task<> { co_return; });
      response.set_content_type("text/plain; charset=utf-8");
    }
    response.add("ETag", "\"abc\"").add("Accept-Ranges", "bytes");
    return response;
  });
  for (const std::string_view path : {"/0", "/1", "/1023", "/1024", "/5000"}) {
    for (const std::string_view accept : {"br", "br, identity;q=0"}) {
      INFO(path << " " << accept);
      const Reply of_get = get(router, path, accept);
      const Reply of_head =
          reply(router, request("HEAD " + std::string{path}, "Accept-Encoding: " + std::string{accept} + "\r\n"));
      for (const std::string_view name : {"Content-Encoding", "ETag", "Vary", "Accept-Ranges", "Content-Type"}) {
        INFO(name);
        CHECK(of_head.field(name) == of_get.field(name));
      }
    }
  }
}

TEST_CASE("types and sizes can be chosen, and what does not shrink is left", "[web][middleware][compression]") {
  Router router;
  router.use(compression({.min_size = 10, .types = {"image/*", "+json", "text/html"}}));
  std::string noise;
  for (std::uint32_t i = 1, x = 1; i < 3000; ++i) noise += static_cast<char>((x = x * 1664525U + 1013904223U) >> 24U);
  router.get("/noise", [noise] { return Response{noise}.with_content_type("image/png"); });
  add_pages(router);
  CHECK(get(router, "/image", "gzip").field("Content-Encoding") == "gzip");
  CHECK(get(router, "/json", "gzip").field("Content-Encoding") == "gzip");
  CHECK(get(router, "/page", "gzip").field("Content-Encoding") == "");
  for (const std::string_view accept : {"gzip", "br", "zstd"}) {
    const Reply answer = get(router, "/noise", accept);
    CHECK(answer.field("Content-Encoding") == "");
    CHECK(answer.body == noise);
  }
  CHECK(get(router, "/noise", "gzip, identity;q=0").field("Content-Encoding") == "gzip");
}

TEST_CASE("bad options are told at set-up", "[web][middleware][compression]") {
  CHECK_THROWS_AS(compression({.codings = {Coding::identity}}), gyre::SetupError);
  CHECK_THROWS_WITH(compression({.gzip_level = 10}), Catch::Contains("gzip has no level 10"));
  CHECK_NOTHROW(compression({.codings = {Coding::brotli}, .gzip_level = 10}));
}

TEST_CASE("a large body takes turns, so that others get theirs", "[web][middleware][compression]") {
  const std::string large = prose(1 << 20);
  Router router;
  router.use(compression({.codings = {Coding::gzip}}));
  router.get("/large", [&large] { return Response{std::string_view{large}}; });
  gyre::SimLoop loop;
  int turns = 0;
  std::string answer;
  bool done = false;
  // Another task of the same loop that only counts the turns that it gets meanwhile.
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
    answer = co_await site.ask(request("GET /large", "Accept-Encoding: gzip\r\nConnection: close\r\n"));
    done = true;
    co_await scope.join();
  });
  std::string_view rest = answer;
  const Reply taken = web_test::take_reply(rest);
  CHECK(taken.field("Content-Encoding") == "gzip");
  CHECK(decoded(Coding::gzip, taken.body) == large);
  CHECK(turns > (1 << 20) / (32 * 1024));
}

TEST_CASE("a streamed answer is coded, with its trailers, and has no length", "[web][middleware][compression]") {
  Router router;
  router.use(compression());
  add_pages(router);
  router.get("/known", [] {
    Response response = Response::stream(page.size(), [](BodyWriter& out) -> Task<> { co_await out.write(page); });
    response.set_content_type("text/plain");
    return response;
  });
  for (const std::string_view path : {"/stream", "/known"}) {
    const std::string answer = web_test::raw_answer(
        router, request("GET " + std::string{path}, "Accept-Encoding: br\r\nConnection: close\r\n"));
    std::string_view rest = answer;
    const Reply taken = web_test::take_reply(rest);
    CHECK(taken.whole);
    CHECK(taken.field("Content-Length") == "");
    CHECK(decoded(Coding::brotli, taken.body) == page);
    if (path == "/stream") CHECK(answer.ends_with("X-Sum: 7\r\n\r\n"));
  }
}

TEST_CASE("a stream that fails or is too short is cut", "[web][middleware][compression]") {
  Router router;
  int faults = 0;
  router.on_error([&](const gyre::ErrorReport&) { ++faults; });
  router.use(compression());
  const auto text = [](Response response) {
    response.set_content_type("text/plain");
    return response;
  };
  router
      .get("/throws",
           [&] {
             return text(Response::stream([](BodyWriter& out) -> Task<> {
               co_await out.write(page);
               throw std::runtime_error{"half way"};
             }));
           })
      .get(
          "/short",
          [&] {
            return text(Response::stream(page.size() + 1, [](BodyWriter& out) -> Task<> { co_await out.write(page); }));
          })
      .get("/long", [&] {
        return text(Response::stream(page.size() - 1, [](BodyWriter& out) -> Task<> { co_await out.write(page); }));
      });
  for (const std::string_view path : {"/throws", "/short", "/long"}) {
    INFO(path);
    const std::string bytes = request("GET " + std::string{path}, "Accept-Encoding: zstd\r\n");
    CHECK(web_test::raw_answer(router, bytes).find("\r\n0\r\n") == std::string::npos);
  }
  CHECK(faults == 3);
}

TEST_CASE("what a stream writes arrives at once, as without a coding", "[web][middleware][compression]") {
  for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd}) {
    Router router;
    router.use(compression({.codings = {coding}}));
    router.get("/events", [] {
      return gyre::event_stream([](gyre::EventStream& events) -> Task<> {
        for (int number = 0; number < 3; ++number) {
          co_await events.send({.data = std::to_string(number)});
          co_await gyre::sleep_for(1s);
        }
      });
    });
    gyre::SimLoop loop;
    std::vector<std::string> seen;
    gyre::test::with_routes(loop, router, [&](gyre::test::RouteSite& site) -> Task<> {
      gyre::test::ClientStream stream = co_await site.connect();
      co_await gyre::test::send(stream,
                                request("GET /events", "Accept-Encoding: " + std::string{name(coding)} + "\r\n"));
      std::string bytes;
      std::byte buffer[4096];
      for (int number = 0; number < 3; ++number) {
        co_await gyre::sleep_for(500ms);
        const gyre::Result<std::size_t> count = co_await stream.read(buffer);
        bytes += gyre::as_text(gyre::Bytes{buffer, count.value()});
        std::string_view rest = bytes;
        seen.push_back(decoded(coding, web_test::take_reply(rest).body));
        co_await gyre::sleep_for(500ms);
      }
    });
    INFO(name(coding));
    CHECK(seen ==
          std::vector<std::string>{"data: 0\n\n", "data: 0\n\ndata: 1\n\n", "data: 0\n\ndata: 1\n\ndata: 2\n\n"});
  }
}

TEST_CASE("if it is asked for, only what is flushed arrives", "[web][middleware][compression]") {
  Router router;
  router.use(compression({.codings = {Coding::gzip}, .flush = CompressionFlush::asked}));
  router.get("/", [] {
    Response response = Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("kept ");
      co_await gyre::sleep_for(10s);
      co_await out.write("and flushed");
      co_await out.flush();
      co_await gyre::sleep_for(10s);
    });
    response.set_content_type("text/plain");
    return response;
  });
  gyre::SimLoop loop;
  std::string first;
  std::string second;
  gyre::test::with_routes(loop, router, [&](gyre::test::RouteSite& site) -> Task<> {
    gyre::test::ClientStream stream = co_await site.connect();
    co_await gyre::test::send(stream, request("GET /", "Accept-Encoding: gzip\r\n"));
    std::string bytes;
    std::byte buffer[4096];
    for (std::string* part : {&first, &second}) {
      co_await gyre::sleep_for(5s);
      const gyre::Result<std::size_t> count = co_await stream.read(buffer);
      bytes += gyre::as_text(gyre::Bytes{buffer, count.value()});
      std::string_view rest = bytes;
      *part = decoded(Coding::gzip, web_test::take_reply(rest).body);
      co_await gyre::sleep_for(5s);
    }
  });
  CHECK(first == "");
  CHECK(second == "kept and flushed");
}

TEST_CASE("a writer that is faster than the encoder or the client waits", "[web][middleware][compression]") {
  const std::string large = prose(3 << 20);
  Router router;
  router.use(compression());
  int waits = 0;
  router.get("/", [&] {
    Response response = Response::stream([&](BodyWriter& out) -> Task<> {
      for (std::string_view rest = large; !rest.empty();
           rest.remove_prefix(std::min<std::size_t>(rest.size(), 300'000))) {
        BodyWriter::Write write = out.write(rest.substr(0, 300'000));
        if (!out.sink().has_room()) ++waits;
        co_await write;
      }
      co_await out.flush();
    });
    response.set_content_type("text/plain");
    return response;
  });
  for (const std::string_view accept : {"gzip", "br", "zstd"}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const web_test::AskOptions options{.seed = seed, .split_chunks = seed != 1};
      const Reply answer = reply(
          router, request("GET /", "Accept-Encoding: " + std::string{accept} + "\r\nConnection: close\r\n"), options);
      INFO(accept << " " << seed);
      CHECK(answer.whole);
      CHECK(decoded(*gyre::parse_coding(accept), answer.body) == large);
    }
  }
  CHECK(waits == 0);  // each write ended with room for the next
}

TEST_CASE("a file goes through the encoder", "[web][middleware][compression]") {
  const std::string text = prose(200'000);
  Router router;
  router.use(compression());
  router.get("/", []() -> Task<Response> {
    gyre::Result<gyre::File> file = co_await gyre::File::open("page.txt");
    Response response = Response::file(std::move(file).value(), 0, 200'000);
    response.set_content_type("text/plain");
    co_return std::move(response);
  });
  gyre::SimLoop loop;
  loop.put_file("page.txt", text);
  std::string answer;
  gyre::test::with_routes(loop, router, [&](gyre::test::RouteSite& site) -> Task<> {
    answer = co_await site.ask(request("GET /", "Accept-Encoding: gzip\r\nConnection: close\r\n"));
  });
  std::string_view rest = answer;
  CHECK(decoded(Coding::gzip, web_test::take_reply(rest).body) == text);
}

TEST_CASE("a client that leaves in the middle of packing stops it", "[web][middleware][compression]") {
  const std::string large = prose(8 << 20);
  Router router;
  router.use(compression({.codings = {Coding::gzip}}));
  router.get("/whole", [&large] { return Response{std::string_view{large}}; });
  router.get("/stream", [&large] {
    Response response = Response::stream([&](BodyWriter& out) -> Task<> { co_await out.write(large); });
    response.set_content_type("text/plain");
    return response;
  });
  for (const std::string_view path : {"/whole", "/stream"}) {
    gyre::SimLoop loop;
    gyre::test::with_routes(loop, router, [&](gyre::test::RouteSite& site) -> Task<> {
      {
        gyre::test::ClientStream stream = co_await site.connect();
        co_await gyre::test::send(stream, request("GET " + std::string{path}, "Accept-Encoding: gzip\r\n"));
        co_await gyre::sleep_until(gyre::TimePoint{});
      }
      co_await site.quiet();
    });
    CHECK(loop.open_descriptors() == 0);
  }
}
