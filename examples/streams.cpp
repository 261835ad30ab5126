// Bodies, streams and events: build/examples/streams --port 8080, then open http://127.0.0.1:8080/ or try
//
//   curl -N http://127.0.0.1:8080/clock                            events, one a second
//   curl -T README.md http://127.0.0.1:8080/upper                  an upload that comes back while it arrives
//   head -c 50M /dev/zero | curl -T - http://127.0.0.1:8080/size   an upload in chunks, counted and not kept
//   curl http://127.0.0.1:8080/numbers/1000000 | tail -n 1         a long answer

#include <gyre/gyre.hpp>

#include <cstdlib>
#include <string>

namespace {

using namespace std::chrono_literals;

constexpr std::string_view page = R"(<!doctype html>
<meta charset="utf-8"><title>gyre: streams</title>
<h1>Events</h1><p>The server has sent <b id="count">no</b> events.</p>
<script>
new EventSource("/clock").addEventListener("second", event => { count.textContent = event.data; });
</script>
)";

/// Goes on behind the last event that a client got before its connection broke.
gyre::Response ticks(gyre::LastEventId last) {
  const int first = last.id.empty() ? 1 : std::atoi(std::string{last.id}.c_str()) + 1;
  return gyre::event_stream([first](gyre::EventStream& events) -> gyre::Task<> {
    for (int number = first;; ++number) {
      const std::string text = std::to_string(number);
      co_await events.send({.data = text, .event = "second", .id = text});
      co_await gyre::sleep_for(1s);
    }
  });
}

gyre::Response upper(gyre::Body body) {
  return gyre::Response::stream([body](gyre::BodyWriter& out) mutable -> gyre::Task<> {
    for (;;) {
      const gyre::Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return;
      std::string text{*piece};
      for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      co_await out.write(text);
    }
  });
}

gyre::Task<std::string> size(gyre::Body body) {
  std::uint64_t bytes = 0;
  for (;;) {
    const gyre::Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) co_return std::to_string(bytes) + " bytes\n";
    bytes += piece->size();
  }
}

gyre::Generator<std::string> numbers(int count) {
  for (int number = 1; number <= count; ++number) co_yield std::to_string(number) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t upload_max = std::size_t{4} << 30;
  gyre::App app;
  app.get("/", [] { return gyre::Response{page}.with_content_type("text/html; charset=utf-8"); });
  app.get("/clock", ticks);
  app.put("/upper", upper, {.body = upload_max});
  app.put("/size", size, {.body = upload_max});
  app.get("/numbers/{count}", [](gyre::Path<int> count) { return gyre::Response::generate(numbers(*count)); });
  return app.run(gyre::run_options(argc, argv));
}
