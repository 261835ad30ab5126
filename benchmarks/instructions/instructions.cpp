// The hot operations, each run a known number of times between two marks for callgrind: instructions.py counts what
// lies between them. Alone it only says whether the operations still do what they should.
//
//   build/benchmarks/instructions/instructions               runs every case
//   build/benchmarks/instructions/instructions environment   what the counts depend on besides the source

#include "discarding_sink.hpp"
#include "github_routes.hpp"
#include "memory_loop.hpp"
#include "parsed_request.hpp"
#include "request_heads.hpp"

#include <gyre/coro/sync_wait.hpp>
#include <gyre/http/event_stream.hpp>
#include <gyre/web/router.hpp>
#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/response_writer.hpp>
#include <gyre/wire/http_date.hpp>

#include <gnu/libc-version.h>
#include <valgrind/callgrind.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace wire = gyre::wire;
using namespace gyre_benchmark;
using gyre::Task;

namespace {

/// The optimiser must think that the value is looked at, and may have been changed.
template <class T>
void keep(T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

void check(bool right, const char* name) {
  if (right) return;
  std::fprintf(stderr, "%s: wrong result\n", name);
  std::exit(1);
}

constexpr std::uint64_t few = 500;
constexpr std::uint64_t many = 1500;

/// Marks two runs of `run(rounds)` that differ in nothing but their rounds: the difference of their counts is free of
/// what happens once in each. The run before them warms caches, pools and lazily bound symbols.
template <class Run>
void measure(const char* name, Run run) {
  run(few);
  for (const std::uint64_t rounds : {few, many}) {
    const std::string mark = std::string{name} + "/" + std::to_string(rounds);
    CALLGRIND_ZERO_STATS;
    run(rounds);
    CALLGRIND_DUMP_STATS_AT(mark.c_str());
  }
  std::printf("%s\n", name);
}

// --- wire ------------------------------------------------------------------------------------------------------------

void parse_head(const char* name, std::string_view text) {
  std::array<wire::Field, 32> fields;
  measure(name, [&](std::uint64_t rounds) {
    for (; rounds > 0; --rounds) {
      keep(text);
      wire::RequestHead head{fields};
      wire::HeadProgress progress;
      const wire::HeadOutcome outcome = wire::parse_request_head(text, {}, head, progress);
      check(outcome.state == wire::HeadState::complete, name);
      keep(head);
    }
  });
}

void write_head(const char* name) {
  char date[wire::http_date_size];
  wire::format_http_date(1'785'000'000, date);
  const std::string common = "Date: " + std::string{date, sizeof date} + "\r\nServer: gyre\r\n";
  wire::ResponseHead head{.content_length = 13, .common_fields = common, .content_type = "text/plain; charset=utf-8"};
  char buffer[512];
  measure(name, [&](std::uint64_t rounds) {
    for (; rounds > 0; --rounds) {
      keep(head);
      check(wire::write_response_head(head, buffer) != nullptr, name);
      keep(buffer);
    }
  });
}

void decode_chunks(const char* name) {
  std::string text;
  for (int chunk = 0; chunk < 16; ++chunk) text += "400\r\n" + std::string(1024, 'x') + "\r\n";
  text += "0\r\n\r\n";
  const wire::BodyLimits limits;
  measure(name, [&](std::uint64_t rounds) {
    for (; rounds > 0; --rounds) {
      std::string_view rest = text;
      keep(rest);
      wire::BodyDecoder decoder = wire::BodyDecoder::chunked(limits);
      for (wire::BodyDecoder::Step step; (step = decoder.next(rest)).used != 0; rest.remove_prefix(step.used)) {
        keep(step);
      }
      check(decoder.done() && decoder.decoded() == 16 * 1024, name);
    }
  });
}

// --- routes ----------------------------------------------------------------------------------------------------------

void find_route(const char* name, gyre::Router& router, std::string_view target, std::string_view answer) {
  ParsedRequest parsed{target};
  check(router.find(parsed.request).call(parsed.request).body() == answer, name);
  measure(name, [&](std::uint64_t rounds) {
    for (; rounds > 0; --rounds) {
      parsed.request.reset();
      gyre::RequestHandler* found = &router.find(parsed.request);
      keep(found);
    }
  });
}

void find_routes() {
  gyre::Router router;
  for_each_github_route([&](std::string_view method, std::string_view path) {
    router.route(method, gyre::runtime(path), [](gyre::Request&) { return "found"; });
  });
  const std::string not_found{gyre::Response::problem(gyre::Status::not_found).body()};
  find_route("find a static GitHub route", router, "/user/repos", "found");
  find_route("find a 1-parameter GitHub route", router, "/users/octocat/received_events", "found");
  find_route("find a 2-parameter GitHub route", router, "/repos/octocat/hello-world/stargazers", "found");
  find_route("find no GitHub route", router, "/repos/octocat/hello-world/nothing", not_found);
}

// --- coroutines and timers -------------------------------------------------------------------------------------------

Task<int> ready(int value) { co_return value + 1; }
Task<int> (*volatile opaque_ready)(int) = ready;  // as a router calls its handlers: nothing is elided

Task<int> await_ready_tasks(std::uint64_t rounds) {
  int value = 0;
  for (; rounds > 0; --rounds) value = co_await opaque_ready(value);
  co_return value;
}

void await_ready(const char* name) {
  measure(name, [&](std::uint64_t rounds) {
    check(gyre::sync_wait(await_ready_tasks(rounds)) == static_cast<int>(rounds), name);
  });
}

void arm_timer(const char* name) {
  gyre::TimerWheel wheel{std::chrono::milliseconds{1}};
  gyre::Timer other{[](gyre::Timer&) noexcept {}};
  gyre::Timer timer{[](gyre::Timer&) noexcept {}};
  wheel.arm(other, gyre::TimePoint{std::chrono::seconds{30}});
  measure(name, [&](std::uint64_t rounds) {
    for (; rounds > 0; --rounds) {
      gyre::TimePoint when{std::chrono::seconds{30}};
      keep(when);
      wheel.arm(timer, when);
      keep(wheel);
      timer.disarm();
    }
  });
}

// --- whole requests --------------------------------------------------------------------------------------------------

/// `pieces` are one round; each has `requests` in it, so the count is for all of them.
void serve(const char* name, gyre::Router& router, std::string_view piece, std::uint64_t requests) {
  MemorySite site{router};
  measure(name, [&](std::uint64_t rounds) { site.exchange({&piece, 1}, rounds); });
  check(site.loop().first_sent().starts_with("HTTP/1.1 200 OK\r\n"), name);
  check(site.statistics().responses == (2 * few + many) * requests && site.statistics().rejected == 0, name);
}

void serve_requests() {
  gyre::Router router;
  router.get("/plaintext", [] { return "Hello, World!"; });
  router.get("/coroutine", []() -> Task<gyre::Response> { co_return "Hello, World!"; });
  router.get("/users/{id}", [](gyre::Path<int> id) { return *id == 42 ? "Hello, World!" : "Nobody"; });
  router.post("/echo", [](gyre::Request& request) { return gyre::Response{request.body()}; });
  const auto get = [](std::string_view target) {
    return std::string{typical_head}.replace(4, std::string_view{"/plaintext"}.size(), target);
  };
  std::string pipelined;
  for (int request = 0; request < 16; ++request) pipelined += typical_head;
  const std::string post =
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1024\r\n\r\n" + std::string(1024, 'x');
  serve("answer a plain request", router, typical_head, 1);
  serve("answer 16 pipelined requests", router, pipelined, 16);
  serve("answer a request with a parameter", router, get("/users/42"), 1);
  serve("answer from a coroutine", router, get("/coroutine"), 1);
  serve("echo a body of 1 KiB", router, post, 1);
}

// --- events ----------------------------------------------------------------------------------------------------------

void format_event(const char* name) {
  MemoryLoop loop;
  DiscardingSink sink;
  gyre::BodyWriter writer{sink};
  gyre::EventStream events{writer, loop, {}};
  measure(name, [&](std::uint64_t rounds) {
    for (; rounds > 0; --rounds) {
      gyre::ServerSentEvent event{.data = "{\"price\":1234,\"symbol\":\"GYRE\"}", .event = "tick", .id = "1234567"};
      keep(event);
      check(events.send(event).await_ready(), name);
    }
  });
  check(sink.last == '\n', name);
}

/// One `name: value` per line, as the baseline file keeps it.
void print_environment() {
  std::printf("compiler: %s\n", __VERSION__);
#if defined(__OPTIMIZE__) && defined(NDEBUG)
  std::printf("build: release\n");
#else
  std::printf("build: checked\n");
#endif
  std::printf("libstdc++: %ld\n", static_cast<long>(__GLIBCXX__));
  std::printf("glibc: %s\n", gnu_get_libc_version());
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "environment") == 0) {
    print_environment();
    return 0;
  }
  parse_head("parse a small head", small_head);
  parse_head("parse a typical head", typical_head);
  parse_head("parse a browser's head", browser_head);
  write_head("write a response head");
  decode_chunks("decode 16 chunks of 1 KiB");
  find_routes();
  await_ready("await a task that is ready");
  arm_timer("arm and disarm a timer");
  serve_requests();
  format_event("format an event");
  return 0;
}
