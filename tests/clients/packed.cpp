// A service that packs its answers and unpacks what it is sent, for programs_test.py.

#include <gyre/gyre.hpp>
#include <gyre/web/extract.hpp>

#include <chrono>
#include <string>

namespace {

/// Numbered lines: what they must be is easily told by the other side.
std::string lines(int count) {
  std::string text;
  for (int line = 0; line < count; ++line) text += "line " + std::to_string(line) + "\n";
  return text;
}

gyre::Response stream(gyre::Path<int> count) {
  gyre::Response response = gyre::Response::stream([count = *count](gyre::BodyWriter& out) -> gyre::Task<> {
    for (int line = 0; line < count; ++line) {
      const std::string text = "line " + std::to_string(line) + "\n";
      co_await out.write(text);
    }
  });
  response.set_content_type("text/plain");
  return response;
}

gyre::Task<std::string> sum(gyre::Body body) {
  std::uint64_t bytes = 0;
  for (;;) {
    const gyre::Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) co_return std::to_string(bytes);
    bytes += piece->size();
  }
}

}  // namespace

int main(int argc, char** argv) {
  gyre::App app;
  app.use(gyre::request_id(), gyre::recover(), gyre::compression(), gyre::decompression());
  app.get("/lines/{count}", [](gyre::Path<int> count) { return lines(*count); });
  app.get("/stream/{count}", stream);
  app.get("/events", [] {
    return gyre::event_stream([](gyre::EventStream& events) -> gyre::Task<> {
      co_await events.send({.data = "first"});
      co_await gyre::sleep_for(std::chrono::hours{1});
    });
  });
  app.post("/echo", [](const gyre::Request& request) { return std::string{request.body()}; });
  app.post("/sum", sum);
  return app.run(gyre::run_options(argc, argv));
}
