#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/readiness.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>
#include <file_fixture.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace gyre;
using namespace std::chrono_literals;

namespace {

/// A descriptor of another library, which knows nothing of the loop: readable after `write`, until `read`.
class Foreign {
 public:
  explicit Foreign(Loop& loop) : loop_(&loop) {
    if (loop.backend() == Backend::sim) {
      sim_ = static_cast<SimLoop*>(&loop);
      descriptor_ = sim_->open_foreign().value();
      sim_->set_foreign(descriptor_, PollOperation::writable);
    } else {
      descriptor_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    }
  }
  Foreign(const Foreign&) = delete;
  ~Foreign() {
    if (sim_ != nullptr) {
      loop_->close(descriptor_);
    } else {
      ::close(descriptor_);
    }
  }
  int descriptor() const { return descriptor_; }
  void write() {
    const std::uint64_t one = 1;
    if (sim_ != nullptr) return sim_->set_foreign(descriptor_, PollOperation::readable | PollOperation::writable);
    CHECK(::write(descriptor_, &one, sizeof one) == sizeof one);
  }
  void read() {
    std::uint64_t count = 0;
    if (sim_ != nullptr) return sim_->set_foreign(descriptor_, PollOperation::writable);
    CHECK(::read(descriptor_, &count, sizeof count) == sizeof count);
  }

 private:
  Loop* loop_;
  SimLoop* sim_ = nullptr;
  int descriptor_ = -1;
};

Task<> count_ready(int descriptor, int& count) {
  const Result<void> ready = co_await readable(descriptor);
  if (ready) ++count;
}

Task<> count_cancelled(int descriptor, int& count) {
  const Result<void> ready = co_await readable(descriptor);
  if (!ready && ready.error() == Errc::cancelled) ++count;
}

}  // namespace

TEST_CASE("a foreign descriptor is waited for", "[net][readiness]") {
  loop_test::for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Foreign foreign{on};
      const Result<void> room = co_await writable(foreign.descriptor());
      CHECK(room.has_value());
      Context& context = co_await this_context();
      Scope scope{context};
      int ready = 0;
      scope.spawn(count_ready(foreign.descriptor(), ready));
      scope.spawn(count_ready(foreign.descriptor(), ready));
      co_await sleep_for(2ms);
      CHECK(ready == 0);
      foreign.write();
      co_await scope.join();
      CHECK(ready == 2);
      const Result<void> still = co_await readable(foreign.descriptor());
      CHECK(still.has_value());
      foreign.read();
    }(loop));
  });
}

TEST_CASE("waiting for a foreign descriptor is cancelled", "[net][readiness][cancel]") {
  loop_test::for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Foreign foreign{on};
      int cancelled = 0;
      const Result<void> ended = co_await within(2ms, count_cancelled(foreign.descriptor(), cancelled));
      CHECK(ended.has_value());
      CHECK(cancelled == 1);
      foreign.write();
      const Result<void> ready = co_await readable(foreign.descriptor());
      CHECK(ready.has_value());
      Context& context = co_await this_context();
      Scope scope{context};
      scope.cancel(CancelReason::requested);
      scope.spawn(count_cancelled(foreign.descriptor(), cancelled));  // ready, but the context ended first
      co_await scope.join();
      CHECK(cancelled == 2);
    }(loop));
  });
}

TEST_CASE("a hang-up counts as ready", "[net][readiness]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      int ends[2];
      REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
      const Result<void> room = co_await writable(ends[1]);
      CHECK(room.has_value());
      ::close(ends[1]);
      const Result<void> ended = co_await readable(ends[0]);
      CHECK(ended.has_value());
      ::close(ends[0]);
      const Result<void> closed = co_await readable(ends[0]);
      REQUIRE_FALSE(closed.has_value());
      CHECK(closed.error() == Errc::invalid_argument);
    }());
  });
}

TEST_CASE("a simulated hang-up counts as ready", "[net][readiness][sim]") {
  SimLoop loop;
  loop.run([](SimLoop& on) -> Task<> {
    const int foreign = on.open_foreign().value();
    on.set_foreign(foreign, PollOperation::hang_up);
    const Result<void> read = co_await readable(foreign);
    const Result<void> written = co_await writable(foreign);
    CHECK((read.has_value() && written.has_value()));
    on.close(foreign);
    const Result<void> closed = co_await readable(foreign);
    CHECK(closed.error() == Errc::invalid_argument);
  }(loop));
}

TEST_CASE("a regular file is always ready", "[net][readiness]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
      const Result<void> read = co_await readable(file);
      const Result<void> written = co_await writable(file);
      CHECK((read.has_value() && written.has_value()));
      ::close(file);
    }());
  });
}
