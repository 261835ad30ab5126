// The service that framework benchmarks measure: build/benchmarks/arena --port N --threads N --backend auto|uring|epoll
// Everything that gyre::App gives every application is on: limits, checks, dates.

#include <gyre/gyre.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace std::chrono_literals;

long long number(std::string_view text) { return gyre::wire::parse_integer<long long>(text).value_or(0); }

std::string sum(const gyre::Request& request) {
  const long long query = number(request.query("a").value_or("")) + number(request.query("b").value_or(""));
  return std::to_string(query + number(request.body()));
}

gyre::Response json() { return gyre::Response{R"({"message":"Hello, World!"})"}.with_content_type("application/json"); }

/// The body comes back as it arrives.
gyre::Response echo(gyre::Body body) {
  gyre::Response response = gyre::Response::stream([body](gyre::BodyWriter& out) mutable -> gyre::Task<> {
    for (;;) {
      const gyre::Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return;
      co_await out.write(*piece);
    }
  });
  response.set_content_type("application/octet-stream");
  return response;
}

/// How many bytes came, for uploads that are measured.
gyre::Task<std::string> upload(gyre::Body body) {
  std::uint64_t bytes = 0;
  for (;;) {
    const gyre::Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) co_return std::to_string(bytes);
    bytes += piece->size();
  }
}

gyre::Task<> write_bytes(gyre::BodyWriter* out, std::uint64_t left) {
  static const std::string piece(64 * 1024, 'x');
  while (left > 0) {
    const std::uint64_t size = std::min<std::uint64_t>(left, piece.size());
    co_await out->write({piece.data(), static_cast<std::size_t>(size)});
    left -= size;
  }
}

/// So many bytes, their number announced.
gyre::Response bytes(gyre::Path<std::uint64_t> count) {
  gyre::Response response =
      gyre::Response::stream(*count, [count = *count](gyre::BodyWriter& out) { return write_bytes(&out, count); });
  response.set_content_type("application/octet-stream");
  return response;
}

/// `numbytes` (10) bytes, spread over `duration` (2) seconds.
gyre::Response drip(const gyre::Request& request) {
  const auto asked = [&](std::string_view key, long long otherwise, long long most) {
    const auto text = request.query(key);
    return text ? std::clamp(number(*text), 0LL, most) : otherwise;
  };
  const long long count = asked("numbytes", 10, 1'000'000);
  const auto pause = asked("duration", 2, 60) * 1000ms / std::max(count, 1LL);
  const auto write = [count, pause](gyre::BodyWriter& out) -> gyre::Task<> {
    for (long long written = 0; written < count; ++written) {
      co_await out.write("*");
      co_await gyre::sleep_for(pause);
    }
  };
  return gyre::Response::stream(static_cast<std::uint64_t>(count), write);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t upload_max = std::size_t{4} << 30;
  gyre::App app;
  app.get("/", [] { return "gyre arena\n"; });
  app.get("/plaintext", [] { return "Hello, World!"; });
  app.get("/json", json);
  app.get("/pipeline", [] { return "ok"; });
  app.get("/baseline11", sum);
  app.post("/baseline11", sum);
  app.post("/upload", upload, {.body = upload_max});
  app.post("/echo", echo, {.body = upload_max});
  app.get("/bytes/{count}", bytes);
  app.get("/drip", drip);
  return app.run(gyre::run_options(argc, argv));
}
