// The service that framework benchmarks measure: build/benchmarks/arena --port N --threads N --backend auto|uring|epoll
// Everything that gyre::App gives every application is on: limits, checks, dates. What HttpArena mounts into its
// container is taken from there, or from where environment variables say: see README.md.

#include "http2_beside.hpp"
#include "items.hpp"

#include <gyre/gyre.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
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

/// A path: the value of an environment variable, or the usual one if something is there; else empty.
std::string mounted(const char* variable, const char* usual) {
  const char* const given = std::getenv(variable);
  if (given != nullptr && *given != '\0') return given;
  return std::filesystem::exists(usual) ? usual : "";
}

/// Articles, packed for clients that accept it.
void add_items(gyre::App& app, const std::vector<gyre_benchmark::Item>& items) {
  gyre::Group group = app.group("/json");
  group.use(gyre::compression());
  group.get("/{count}", [&items](gyre::Path<std::size_t> count, const gyre::Request& request) {
    return gyre::Json{gyre_benchmark::price(items, *count, number(request.query("m").value_or("1")))};
  });
}

void add_routes(gyre::App& app, const std::vector<gyre_benchmark::Item>& items) {
  constexpr std::size_t upload_max = std::size_t{4} << 30;
  app.get("/", [] { return "gyre arena\n"; });
  app.get("/plaintext", [] { return "Hello, World!"; });
  app.get("/json", json);
  app.get("/pipeline", [] { return "ok"; });
  app.get("/baseline11", sum);
  app.post("/baseline11", sum);
  app.get("/baseline2", sum);
  app.post("/upload", upload, {.body = upload_max});
  app.post("/echo", echo, {.body = upload_max});
  app.get("/bytes/{count}", bytes);
  app.get("/drip", drip);
  if (!items.empty()) add_items(app, items);
  if (const std::string files = mounted("STATIC_PATH", "/data/static"); !files.empty()) {
    app.get("/static/{path...}", gyre::static_files(files, {.precompressed = true}));
  }
}

/// HTTPS with the certificate that is mounted, unless the command line has one.
void add_tls(gyre::RunOptions& options) {
  if (options.tls && !(options.tls->chain.empty() && options.tls->development.empty())) return;
  const std::string chain = mounted("TLS_CERT", "/certs/server.crt");
  if (chain.empty()) return;
  if (!options.tls) options.tls.emplace().port = 8081;
  options.tls->chain = chain;
  options.tls->key = mounted("TLS_KEY", "/certs/server.key");
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<gyre_benchmark::Item> items;
  if (const std::string dataset = mounted("DATASET_PATH", "/data/dataset.json"); !dataset.empty()) {
    items = gyre_benchmark::read_items(dataset);
  }
  gyre::App app;
  add_routes(app, items);
  gyre::RunOptions options = gyre::run_options(argc, argv);
  add_tls(options);
  gyre_benchmark::Http2Beside beside;
  add_routes(beside.app(), items);
  beside.start(options);
  return app.run(std::move(options));
} catch (const std::exception& error) {
  std::fprintf(stderr, "arena: %s\n", error.what());
  return 1;
}
