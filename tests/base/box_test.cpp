#include <gyre/base/box.hpp>
#include <gyre/base/shared.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using gyre::Box;
using gyre::make_box;
using gyre::Shared;

namespace {

std::atomic<int> alive{0};

struct Base {
  Base() { ++alive; }
  Base(const Base&) = delete;
  Base& operator=(const Base&) = delete;
  virtual ~Base() { --alive; }
  virtual int number() const { return 1; }
};

struct Derived final : Base {
  explicit Derived(int given) : value(given) {}
  int number() const override { return value; }
  int value;
};

struct Plain {};
struct FromPlain : Plain {};

static_assert(!std::is_copy_constructible_v<Box<Base>>);
static_assert(std::is_nothrow_move_constructible_v<Box<Base>>);
static_assert(!std::is_convertible_v<Box<FromPlain>, Box<Plain>>, "no virtual destructor: it would be cut");
static_assert(!std::is_convertible_v<Box<Base>, Box<Derived>>);
static_assert(sizeof(Box<Base>) == sizeof(Base*));
static_assert(std::is_nothrow_copy_constructible_v<Shared<Base>>);
static_assert(!std::is_convertible_v<Shared<const Base>, Shared<Base>>);

}  // namespace

TEST_CASE("a box deletes what it owns, once", "[base][box]") {
  {
    Box<Base> box = make_box<Derived>(7);
    CHECK(box->number() == 7);
    CHECK((*box).number() == 7);
    CHECK(alive == 1);

    Box<Base> other = std::move(box);
    CHECK(box == nullptr);
    CHECK_FALSE(box);
    CHECK(other->number() == 7);

    box = make_box<Base>();
    CHECK(alive == 2);
    box = std::move(other);
    CHECK(alive == 1);
    CHECK(box->number() == 7);

    Base* const released = box.release();
    CHECK(box == nullptr);
    CHECK(alive == 1);
    box = Box<Base>{released};
    box = nullptr;
    CHECK(alive == 0);
  }
  CHECK(alive == 0);
}

TEST_CASE("a box that is assigned to itself keeps its object", "[base][box]") {
  Box<std::string> box = make_box<std::string>("here");
  Box<std::string>& same = box;
  box = std::move(same);
  REQUIRE(box);
  CHECK(*box == "here");
}

TEST_CASE("a shared object lives as long as one of its owners", "[base][shared]") {
  Shared<const Base> kept;
  CHECK(kept == nullptr);
  {
    const Shared<Derived> first = gyre::Shared<Derived>::make(5);
    const Shared<Derived> second = first;
    CHECK(first.get() == second.get());
    kept = second;
    CHECK(alive == 1);
  }
  CHECK(alive == 1);
  CHECK(kept->number() == 5);
  Shared<const void> anything = std::move(kept);
  CHECK(kept == nullptr);
  CHECK(alive == 1);
  anything = nullptr;
  CHECK(alive == 0);
}

TEST_CASE("a shared object that is assigned to itself stays", "[base][shared]") {
  Shared<std::string> text = gyre::Shared<std::string>::make("here");
  const Shared<std::string>& same = text;
  text = same;
  CHECK(*text == "here");
}

TEST_CASE("an owner of the standard library is kept", "[base][shared]") {
  auto standard = std::make_shared<Derived>(3);
  const std::weak_ptr<Derived> watch = standard;
  Shared<Base> shared{std::move(standard)};
  CHECK(shared->number() == 3);
  CHECK(watch.use_count() == 1);
  shared = nullptr;
  CHECK(watch.expired());

  Shared<void> from_unique{std::make_unique<Derived>(4)};
  CHECK(alive == 1);
  from_unique = nullptr;
  CHECK(alive == 0);

  CHECK(Shared<Base>{std::shared_ptr<Base>{}} == nullptr);
}

TEST_CASE("shared objects are shared by threads", "[base][shared]") {
  {
    const Shared<Derived> shared = gyre::Shared<Derived>::make(9);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([shared] {
        for (int round = 0; round < 1000; ++round) {
          const Shared<Base> copy = shared;
          if (copy->number() != 9) std::abort();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(alive == 0);
}
