// What it costs to find a route among the 203 of the GitHub API, one thread, everything in the cache.
#include "allocations.hpp"
#include "github_routes.hpp"
#include "parsed_request.hpp"

#include <gyre/web/router.hpp>

#include <benchmark/benchmark.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using gyre_benchmark::Allocations;
using gyre_benchmark::for_each_github_route;
using gyre_benchmark::ParsedRequest;

namespace {

std::unique_ptr<gyre::Router> github_router() {
  auto router = std::make_unique<gyre::Router>();
  for_each_github_route([&](std::string_view method, std::string_view path) {
    router->route(method, gyre::runtime(path), [](gyre::Request&) { return "found"; });
  });
  return router;
}

void find(benchmark::State& state, std::string_view target, bool found) {
  const auto router = github_router();
  ParsedRequest parsed{target};
  if ((router->find(parsed.request).call(parsed.request).body() == "found") != found) state.SkipWithError("wrong");
  const Allocations allocations{state};
  for (auto _ : state) {
    parsed.request.reset();
    benchmark::DoNotOptimize(&router->find(parsed.request));
  }
}

/// A pattern as a target that it matches.
std::string filled(std::string_view pattern) {
  std::string target;
  while (!pattern.empty()) {
    const std::size_t begin = std::min(pattern.find('{'), pattern.size());
    target += pattern.substr(0, begin);
    pattern.remove_prefix(begin);
    if (pattern.empty()) break;
    target += "value";
    pattern.remove_prefix(pattern.find('}') + 1);
  }
  return target;
}

/// Each route in turn; the time is for one.
void find_each(benchmark::State& state) {
  const auto router = github_router();
  std::deque<ParsedRequest> requests;
  for_each_github_route([&](std::string_view method, std::string_view path) {
    requests.emplace_back(filled(path), method);
    gyre::Request& request = requests.back().request;
    if (router->find(request).call(request).body() != "found") state.SkipWithError("wrong");
  });
  std::size_t next = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    ParsedRequest& parsed = requests[next];
    next = next + 1 == requests.size() ? 0 : next + 1;
    parsed.request.reset();
    benchmark::DoNotOptimize(&router->find(parsed.request));
  }
}

/// What a table of the paths without parameters would cost: method and path in one key, which is there already.
void find_in_map(benchmark::State& state, std::string_view path) {
  std::unordered_map<std::string_view, int> routes;
  std::vector<std::string> keys;
  keys.reserve(gyre_benchmark::github_route_count);
  for_each_github_route([&](std::string_view method, std::string_view pattern) {
    routes.emplace(keys.emplace_back(std::string{method}.append(" ").append(pattern)), 1);
  });
  std::string_view key = path;
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(key);
    benchmark::DoNotOptimize(routes.find(key));
  }
}

/// What trying one pattern after the other costs: it compares segment by segment.
void find_in_list(benchmark::State& state, std::string_view target) {
  std::vector<std::string_view> patterns;
  for_each_github_route([&](std::string_view method, std::string_view pattern) {
    if (method == "GET") patterns.push_back(pattern);
  });
  const auto matches = [](std::string_view pattern, std::string_view path) {
    while (!pattern.empty() && !path.empty()) {
      const std::size_t size = std::min(pattern.find('/', 1), pattern.size());
      const std::size_t length = std::min(path.find('/', 1), path.size());
      if (pattern[1] != '{' && pattern.substr(0, size) != path.substr(0, length)) return false;
      pattern.remove_prefix(size);
      path.remove_prefix(length);
    }
    return pattern.empty() && path.empty();
  };
  const Allocations allocations{state};
  for (auto _ : state) {
    benchmark::DoNotOptimize(target);
    const auto found = std::find_if(patterns.begin(), patterns.end(),
                                    [&](std::string_view pattern) { return matches(pattern, target); });
    if (found == patterns.end()) state.SkipWithError("wrong");
    benchmark::DoNotOptimize(found);
  }
}

constexpr std::string_view no_parameter = "/user/repos";
constexpr std::string_view one_parameter = "/users/octocat/received_events";
constexpr std::string_view two_parameters = "/repos/octocat/hello-world/stargazers";
constexpr std::string_view missing = "/repos/octocat/hello-world/nothing";

BENCHMARK_CAPTURE(find, no_parameter, no_parameter, true)->Name("static path");
BENCHMARK_CAPTURE(find, one_parameter, one_parameter, true)->Name("one parameter");
BENCHMARK_CAPTURE(find, two_parameters, two_parameters, true)->Name("two parameters");
BENCHMARK_CAPTURE(find, missing, missing, false)->Name("not found");
BENCHMARK(find_each)->Name("each route in turn");
BENCHMARK_CAPTURE(find_in_map, no_parameter, "GET /user/repos")->Name("baseline: std::unordered_map, static path");
BENCHMARK_CAPTURE(find_in_list, two_parameters, two_parameters)->Name("baseline: a list, two parameters");

}  // namespace

BENCHMARK_MAIN();
