// Two intrusive lists against two std::lists: whatever is done to them, the order stays the same.
#include <gyre/base/intrusive_list.hpp>

#include <array>
#include <cstdint>
#include <list>

namespace {

struct Item : gyre::ListHook<Item> {};

struct Pair {
  std::array<Item, 16> items;
  gyre::IntrusiveList<Item> lists[2];
  std::list<Item*> models[2];

  void remove(Item& item) {
    item.unlink();
    for (auto& model : models) model.remove(&item);
  }

  void step(std::uint8_t byte) {
    Item& item = items[byte & 15];
    const std::size_t side = (byte >> 4) & 1;
    switch (byte >> 5) {
      case 0:
        remove(item);
        lists[side].push_front(item);
        models[side].push_front(&item);
        break;
      case 1:
        lists[side].splice_back(lists[1 - side]);
        models[side].splice(models[side].end(), models[1 - side]);
        break;
      case 2: remove(item); break;
      case 3:
        if (lists[side].empty()) break;
        GYRE_ASSERT(&lists[side].pop_front() == models[side].front());
        models[side].pop_front();
        break;
      default:
        remove(item);
        lists[side].push_back(item);
        models[side].push_back(&item);
    }
  }

  void compare() {
    for (std::size_t side = 0; side < 2; ++side) {
      auto expected = models[side].begin();
      lists[side].for_each([&](Item& item) {
        GYRE_ASSERT(expected != models[side].end() && *expected == &item);
        ++expected;
      });
      GYRE_ASSERT(expected == models[side].end());
      GYRE_ASSERT(lists[side].empty() == models[side].empty());
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Pair pair;
  for (std::size_t index = 0; index < size && index < 256; ++index) {
    pair.step(data[index]);
    pair.compare();
  }
  return 0;
}
