// A service that takes its time, for clients_test.py: GET /slow/300 prints "slow: started", waits 300 ms, answers.

#include <gyre/gyre.hpp>
#include <gyre/web/extract.hpp>

#include <chrono>
#include <cstdio>
#include <string>

namespace {

gyre::Task<std::string> answer_later(gyre::Path<int> milliseconds) {
  std::puts("slow: started");
  std::fflush(stdout);
  co_await gyre::sleep_for(std::chrono::milliseconds{*milliseconds});
  co_return "late\n";
}

}  // namespace

int main(int argc, char** argv) {
  gyre::App app;
  app.get("/", [] { return "slow\n"; });
  app.get("/slow/{milliseconds}", answer_later);
  return app.run(gyre::run_options(argc, argv));
}
