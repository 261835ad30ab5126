#include <gyre/coro/scope.hpp>
#include <gyre/gyre.hpp>
#include <gyre/net/listener.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <cerrno>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

App& small_app(App& app) {
  app.get("/{word}", [](Path<std::string> word) { return *word; });
  app.post("/echo", [](Request& request) -> Task<Response> { co_return std::string{request.body()}; });
  return app;
}

constexpr std::string_view get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view get_b = "GET /b HTTP/1.1\r\nHost: x\r\n\r\n";

/// A server that says the same bytes to everybody and then ends.
Task<> say(Listener* listener, std::string_view bytes) {
  Result<Stream> accepted = co_await listener->accept();
  Stream stream = std::move(accepted).value();
  std::byte request[1000];
  const Result<std::size_t> count = co_await stream.read(request);
  CHECK(count.has_value());
  const Result<void> written = co_await stream.write(as_bytes(bytes));
  written.value();
}

/// What a client makes of an answer in these bytes; throws what it throws.
Answer read(std::string_view bytes, Method method = Method::get, const SimOptions& options = {}) {
  SimLoop loop{options};
  Answer answer;
  std::exception_ptr failure;
  loop.run([](Loop& on, std::string_view text, Method asked, Answer& got, std::exception_ptr& failed) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Listener listener{on};
    listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
    scope.spawn(say(&listener, text));
    try {
      Client client{on, listener.endpoint()};
      Connection connection = co_await client.connect();
      co_await connection.write("?");
      got = co_await connection.read_answer(asked);
    } catch (const TestFailure&) {
      failed = std::current_exception();
    }
    co_await scope.join();
    co_await listener.close();
  }(loop, bytes, method, answer, failure));
  if (failure) std::rethrow_exception(failure);
  return answer;
}

}  // namespace

TEST_CASE("requests in one write are answered in order, and a lost client is possible", "[testing]") {
  App app;
  small_app(app);
  run_everywhere(app, [](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    const std::string both = std::string{get_a} + std::string{get_b};
    co_await connection.write(both);
    const Answer first = co_await connection.read_answer();
    CHECK(first.body() == "a");
    const Answer second = co_await connection.read_answer();
    CHECK(second.body() == "b");
    CHECK(connection.unread().empty());
    co_await connection.write("GET /a HT");
    connection.reset();

    Connection half = co_await client.connect();
    co_await half.write(get_a);
    half.end();
    const std::string all = co_await half.read_until_end();
    CHECK(all.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(all.ends_with("\r\n\r\na"));
    CHECK(half.ended());
    CHECK_FALSE(half.was_reset());
    const std::string more = co_await half.read_some();
    CHECK(more.empty());
  });
}

TEST_CASE("a server that refuses early is heard, whatever became of the write", "[testing]") {
  App app;
  small_app(app);
  Options options;
  options.server.limits.body = 10;
  run_everywhere(
      app,
      [](Client& client) -> Task<> {
        const std::string large(100'000, 'x');
        const Answer refused = co_await client.post("/echo", large);
        CHECK(refused.status() == Status::content_too_large);
        const Answer fine = co_await client.post("/echo", "1234567890");
        CHECK(fine.status() == Status::ok);
      },
      options);
}

TEST_CASE("answers are read to the byte, however they are cut", "[testing]") {
  for_each_seed(30, [](std::uint64_t seed) {
    SimOptions options;
    options.seed = seed;
    options.split_chunks = true;
    const Answer answer = read(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n"
        "x-a: 2\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n",
        Method::get, options);
    REQUIRE(answer.status() == Status::ok);
    CHECK(answer.chunked());
    CHECK(answer.body() == "abcde");
    CHECK(answer.header("x-A") == "1");
    CHECK(answer.fields().size() == 3);
    CHECK_FALSE(answer.has_header("x-b"));
    CHECK(answer.trailer("x-sum") == "5");
    CHECK(answer.trailers().size() == 1);
    REQUIRE(answer.interim().size() == 1);
    CHECK(answer.interim()[0].status() == Status::early_hints);
    CHECK(answer.interim()[0].header("link") == "</a>");
  });
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Method::head).body().empty());
  CHECK(read("HTTP/1.1 204 No Content\r\n\r\n").status() == Status::no_content);
  CHECK(read("HTTP/1.0 200 OK\r\n\r\nall of it").body() == "all of it");
}

TEST_CASE("a wrong answer fails and is shown", "[testing]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(read("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"),
                    Contains("the answer is malformed") && Contains("HTTP/1.1 200 OK\\nContent"));
  CHECK_THROWS_AS(read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"), WrongAnswer);
  CHECK_THROWS_WITH(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
                    Contains("a chunk size is invalid"));
  CHECK_THROWS_WITH(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"), Contains("after 3 bytes"));
  CHECK_THROWS_WITH(read("HTTP/1.1 200 OK\r\nContent-"), Contains("before the answer's head was complete"));
  CHECK_THROWS_WITH(read(""), Contains("before the answer's head was complete"));
}

TEST_CASE("an answer that breaks off is no answer", "[testing]") {
  App app;
  app.on_log([](const LogRecord&) {});  // it is told of what the handler throws
  app.get("/", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("half of");
      throw std::runtime_error{"no more"};
    });
  });
  run_everywhere(app, [](Client& client) -> Task<> {
    std::string said;
    try {
      const Answer answer = co_await client.get("/");
      said = answer.body();
    } catch (const WrongAnswer& wrong) {
      said = wrong.what();
    }
    CHECK(said == "the server reset the connection before the answer was complete");
  });
}

TEST_CASE("an operation that something else cancelled is no timeout", "[testing]") {
  App app;
  small_app(app);
  Options options;
  options.sim.fail_operation.error = ECANCELED;
  std::vector<std::string> said;
  const std::uint64_t failed = fail_each_operation(
      app,
      [&](Client& client) -> Task<> {
        std::string trouble;
        try {
          const Answer answer = co_await client.get("/a");
          CHECK(answer.body() == "a");
        } catch (const TestFailure& failure) {
          trouble = failure.what();
        }
        if (!trouble.empty()) said.push_back(trouble);
      },
      options);
  CHECK(failed > 3);
  CHECK_THAT(said, Catch::VectorContains(std::string{"connecting was cancelled, and not by the test"}));
  for (const std::string& each : said) {
    INFO(each);
    CHECK(each.find("longer than") == std::string::npos);
  }
}
