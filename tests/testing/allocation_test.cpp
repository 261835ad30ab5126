#include "../web/site_files.hpp"

#include <gyre/gyre.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/testing/allocation.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <map>
#include <new>
#include <thread>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

#if defined(GYRE_SANITIZING)
constexpr bool malloc_is_replaced = false;
#else
constexpr bool malloc_is_replaced = true;
#endif

struct Aligned {
  alignas(64) char bytes[64];
};

}  // namespace

TEST_CASE("allocations are counted once each, while somebody counts", "[allocation]") {
  std::uint64_t with_new = 0;
  std::uint64_t with_malloc = 0;
  {
    const AllocationCount outer;
    delete new int{1};
    delete[] new char[100];
    delete new Aligned;
    with_new = outer.count();
    const AllocationCount inner;
    void* volatile memory = std::malloc(16);
    std::free(memory);
    memory = std::calloc(2, 8);
    memory = std::realloc(memory, 100);
    std::free(memory);
    with_malloc = inner.count();
  }
  CHECK(with_new == 3);
  CHECK(with_malloc == (malloc_is_replaced ? 3 : 0));
}

TEST_CASE("each allocation fails once, and the rest does not", "[allocation]") {
  std::vector<std::string> outcomes;
  const std::uint64_t failed = fail_each_allocation([&](AllocationFault& fault) {
    auto not_counted = std::make_unique<int>(0);
    std::string outcome;
    fault.begin();
    int* first = new (std::nothrow) int{1};
    try {
      delete new int{2};
    } catch (const std::bad_alloc&) {
      fault.end();
      outcome = "second";
    }
    fault.end();
    if (first == nullptr) outcome = "first";
    delete first;
    auto not_counted_either = std::make_unique<int>(0);
    outcomes.push_back(outcome);
    fault.begin();
    auto third = std::make_unique<int>(3);
    fault.end();
  });
  CHECK(failed == 3);
  CHECK(outcomes == std::vector<std::string>{"first", "second", "", ""});
}

TEST_CASE("what a scenario throws otherwise passes through", "[allocation]") {
  CHECK_THROWS_WITH(fail_each_allocation([](AllocationFault& fault) {
                      fault.begin();
                      const bool failed = (delete new (std::nothrow) int{1}, fault.failed());
                      fault.end();
                      if (failed) throw std::runtime_error{"not prepared"};
                    }),
                    "not prepared");
  CHECK_THROWS_AS(fail_each_allocation([](AllocationFault&) { throw std::bad_alloc{}; }), std::bad_alloc);
}

namespace {

/// A directory with a file, and the same packed.
const web_test::SiteFiles& site() {
  static web_test::SiteFiles files;
  static const bool filled = [] {
    files.put("page.css", std::string(10'000, 'p'));
    files.put("page.css.gz", std::string(2000, 'z'));
    return true;
  }();
  (void)filled;
  return files;
}

/// Takes several turns to pack.
const std::string& text() {
  static const std::string lines = [] {
    std::string made;
    for (int number = 0; made.size() < 100'000; ++number)
      made += "line " + std::to_string(number * 7919) + " of many\n";
    return made;
  }();
  return lines;
}

void set_up(App& app) {
  app.on_log([](const LogRecord&) {});
  app.use([](Request& request, Next next) -> Task<Response> {
    Response response = co_await next(request);
    co_return std::move(response).with("x-seen", std::string(100, 's'));
  });
  app.use(compression(), decompression());
  app.get("/static/{path...}", static_files(site().directory(), {.precompressed = true}));
  app.get("/plain/{word}", [](Path<std::string> word) { return "a long enough text for the heap: " + *word; });
  app.get("/task/{number}", [](Path<int> number) -> Task<Response> {
    co_await sleep_for(1ms);
    co_return std::string(1000, static_cast<char>('a' + *number % 26));
  });
  app.get("/text", [] { return std::string_view{text()}; });
  app.post("/orders", [](Request& request) -> Task<Response> {
    std::string copy{request.body()};
    Response response = std::move(copy);
    response.set_content_type("application/json");
    co_return std::move(response);
  });
  app.get("/stream", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
             const std::string piece(5000, 'p');
             for (int count = 0; count < 5; ++count) co_await out.write(piece);
           })
        .with_content_type("text/plain");
  });
}

Task<> nothing() { co_return; }

/// Runs `scenario` on a thread of its own: there the recycler of coroutine frames is empty, so that frames are
/// allocated.
template <class Scenario>
void on_a_fresh_thread(const Scenario& scenario) {
  std::exception_ptr failure;
  std::thread thread{[&] {
    try {
      // Destructors at the end of a thread are registered, which the C library does or dies: the recycler's, and that
      // of the pools of encoders and decoders.
      SimLoop{}.run(nothing());
      (void)Decoder{Coding::deflate};
      scenario();
    } catch (...) {
      failure = std::current_exception();
    }
  }};
  thread.join();
  if (failure) std::rethrow_exception(failure);
}

/// What became of one request on a connection of its own: a status, or "closed".
Task<std::string> outcome_of(Client& client, AllocationFault& fault, const TestRequest& request,
                             std::string_view before = {}) {
  Connection connection = co_await client.connect();
  const std::string bytes = std::string{before} + request.bytes("a");
  fault.begin();
  std::string outcome;
  try {
    co_await connection.write(bytes);
    const Answer answer = co_await connection.read_answer(request.method());
    outcome = std::to_string(code(answer.status()));
  } catch (const WrongAnswer&) {
    outcome = "closed";
  } catch (const std::bad_alloc&) {
    outcome = "the client had no memory";
  }
  fault.end();
  co_return outcome;
}

void check_outcomes(const TestRequest& request, const Options& options) {
  std::map<std::string, int> outcomes;
  const std::uint64_t failed = fail_each_allocation([&](AllocationFault& fault) {
    App app;
    set_up(app);
    const auto body = [&](Client& client) -> Task<> {
      co_await site().load(client);
      std::string outcome = co_await outcome_of(client, fault, request);
      ++outcomes[outcome];
      // Whatever failed: the next request is answered as ever.
      const Answer next = co_await client.get("/plain/next");
      if (next.body() != "a long enough text for the heap: next") throw std::runtime_error{"the server is broken"};
    };
    on_a_fresh_thread([&] { run(app, body, options); });
  });
  CAPTURE(failed, outcomes);
  CHECK(failed > 3);
  CHECK(outcomes["200"] + outcomes["206"] >= 1);
  for (const auto& [outcome, count] : outcomes) {
    CAPTURE(outcome, count);
    CHECK((outcome == "200" || outcome == "206" || outcome == "500" || outcome == "503" || outcome == "closed" ||
           outcome == "the client had no memory"));
  }
}

}  // namespace

TEST_CASE("an app whose allocations fail one by one answers or closes, and goes on", "[allocation]") {
  for_each_transport([](Transport transport) {
    Options options;
    options.transport = transport;
    DYNAMIC_SECTION(name(transport) << ", plain") { check_outcomes(TestRequest{Method::get, "/plain/x"}, options); }
    DYNAMIC_SECTION(name(transport) << ", task") { check_outcomes(TestRequest{Method::get, "/task/7"}, options); }
    DYNAMIC_SECTION(name(transport) << ", stream") { check_outcomes(TestRequest{Method::get, "/stream"}, options); }
    DYNAMIC_SECTION(name(transport) << ", file") {
      check_outcomes(TestRequest{Method::get, "/static/page.css"}, options);
    }
    DYNAMIC_SECTION(name(transport) << ", packed file") {
      TestRequest request{Method::get, "/static/page.css"};
      check_outcomes(request.field("Accept-Encoding", "br, gzip"), options);
    }
    DYNAMIC_SECTION(name(transport) << ", parts of a file") {
      TestRequest request{Method::get, "/static/page.css"};
      check_outcomes(request.field("Range", "bytes=0-99, 9000-"), options);
    }
    for (const Coding coding : {Coding::gzip, Coding::brotli, Coding::zstd}) {
      DYNAMIC_SECTION(name(transport) << ", packed with " << name(coding)) {
        if (coding == Coding::brotli) continue;  // its encoder ends the process
        TestRequest whole{Method::get, "/text"};
        check_outcomes(whole.field("Accept-Encoding", name(coding)), options);
        TestRequest stream{Method::get, "/stream"};
        check_outcomes(stream.field("Accept-Encoding", name(coding)), options);
      }
      DYNAMIC_SECTION(name(transport) << ", body packed with " << name(coding)) {
        TestRequest request{Method::post, "/orders"};
        request.body(encode_all(coding, text()), "text/plain").field("Content-Encoding", name(coding));
        check_outcomes(request, options);
      }
    }
    DYNAMIC_SECTION(name(transport) << ", body") {
      TestRequest request{Method::post, "/orders"};
      request.body("{\"tea\": \"" + std::string(6000, 't') + "\"}", "application/json");
      check_outcomes(request, options);
    }
    DYNAMIC_SECTION(name(transport) << ", chunks") {
      TestRequest request{Method::post, "/orders"};
      for (int count = 0; count < 20; ++count) request.chunk(std::string(1000, 'c'));
      check_outcomes(request.trailer("X-Sum", "20"), options);
    }
  });
}

TEST_CASE("a server whose allocations fail while a proxy tells of its client answers or closes, and goes on",
          "[allocation]") {
  constexpr std::string_view before = "PROXY TCP4 192.0.2.7 198.51.100.1 50000 443\r\n";
  const TestRequest request{Method::get, "/peer"};
  for_each_transport([&](Transport transport) {
    DYNAMIC_SECTION(name(transport)) {
      Options options;
      options.transport = transport;
      options.server.proxies = {"127.0.0.0/8"};
      std::map<std::string, int> outcomes;
      const std::uint64_t failed = fail_each_allocation([&](AllocationFault& fault) {
        App app;
        app.on_log([](const LogRecord&) {});
        app.get("/peer", [](const Request& asked) { return asked.peer().value().text(); });
        const auto body = [&](Client& client) -> Task<> {
          std::string outcome = co_await outcome_of(client, fault, request, before);
          ++outcomes[outcome];
          Connection next = co_await client.connect();
          const std::string bytes = std::string{before} + request.bytes("a");
          co_await next.write(bytes);
          const Answer answer = co_await next.read_answer(Method::get);
          if (answer.body() != "192.0.2.7:50000") throw std::runtime_error{"the server is broken"};
        };
        on_a_fresh_thread([&] { run(app, body, options); });
      });
      CAPTURE(failed, outcomes);
      CHECK(failed > 5);
      CHECK(outcomes["200"] >= 1);
      CHECK(outcomes["closed"] >= 1);  // how often depends on what the loop and the sanitizer allocate
    }
  });
}

namespace {

Task<> ask_once(Client& client) {
  std::string got;
  try {
    const Answer answer = co_await client.get("/plain/x");
    got = answer.body();
  } catch (const WrongAnswer&) {
    got = "closed";
  } catch (const Failure&) {
    got = "reset";  // closed with the request unread
  }
  if (got.empty()) throw std::runtime_error{"no answer"};
}

}  // namespace

TEST_CASE("an app that runs out of memory somewhere between start and end ends in order", "[allocation]") {
  for_each_transport([](Transport transport) {
    DYNAMIC_SECTION(name(transport)) {
      Options options;
      options.transport = transport;
      const std::uint64_t failed = fail_each_allocation([&](AllocationFault& fault) {
        App app;
        set_up(app);
        app.background([]() -> Task<> { co_await sleep_for(1h); });
        app.on_start([&](Loop&) { fault.begin(); });  // to make a ring is the system's business
        on_a_fresh_thread([&] {
          run(app, ask_once, options);
          fault.end();
        });
      });
      CHECK(failed > 10);
    }
  });
}

TEST_CASE("a simulated run that runs out of memory anywhere ends in order", "[allocation]") {
  App app;
  set_up(app);
  const std::uint64_t failed = fail_each_allocation([&](AllocationFault& fault) {
    on_a_fresh_thread([&] {
      fault.begin();
      run(app, ask_once);
      fault.end();
    });
  });
  CHECK(failed > 10);
}

TEST_CASE("an app whose start or end runs out of memory anywhere returns", "[allocation]") {
  for (const unsigned threads : {1U, 2U}) {
    DYNAMIC_SECTION(threads << " threads") {
      int failures = 0;
      const std::uint64_t failed = fail_each_allocation([&](AllocationFault& fault) {
        App app;
        set_up(app);
        app.background([]() -> Task<> { co_await sleep_for(1h); });
        app.on_start([&](Loop&) { app.stop(); });
        RunOptions options;
        options.port = 0;
        options.threads = threads;
        options.backend = Backend::epoll;
        options.stop_on = StopOn::request;
        options.task_tree = true;
        on_a_fresh_thread([&] {
          fault.begin();
          const int result = app.run(std::move(options));
          fault.end();
          failures += result;
        });
      });
      CHECK(failed > 10);
      CHECK(failures > 10);
    }
  }
}
