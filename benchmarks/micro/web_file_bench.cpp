// What a small file costs beside the same bytes in memory: the handler's task on a loop of the operating system, from
// the look-up to the answer, without a connection. Wall time of one request after the other: the file is opened, looked
// at, read and closed each time, from the kernel's cache.
#include "parsed_request.hpp"

#include <gyre/loop/make_loop.hpp>
#include <gyre/web/router.hpp>
#include <gyre/web/static_files.hpp>

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

using gyre::Response;
using gyre::Router;
using gyre::Task;

namespace {

constexpr std::size_t size = 4096;

/// A directory with one file in it.
struct Directory {
  Directory() : path(std::filesystem::temp_directory_path() / "gyre-bench-XXXXXX") {
    std::string made = path.string();
    if (::mkdtemp(made.data()) == nullptr) std::abort();
    path = made;
    const std::filesystem::path page = path / "page.txt";
    std::ofstream{page} << std::string(size, 'x');
    std::filesystem::last_write_time(page, std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  }
  Directory(const Directory&) = delete;
  ~Directory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

Task<> answer_all(benchmark::State* state, Router* router, gyre_benchmark::ParsedRequest* parsed) {
  while (state->KeepRunning()) {
    gyre::Request& request = parsed->request;
    gyre::RequestHandler& handler = router->find(request);
    Task<Response> task = handler.start(request);
    const Response response = co_await std::move(task);
    if (response.body().size() != size) state->SkipWithError("wrong answer");
  }
}

void run(benchmark::State& state, Router& router, gyre::Backend backend) {
  auto loop = gyre::make_loop({.backend = backend});
  if (!loop) return state.SkipWithError("no such loop");
  gyre_benchmark::ParsedRequest parsed{"/page.txt"};
  (*loop)->run(answer_all(&state, &router, &parsed));
}

void memory(benchmark::State& state, gyre::Backend backend) {
  Router router;
  router.get("/{path...}", [](gyre::Request&) -> Task<std::string> { co_return std::string(size, 'x'); });
  run(state, router, backend);
}

void file(benchmark::State& state, gyre::Backend backend) {
  const Directory directory;
  Router router;
  router.get("/{path...}", gyre::static_files(directory.path.string()));
  run(state, router, backend);
}

BENCHMARK_CAPTURE(memory, epoll, gyre::Backend::epoll)->Name("bytes in memory, epoll")->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(file, epoll, gyre::Backend::epoll)->Name("small file, epoll")->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(file, uring, gyre::Backend::uring)->Name("small file, uring")->MeasureProcessCPUTime();

}  // namespace

BENCHMARK_MAIN();
