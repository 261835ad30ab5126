#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <map>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

void set_up(App& app) {
  app.on_log([](const LogRecord&) {});
  app.use([](Request& request, Next next) -> Task<Response> {
    Response response = co_await next(request);
    co_return std::move(response).with("x-seen", "yes");
  });
  app.get("/plain", [] { return "plain"; });
  app.get("/task", []() -> Task<std::string> {
    co_await sleep_for(1ms);
    co_return "task";
  });
  app.get("/file", []() -> Task<Response> {
    Result<File> file = co_await File::open("/page");
    if (!file) co_return Response::problem(Status::not_found);
    const Result<FileInfo> info = co_await file->info();
    if (!info) co_return Response::problem(Status::not_found);
    co_return Response::file(std::move(*file), 0, info->size);
  });
  app.post("/echo", [](gyre::Body body) -> Task<std::string> {
    std::string text;
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return text;
      text += *piece;
    }
  });
  app.get("/stream", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      const std::string piece(50'000, 'p');
      for (int count = 0; count < 5; ++count) co_await out.write(piece);
    });
  });
}

Task<> visit(Client& client) {
  static_cast<SimLoop&>(client.loop()).put_file("/page", std::string(100'000, 'f'));
  const Answer plain = co_await client.get("/plain");
  CHECK(plain.body() == "plain");
  const Answer task = co_await client.get("/task");
  CHECK(task.body() == "task");
  const Answer file = co_await client.get("/file");
  if (file.status() == Status::ok) CHECK(file.body().size() == 100'000);
  const std::string large(30'000, 'x');
  const Answer echo = co_await client.post("/echo", large);
  CHECK(echo.body() == large);
  const Answer stream = co_await client.get("/stream");
  CHECK(stream.body().size() == 250'000);
}

}  // namespace

TEST_CASE("an app of which each operation fails goes on or closes, and leaves nothing", "[testing]") {
  App app;
  set_up(app);
  for (const int error : {0, ECONNRESET, ENOMEM, EIO}) {
    CAPTURE(error);
    Options options;
    options.sim.fail_operation.error = error;
    const std::uint64_t failed = fail_each_operation(app, visit, options);
    CHECK(failed > 20);
  }
}

TEST_CASE("an app whose client leaves at each operation leaves nothing", "[testing]") {
  App app;
  set_up(app);
  for_each_seed(5, [&](std::uint64_t seed) {
    Options options;
    options.sim.seed = seed;
    options.sim.split_chunks = seed % 2 == 0;
    const std::uint64_t cancelled = cancel_each_operation(app, visit, options);
    CHECK(cancelled > 20);
  });
}

TEST_CASE("what goes wrong when an operation fails passes through", "[testing]") {
  App app;
  set_up(app);
  int runs = 0;
  const auto body = [&](Client& client) -> Task<> {
    ++runs;
    std::string got;
    try {
      const Answer answer = co_await client.get("/plain");
      got = answer.body();
    } catch (const TestFailure&) {
      got = "failed";
    } catch (const Failure&) {
      got = "failed";
    }
    if (got != "plain") throw std::runtime_error{"not prepared"};
  };
  CHECK_THROWS_WITH(fail_each_operation(app, body), "not prepared");
  CHECK(runs > 1);
}
