// A service with something to see for every kind of client, for programs_test.py, tls_test.py and http2_test.py: each
// route shows one thing that HTTP can do. GALLERY_IDLE is how many milliseconds an idle connection is kept.

#include <gyre/gyre.hpp>
#include <gyre/web/extract.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace {

constexpr std::size_t upload_max = std::size_t{1} << 30;
constexpr std::string_view cut_on_purpose = "cut on purpose";

/// Adler-32 (RFC 1950), which Python's zlib knows too.
class Checksum {
 public:
  void add(std::string_view text) noexcept {
    for (const char each : text) {
      low_ = (low_ + static_cast<unsigned char>(each)) % modulus;
      high_ = (high_ + low_) % modulus;
    }
    bytes_ += text.size();
  }
  std::string text() const { return std::to_string(bytes_) + " " + std::to_string(high_ << 16U | low_); }

 private:
  static constexpr std::uint32_t modulus = 65521;
  std::uint32_t low_ = 1;
  std::uint32_t high_ = 0;
  std::uint64_t bytes_ = 0;
};

/// "5 103547413": the number of bytes that came, and their checksum.
gyre::Task<std::string> upload(gyre::Body body) {
  Checksum sum;
  for (;;) {
    const gyre::Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) co_return sum.text();
    sum.add(*piece);
  }
}

gyre::Response echo(gyre::Body body) {
  return gyre::Response::stream([body](gyre::BodyWriter& out) mutable -> gyre::Task<> {
    for (;;) {
      const gyre::Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return;
      co_await out.write(*piece);
    }
  });
}

gyre::Task<gyre::Response> file(const gyre::Request& request) {
  gyre::Result<gyre::File> opened = co_await gyre::File::open(std::string{request.query("path").value_or("")});
  gyre::File& file = opened.value();
  const gyre::Result<gyre::FileInfo> info = co_await file.info();
  const std::uint64_t size = info.value().size;
  co_return gyre::Response::file(std::move(file), 0, size);
}

/// The same file as a download, with conditions and ranges.
gyre::Task<gyre::Response> download(gyre::Request& request) {
  std::string path{request.query("path").value_or("")};
  return gyre::file_response(request, std::move(path), {.download_name = "saved \xc3\xa4.bin"});
}

gyre::Task<> write_in_chunks(gyre::BodyWriter* out, gyre::File* file, std::uint64_t size) {
  std::string piece(10'007, '\0');
  for (std::uint64_t offset = 0; offset < size;) {
    const gyre::Result<std::size_t> got = co_await file->read(offset, std::as_writable_bytes(std::span{piece}));
    co_await out->write(std::string_view{piece}.substr(0, got.value()));
    offset += *got;
    const std::uint64_t next = std::min<std::uint64_t>(size - offset, 300'001);
    co_await out->send_file(*file, offset, next);
    offset += next;
  }
}

/// The same file in chunks of many sizes, from memory and past it.
gyre::Task<gyre::Response> chunked(const gyre::Request& request) {
  gyre::Result<gyre::File> opened = co_await gyre::File::open(std::string{request.query("path").value_or("")});
  auto file = std::make_shared<gyre::File>(std::move(opened).value());
  const gyre::Result<gyre::FileInfo> info = co_await file->info();
  const std::uint64_t size = info.value().size;
  co_return gyre::Response::stream(
      [file, size](gyre::BodyWriter& out) { return write_in_chunks(&out, file.get(), size); });
}

gyre::Generator<std::string> lines_up_to(int count) {
  for (int line = 0; line < count; ++line) co_yield std::to_string(line) + "\n";
}

/// Half of a body that was announced, in part with its end promised by a length and in part by a last chunk.
gyre::Task<> write_half(gyre::BodyWriter* out) {
  const std::string half(50'000, 'x');
  co_await out->write(half);
  co_await out->flush();
  throw std::runtime_error{std::string{cut_on_purpose}};
}

/// The name of the last event of an open stream, until its client has seen the one before.
class Gate {
 public:
  std::shared_ptr<gyre::Event> close() { return event_ = std::make_shared<gyre::Event>(); }
  void open() const { event_->set(); }

 private:
  std::shared_ptr<gyre::Event> event_ = std::make_shared<gyre::Event>();
};

/// Two events; the second is not sent before somebody opens the gate.
gyre::Response events(Gate& gate, gyre::LastEventId last) {
  return gyre::event_stream([event = gate.close(), id = std::string{last.id}](gyre::EventStream& out) -> gyre::Task<> {
    co_await out.send({.data = "first\nof " + id, .event = "greeting", .id = "1"});
    co_await event->wait();
    co_await out.send({.data = "second", .id = "2"});
  });
}

/// What the client's trailer X-Sum says comes back as one.
gyre::Task<gyre::Response> trailers(gyre::Request& request) {
  std::string sum{request.trailer("x-sum").value_or("none")};
  const std::string body{request.body()};
  co_return gyre::Response::stream([sum, body](gyre::BodyWriter& out) -> gyre::Task<> {
    co_await out.write(body);
    out.add_trailer("X-Sum", sum);
  });
}

gyre::Task<std::string> hints(gyre::Request& request) {
  gyre::Response early{gyre::Status::early_hints};
  early.add("Link", "</style.css>; rel=preload");
  request.inform(early);
  co_return "page\n";
}

void say(const char* line) {
  std::puts(line);
  std::fflush(stdout);
}

/// Says when a request came to its handler, and when it has left it.
struct Presence {
  Presence() { say("gallery: here"); }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { say("gallery: gone"); }
};

/// Answered when the request is taken back, that is, never.
gyre::Task<std::string> hold() {
  const Presence presence;
  co_await gyre::sleep_for(std::chrono::hours{1});
  co_return "held\n";
}

/// The answer does not wait for the body, which nobody reads.
gyre::Task<std::string> early(gyre::Body /*body*/) { co_return "enough\n"; }

/// Asks for more of the same origin, and when all is there names the protocols that were spoken.
constexpr std::string_view page = R"(<!doctype html><title>gallery</title><body><script>
for (let each = 0; each !== 40; ++each) document.body.append(Object.assign(new Image(), {src: '/lines/' + each}));
addEventListener('load', () => {
  const entries = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'));
  document.body.textContent = 'good: ' + entries.filter((entry) => entry.responseStatus === 200).length +
      ', protocols: ' + [...new Set(entries.map((entry) => entry.nextHopProtocol))].join();
});
</script></body>)";

/// A protocol of its own: what comes goes back, each `a` in upper case.
gyre::Task<> shout(gyre::Stream stream, std::string text) {
  std::byte buffer[4096];
  for (;;) {
    if (!text.empty()) {
      std::replace(text.begin(), text.end(), 'a', 'A');
      const gyre::Result<void> sent = co_await stream.write(std::as_bytes(std::span{text}));
      if (!sent) co_return;
    }
    const gyre::Result<std::size_t> got = co_await stream.read(buffer);
    if (!got || *got == 0) co_return;
    text.assign(reinterpret_cast<const char*>(buffer), *got);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Gate gate;
  gyre::App app;
  app.on_error([](const gyre::ErrorReport& report) {
    if (report.text != cut_on_purpose) std::fprintf(stderr, "gallery: %s\n", std::string{report.text}.c_str());
  });
  app.get("/plaintext", [] { return "Hello, World!"; });
  app.post("/plaintext", [](const gyre::Request& request) { return std::string{request.body()}; });
  app.post("/small", [] { return "never"; }, {.body = 1000});
  app.post("/upload", upload, {.body = upload_max});
  app.put("/upload", upload, {.body = upload_max});
  app.post("/echo", echo, {.body = upload_max});
  app.get("/file", file);
  app.get("/download", download);
  app.get("/chunked", chunked);
  app.get("/lines/{count}", [](gyre::Path<int> count) { return gyre::Response::generate(lines_up_to(*count)); });
  app.get("/cut/length",
          [] { return gyre::Response::stream(100'000, [](gyre::BodyWriter& out) { return write_half(&out); }); });
  app.get("/cut/chunked",
          [] { return gyre::Response::stream([](gyre::BodyWriter& out) { return write_half(&out); }); });
  app.get("/events", [&gate](gyre::LastEventId last) { return events(gate, last); });
  app.post("/gate", [&gate] {
    gate.open();
    return "open\n";
  });
  app.post("/trailers", trailers);
  app.get("/hints", hints);
  app.get("/hold", hold);
  app.post("/early", early, {.body = upload_max});
  app.get("/page", [] { return gyre::Response{page}.with_content_type("text/html"); });
  app.get("/shout", [] { return gyre::Response::upgrade("shout/1", shout); });
  gyre::RunOptions options = gyre::run_options(argc, argv);
  if (const char* const idle = std::getenv("GALLERY_IDLE")) {
    options.server.limits.idle = std::chrono::milliseconds{std::atoi(idle)};
  }
  return app.run(std::move(options));
}
