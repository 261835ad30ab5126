#include <gyre/base/intrusive_list.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <vector>

namespace {

struct ByAge {};

struct Item : gyre::ListHook<Item>, gyre::ListHook<ByAge> {
  explicit Item(int number) : value(number) {}
  bool listed() const { return gyre::ListHook<Item>::linked(); }
  int value;
};

using List = gyre::IntrusiveList<Item>;

std::vector<int> values(List& list) {
  std::vector<int> result;
  list.for_each([&](Item& item) { result.push_back(item.value); });
  return result;
}

}  // namespace

TEST_CASE("a list keeps the order of its objects", "[base][intrusive_list]") {
  Item one{1}, two{2}, three{3};
  List list;
  CHECK(list.empty());
  list.push_back(two);
  list.push_back(three);
  list.push_front(one);
  CHECK(values(list) == std::vector{1, 2, 3});
  CHECK(list.front().value == 1);
  CHECK(list.pop_front().value == 1);
  CHECK_FALSE(one.listed());
  CHECK(values(list) == std::vector{2, 3});
}

TEST_CASE("an object that dies leaves its list", "[base][intrusive_list]") {
  Item one{1}, three{3};
  List list;
  list.push_back(one);
  std::optional<Item> two{std::in_place, 2};
  list.push_back(*two);
  list.push_back(three);
  two.reset();
  CHECK(values(list) == std::vector{1, 3});
}

TEST_CASE("a list that dies lets go of its objects", "[base][intrusive_list]") {
  Item one{1};
  {
    List list;
    list.push_back(one);
    CHECK(one.listed());
  }
  CHECK_FALSE(one.listed());
}

TEST_CASE("the visited object may unlink itself", "[base][intrusive_list]") {
  Item one{1}, two{2}, three{3};
  List list;
  for (Item* item : {&one, &two, &three}) list.push_back(*item);
  list.for_each([](Item& item) {
    if (item.value != 2) item.gyre::ListHook<Item>::unlink();
  });
  CHECK(values(list) == std::vector{2});
}

TEST_CASE("splice_back moves all objects in order and empties the other list", "[base][intrusive_list]") {
  Item one{1}, two{2}, three{3};
  List list, other, none;
  list.push_back(one);
  other.push_back(two);
  other.push_back(three);
  list.splice_back(other);
  list.splice_back(none);
  CHECK(values(list) == std::vector{1, 2, 3});
  CHECK(other.empty());
  other.push_back(list.pop_front());
  CHECK(values(other) == std::vector{1});
}

TEST_CASE("an object is in one list per tag", "[base][intrusive_list]") {
  Item one{1};
  List list;
  gyre::IntrusiveList<Item, ByAge> by_age;
  list.push_back(one);
  by_age.push_back(one);
  list.pop_front();
  CHECK(list.empty());
  CHECK(&by_age.front() == &one);
}
