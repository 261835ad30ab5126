// Counts the heap allocations of a serving loop. An executable of its own: it replaces malloc's C++ face and malloc
// itself for the whole process, but counts only on the thread that asks for it.

#include "app_support.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>

namespace {

// Constant-initialised: malloc is called before any constructor has run.
constinit thread_local bool counting = false;
constinit std::atomic<std::uint64_t> allocations{0};

void count() noexcept {
  if (counting) allocations.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
  count();
  return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) {
  count();
  return __libc_realloc(memory, size);
}
}

using namespace gyre;
using namespace gyre::test;

namespace {

/// Allocations of the serving thread for `rounds` requests, after as many to warm up.
std::uint64_t allocations_for(const Client& client, std::string_view request, std::string_view ending, int rounds) {
  const auto serve = [&] {
    for (int round = 0; round < rounds; ++round) {
      client.send(request);
      const std::string answer = client.read_until(ending);
      if (!answer.starts_with("HTTP/1.1 200 OK\r\n")) throw std::runtime_error{"wrong answer: " + answer};
    }
  };
  serve();
  const std::uint64_t before = allocations;
  serve();
  return allocations - before;
}

std::string get(std::string_view path) {
  return "GET " + std::string{path} +
         " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: test\r\nAccept: text/plain, */*;q=0.8\r\n\r\n";
}

}  // namespace

TEST_CASE("the counter counts", "[allocation]") {
  counting = true;
  const std::uint64_t before = allocations;
  void* volatile memory = std::malloc(16);
  std::free(memory);
  delete new int{1};
  counting = false;
  CHECK(allocations - before >= 1);
}

TEST_CASE("a steady-state request allocates nothing", "[allocation]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      App app;
      app.on_start([](Loop&) { counting = true; });
      app.on_stop([](Loop&) { counting = false; });
      app.get("/plain/{id}", [](Path<int> id) { return *id == 7 ? "seven!" : "other!"; });
      app.get("/coroutine/{id}", [](Path<int> id) -> Task<Response> { co_return *id == 7 ? "seven!" : "other!"; });
      app.get("/waiting/{id}", [](Path<int> id) -> Task<Response> {
        co_await sleep_for(0ms);
        co_return *id == 7 ? "seven!" : "other!";
      });
      app.get("/string/{id}", [](Path<int> id) { return std::string(5, static_cast<char>('a' + *id)) + "!"; });
      app.post("/sum", [](Request& request) { return request.body() == "body of a request" ? "equal!" : "wrong!"; });
      RunOptions options;
      options.port = 0;
      options.threads = 1;
      options.backend = backend;
      Running running{app, options};
      REQUIRE(running.started());
      const Client client{app.endpoints().at(0)};
      constexpr int rounds = 200;
      CHECK(allocations_for(client, get("/plain/7"), "seven!", rounds) == 0);
      CHECK(allocations_for(client, get("/coroutine/7"), "seven!", rounds) == 0);
      CHECK(allocations_for(client, get("/waiting/7"), "seven!", rounds) == 0);
      CHECK(allocations_for(client, get("/string/7"), "hhhhh!", rounds) == 0);
      CHECK(allocations_for(client, "POST /sum HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\n\r\nbody of a request",
                            "equal!", rounds) == 0);
      CHECK(running.join() == 0);
    }
  }
}

TEST_CASE("middleware allocates nothing either", "[allocation]") {
  App app;
  app.on_start([](Loop&) { counting = true; });
  app.on_stop([](Loop&) { counting = false; });
  app.use([](Request& request, Next next) -> Task<Response> {
    Response response = co_await next(request);
    co_return response;
  });
  app.get("/{id}", [](Path<int>) { return "inner!"; });
  RunOptions options;
  options.port = 0;
  options.threads = 1;
  Running running{app, options};
  REQUIRE(running.started());
  const Client client{app.endpoints().at(0)};
  CHECK(allocations_for(client, get("/5"), "inner!", 200) == 0);
  CHECK(running.join() == 0);
}
