// Many routes, from a file with one as "GET /users/{id}" a line:
//   build/benchmarks/routes FILE --port N --threads N ...   serves them, each answers "ok"
//   build/benchmarks/routes lookup FILE SECONDS             prints what a look-up costs, the mean over all routes:
//                                                           "nanoseconds=N allocations=N bytes=N"
// benchmarks/peers/httprouter is the same program in Go.

#include <gyre/gyre.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <new>
#include <string>
#include <vector>

namespace {

std::size_t allocations = 0;
std::size_t allocated_bytes = 0;

struct Route {
  std::string method;
  std::string pattern;
};

std::vector<Route> read_routes(const char* name) {
  std::ifstream file{name};
  std::vector<Route> routes;
  Route route;
  while (file >> route.method >> route.pattern) routes.push_back(route);
  if (routes.empty()) {
    std::cerr << "routes: nothing in " << name << '\n';
    std::exit(2);
  }
  return routes;
}

template <class Target>
void add_routes(Target& target, const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    target.route(route.method, gyre::runtime(route.pattern), [](const gyre::Request&) { return "ok"; });
  }
}

/// A placeholder's own name is its value: httprouter's benchmarks do the same.
std::string path_of(std::string pattern) {
  std::erase_if(pattern, [](char letter) { return letter == '{' || letter == '}'; });
  return pattern;
}

/// A request whose head was parsed before; with as much room in its arena as any needs.
struct Parsed {
  explicit Parsed(const Route& route)
      : text(route.method + " " + path_of(route.pattern) + " HTTP/1.1\r\nHost: localhost\r\n\r\n") {
    gyre::wire::HeadProgress progress;
    gyre::wire::parse_request_head(text, {}, head, progress);
  }

  std::string text;
  std::array<gyre::wire::Field, 4> fields;
  gyre::wire::RequestHead head{fields};
  std::byte block[1024];
  gyre::Arena arena{block};
  gyre::Request request{arena, head};
};

void look_up_all(gyre::Router& router, std::deque<Parsed>& targets, const gyre::RequestHandler* not_found) {
  for (Parsed& target : targets) {
    if (&router.find(target.request) == not_found) {
      std::cerr << "routes: not found: " << target.text << '\n';
      std::exit(1);
    }
    target.arena.reset();
  }
}

int look_up(const char* file, double seconds) {
  using Clock = std::chrono::steady_clock;
  const std::vector<Route> routes = read_routes(file);
  gyre::Router router;
  add_routes(router, routes);
  std::deque<Parsed> targets;
  for (const Route& route : routes) targets.emplace_back(route);
  Parsed nowhere{{"GET", "/there/is/no/such/route"}};
  const gyre::RequestHandler* const not_found = &router.find(nowhere.request);
  look_up_all(router, targets, not_found);

  const std::size_t allocations_before = allocations;
  const std::size_t bytes_before = allocated_bytes;
  double count = 0;
  const Clock::time_point start = Clock::now();
  Clock::time_point now = start;
  while (now - start < std::chrono::duration<double>(seconds)) {
    look_up_all(router, targets, not_found);
    count += static_cast<double>(targets.size());
    now = Clock::now();
  }
  const double nanoseconds = std::chrono::duration<double, std::nano>(now - start).count();
  std::printf("nanoseconds=%.2f allocations=%.3f bytes=%.1f\n", nanoseconds / count,
              static_cast<double>(allocations - allocations_before) / count,
              static_cast<double>(allocated_bytes - bytes_before) / count);
  return 0;
}

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view{argv[1]} == "lookup") return look_up(argv[2], std::atof(argv[3]));
  if (argc < 2) {
    std::cerr << "routes FILE --port N | routes lookup FILE SECONDS\n";
    return 2;
  }
  gyre::App app;
  add_routes(app, read_routes(argv[1]));
  return app.run(gyre::run_options(argc - 1, argv + 1));
}
