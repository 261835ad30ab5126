#include <gyre/app/app.hpp>
#include <gyre/gyre.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/testing/testing.hpp>
#include <gyre/web/middleware/compression.hpp>
#include <gyre/web/middleware/decompression.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace gyre;
using testing::Answer;
using testing::Client;
using testing::TestRequest;

namespace {

/// Takes several turns to pack and to unpack.
std::string text() {
  std::string lines;
  for (int number = 0; lines.size() < 80'000; ++number) lines += "line " + std::to_string(number * 7919) + " of many\n";
  return lines;
}

std::string unpacked(Coding coding, std::string_view packed) {
  Decoder decoder{coding};
  std::string whole;
  char room[16'384];
  for (;;) {
    const Result<CodingStep> step = decoder.step(packed, room);
    if (!step || (step->used == 0 && step->made == 0)) return whole;
    packed.remove_prefix(step->used);
    whole.append(room, step->made);
  }
}

void set_up(App& app) {
  app.on_log([](const LogRecord&) {});
  app.use(compression(), decompression());
  app.get("/whole", [] { return text(); });
  app.get("/stream", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
             const std::string lines = text();
             for (std::string_view rest = lines; !rest.empty();) {
               const std::string_view piece = rest.substr(0, 20'000);
               co_await out.write(piece);
               co_await out.flush();
               rest.remove_prefix(piece.size());
             }
           })
        .with_content_type("text/plain");
  });
  app.post("/whole", [](const Request& request) { return std::to_string(request.body().size()); });
  app.post("/stream", [](Body body) -> Task<std::string> {
    std::size_t size = 0;
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return std::to_string(size);
      size += piece->size();
    }
  });
}

Task<> visit(Client& client) {
  const std::string lines = text();
  for (const Coding coding : {Coding::gzip, Coding::zstd}) {
    INFO(name(coding));
    for (const char* target : {"/whole", "/stream"}) {
      INFO(target);
      TestRequest get{Method::get, target};
      get.field("Accept-Encoding", name(coding));
      const Answer answer = co_await client.send(get);
      CHECK(answer.status() == Status::ok);
      CHECK((unpacked(coding, answer.body()) == lines));
      TestRequest post{Method::post, target};
      post.body(encode_all(coding, lines), "text/plain").field("Content-Encoding", name(coding));
      const Answer size = co_await client.send(post);
      CHECK(size.body() == std::to_string(lines.size()));
    }
  }
}

}  // namespace

TEST_CASE("packed bodies of which each operation fails are whole or cut", "[web][middleware][compression]") {
  App app;
  set_up(app);
  CHECK(testing::fail_each_operation(app, visit) > 20);
}

TEST_CASE("packed bodies whose client leaves at each operation leave nothing", "[web][middleware][compression]") {
  App app;
  set_up(app);
  CHECK(testing::cancel_each_operation(app, visit) > 20);
}
