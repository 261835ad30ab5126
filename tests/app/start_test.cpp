// Starts that fail half-way: they say why, return 1 and leave nothing open.

// A sanitizer needs descriptors of its own and ends the program where there are none.
#if !defined(GYRE_SANITIZING)

#include "app_support.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <catch2/catch.hpp>
#include <system_error>

using namespace gyre;
using namespace gyre::test;

namespace {

/// The process may have no descriptor of this number or above, for the time of a scope.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit lower = before_;
    lower.rlim_cur = limit;
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

std::vector<int> open_descriptors() {
  constexpr int looked_at = 256;
  std::vector<int> open;
  for (int descriptor = 0; descriptor < looked_at; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) open.push_back(descriptor);
  }
  return open;
}

}  // namespace

TEST_CASE("a start that runs out of descriptors anywhere returns 1 and leaves none open", "[app][start]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      const std::vector<int> before = open_descriptors();
      int failures = 0;
      int result = 1;
      for (rlim_t limit = before.size(); result != 0 && limit < 100; ++limit) {
        CAPTURE(limit);
        bool logged = false;
        App app;
        app.on_log([&](const LogRecord& record) { logged |= record.level == LogLevel::error; });
        app.get("/", [] { return "here"; });
        app.on_start([&](Loop&) { app.stop(); });
        RunOptions options;
        options.port = 0;
        options.unix_path = "@gyre-start-test-" + std::to_string(::getpid());
        options.threads = 3;
        options.backend = backend;
        options.stop_on = StopOn::request;
        {
          const DescriptorLimit few{limit};
          result = app.run(std::move(options));
        }
        CHECK(logged == (result != 0));
        CHECK(open_descriptors() == before);
        failures += result;
      }
      CHECK(result == 0);
      CHECK(failures > 5);
    }
  }
}

#endif
